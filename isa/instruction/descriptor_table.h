// SPDX-License-Identifier: Apache-2.0
// The descriptor words of fields.h with their meaning, group by group, for the reference page and for readers
// of a dump.
#pragma once

#include <span>
#include <vector>

#include "isa/instruction/fields.h"

namespace nnp::isa {

struct DescriptorWord {
  unsigned index;
  const char* name;
  const char* meaning;
};

struct DescriptorGroup {
  const char* opcodes;  // "load, store"
  std::vector<DescriptorWord> words;
};

std::span<const DescriptorGroup> descriptor_table();

}  // namespace nnp::isa

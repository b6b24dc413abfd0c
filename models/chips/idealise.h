// SPDX-License-Identifier: Apache-2.0
// The same chip with one resource made ideal, for asking what it costs. The ArchSpec stays, so the same
// program runs.
#pragma once

#include <string>
#include <vector>

#include "models/chips/chip_spec.h"

namespace nnp::models {

enum class Resource : std::uint8_t { dram, pcie, sram, issue, array_fill };

struct ResourceInfo {
  Resource resource;
  const char* name;
  const char* ideal;  // what it becomes
};
/// All of them, in the order in which they are asked about.
const std::vector<ResourceInfo>& resources();

void idealise(ChipSpec&, Resource);

}  // namespace nnp::models

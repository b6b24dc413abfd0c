// SPDX-License-Identifier: Apache-2.0
// Which bytes an instruction reads and writes. Token insertion, the happens-before check and the trace all
// ask here. Strided accesses are widened to the interval that bounds them.
#pragma once

#include <vector>

#include "isa/arch/arch_spec.h"
#include "isa/instruction/fields.h"

namespace nnp::isa {

enum class Space : std::uint8_t {
  device_memory,
  buffer,
  accumulators,
  host_memory
};  // accumulators count rows, not bytes

struct Access {
  Space space;
  bool write;
  Address begin, end;  // half open
};

/// `descriptor` is the set of the instruction's queue that its flag selects, as written by the CFGs before
/// it.
std::vector<Access> accesses(const Instruction&, const Descriptor& descriptor, const ArchSpec&);

}  // namespace nnp::isa

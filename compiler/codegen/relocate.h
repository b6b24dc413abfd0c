// SPDX-License-Identifier: Apache-2.0
// Device memory addresses of values that found no place in the buffer.
#pragma once

#include "isa/arch/units.h"
#include "isa/instruction/fields.h"

namespace nnp::compiler {

/// Turns an operand that is relative to the spill region (kSpillBit) into an address of device memory.
void relocate_spill(isa::Instruction&, Address spill_begin);

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/relocate.h"

#include "compiler/codegen/layer_emitter.h"

namespace nnp::compiler {

void relocate_spill(isa::Instruction& instruction, Address spill) {
  const isa::Field* address = nullptr;
  switch (instruction.opcode) {
    case isa::Opcode::load:
    case isa::Opcode::store:
      address = &isa::field::dram;
      break;
    case isa::Opcode::wload:
      address = &isa::field::w_dram;
      break;
    case isa::Opcode::h2d:
    case isa::Opcode::d2h:
      address = instruction.flags & isa::kFlagToBuffer ? nullptr : &isa::field::device;
      break;
    default:
      break;
  }
  if (address == nullptr || !(instruction.get(*address) & kSpillBit)) return;
  instruction.set(*address, static_cast<std::int64_t>((instruction.get(*address) & ~kSpillBit) + spill));
}

}  // namespace nnp::compiler

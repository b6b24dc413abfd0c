// SPDX-License-Identifier: Apache-2.0
// The one table of instructions: assembler, disassembler, checks and the reference page are generated from
// it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isa/instruction/fields.h"

namespace nnp::isa {

struct FlagInfo {
  std::uint8_t bit;  // as a mask: kFlagAccumulate
  const char* name;
};

struct OpcodeInfo {
  Opcode opcode;
  const char* mnemonic;              // as assembled: "matmul"
  std::uint8_t queues;               // bit per Queue that can execute it
  std::vector<const Field*> fields;  // in the order they are written
  std::vector<FlagInfo> flags;
  const char* meaning;       // one sentence
  std::size_t optional = 0;  // so many of the last fields are left out of the text where they are zero
};

std::span<const OpcodeInfo> instruction_table();
const OpcodeInfo& info(Opcode);
const char* to_string(Queue);
std::optional<Opcode> opcode_by_mnemonic(std::string_view);
std::optional<Queue> queue_by_name(std::string_view);

/// What makes an instruction illegal: opcode, queue, an opcode its queue cannot execute, a flag or operand
/// bits the opcode does not have, a token counter or tag out of range. Nothing when it is legal. decode()
/// asks here.
std::optional<std::string> fault_of(const Instruction&);

}  // namespace nnp::isa

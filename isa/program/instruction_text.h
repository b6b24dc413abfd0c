// SPDX-License-Identifier: Apache-2.0
// One instruction from a scanned line, and back into text. The whole-program assembler and assemble_line
// share it.
#pragma once

#include <string>

#include "isa/instruction/instruction.h"
#include "isa/program/line_scanner.h"

namespace nnp::isa {

/// Throws LineError.
Instruction instruction_from(const Line&);
void append_text(std::string& out, const Instruction&);

}  // namespace nnp::isa

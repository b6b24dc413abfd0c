// SPDX-License-Identifier: Apache-2.0
// Text <-> instructions. One line an instruction: `matrix.matmul.accumulate a=0x100 acc=0 m=4 k=16 n=8 layer=2 tag=7 wait=3:1 signal=4:1`,
// with directives for the rest of a Program (.network, .launch, .token, .layer, .tile, .constant ...).
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

#include "isa/program/program.h"

namespace nnp::isa {

struct AssemblyError : std::runtime_error {  // every faulty line of the text, one per line: "file:line:col: message"
  using std::runtime_error::runtime_error;
};

std::string disassemble(const Instruction&);
/// The whole program as text that assemble() turns back into an equal Program.
std::string disassemble(const Program&);
/// Throws AssemblyError with the file name "<text>".
Instruction assemble_line(std::string_view);
/// Checks every line by itself; whether indices meet their tables is check_tables()'s question (tables.h).
Program assemble(std::string_view text, std::string_view file_name);

}  // namespace nnp::isa

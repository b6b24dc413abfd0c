// SPDX-License-Identifier: Apache-2.0
// nnpsim disasm FILE.nnp: text on stdout that `asm` turns back into an equal program.
#include <fmt/format.h>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "isa/program/assembler.h"
#include "isa/program/program_file.h"

namespace nnp::cli {

int disassemble(const DisasmOptions& options) {
  const isa::Program program = isa::read_program(options.program);
  fmt::print("{}", isa::disassemble(program));
  return kOk;
}

}  // namespace nnp::cli

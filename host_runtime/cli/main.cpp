// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "host_runtime/cli/command_line.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/interrupt.h"

int main(int argc, char** argv) {
  using namespace nnp::cli;
  try {
    catch_signals();
    const int code = parse_command_line(argc, argv)();
    if (std::fflush(stdout) != 0) throw FileFault("standard output: cannot be written");
    return code;
  } catch (...) {
    return report_current_exception();
  }
}

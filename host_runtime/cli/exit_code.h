// SPDX-License-Identifier: Apache-2.0
// The exit codes of docs/guide/cli.md. An interrupted program leaves with 128 + the signal's number: 130 for
// Ctrl-C.
#pragma once

namespace nnp::cli {

enum ExitCode : int {
  kOk = 0,
  kCheckFailed = 1,
  kUsage = 2,      // command line, configuration, or a network that does not fit the chip
  kFile = 3,       // a file cannot be read, written, or is not what it claims
  kStuck = 4,      // deadlock, or a limit of the machine was reached
  kInternal = 70,  // our own fault
};

}  // namespace nnp::cli

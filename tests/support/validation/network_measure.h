// SPDX-License-Identifier: Apache-2.0
// A network through the real program, checked, in a process of its own.
#pragma once

#include <string>

#include "tests/support/validation/network_records.h"

namespace nnp::test {

struct NetworkToMeasure {
  std::string source;  // "zoo" or "pytorch"
  std::string name, chip, precision;
  std::string file;             // an .onnx; empty: the zoo's network of this name
  std::string input, expected;  // .npy: PyTorch's input, and its output for it; empty: none
};

/// Runs it with both references. A run that ends otherwise than well is a record that says so.
NetworkRecord measure(const NetworkToMeasure&);

/// The command line of it, for messages.
std::string command_line(const NetworkToMeasure&);

}  // namespace nnp::test

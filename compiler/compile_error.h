// SPDX-License-Identifier: Apache-2.0
// The user's fault in a network or in its fit to a chip: what, where, the value, what is allowed.
#pragma once

#include <stdexcept>

namespace nnp::compiler {

struct CompileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// The file cannot be read or is not ONNX (exit code 3).
struct ModelFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace nnp::compiler

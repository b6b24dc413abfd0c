// SPDX-License-Identifier: Apache-2.0
// Options that take [NAME=]FILE.npy for inputs of a network.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::cli {

struct InputFile {
  std::string option, text;         // as on the command line
  std::optional<std::string> name;  // of the input; needed where the network has several
  ir::Tensor tensor;
};

/// Reads the file. Throws FileFault.
InputFile read_input_file(const std::string& option, const std::string& text);

/// Which of the graph's inputs a file is for. Throws UsageError.
std::size_t input_of(const InputFile&, const ir::Graph&);

/// Throws UsageError that names the inputs and says that there was no `option` for one.
[[noreturn]] void refuse_missing_input(const std::string& option, const std::string& name, const ir::Graph&);

/// Whole numbers become the input's type; nothing where one does not fit, and for other files.
std::optional<ir::Tensor> as_type(const ir::Tensor& given, ir::DType);

/// "float32 1x3x224x224".
std::string described(ir::DType, const ir::Shape&);

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// What runs a model of the conformance tests. A chip is plugged in here.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "compiler/frontend/frontend.h"

namespace nnp::conformance {

struct Execution {
  std::vector<ir::Tensor> outputs;
  std::size_t chip_nodes = 0, nodes = 0;  // that ran on the chip, and there and on the host: other names for
                                          // values of the host (Reshape, Transpose) do not count
};

class Backend {
 public:
  virtual ~Backend() = default;
  /// `inputs` are the graph's, in its order, without those that the options bind. Throws CompileError or
  /// ModelFileError for a model it does not take.
  virtual Execution run(const std::filesystem::path& model, const compiler::ImportOptions&,
                        const std::vector<ir::Tensor>& inputs) = 0;
};

/// The tensor in a type: ONNX's test data hold bf16 as the bits of u16. Others as they are.
ir::Tensor with_bf16(const ir::Tensor&, ir::DType);

/// The inputs as the graph declares them. Throws CompileError where a case gives another type or shape.
std::vector<ir::Tensor> as_declared(const ir::Graph&, std::vector<ir::Tensor>);

/// The naive reference on the imported and optimised graph: no node runs on a chip.
std::unique_ptr<Backend> make_host_backend();

}  // namespace nnp::conformance

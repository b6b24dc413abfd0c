// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/compile_error.h"
#include "compiler/passes/passes.h"
#include "host_runtime/conformance/backend.h"
#include "host_runtime/reference/reference.h"

namespace nnp::conformance {
namespace {

class HostBackend : public Backend {
 public:
  Execution run(const std::filesystem::path& model, const compiler::ImportOptions& options,
                const std::vector<ir::Tensor>& inputs) override {
    ir::Graph graph = compiler::import_onnx(model, options);
    compiler::optimise(graph);
    if (const auto faults = ir::verify(graph); !faults.empty())
      throw std::logic_error("after optimisation: " + faults.front());
    return {reference::Naive().run(graph, as_declared(graph, inputs)), 0, graph.nodes.size()};
  }
};

}  // namespace

ir::Tensor with_bf16(const ir::Tensor& tensor, ir::DType type) {
  if (tensor.type() != ir::DType::u16 || type != ir::DType::bf16) return tensor;
  ir::Tensor bits(type, tensor.shape());
  std::ranges::copy(tensor.bytes(), bits.bytes().begin());
  return bits;
}

std::vector<ir::Tensor> as_declared(const ir::Graph& graph, std::vector<ir::Tensor> inputs) {
  if (inputs.size() != graph.inputs.size())
    throw compiler::CompileError(
        fmt::format("the case gives {} inputs, the model takes {}", inputs.size(), graph.inputs.size()));
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ir::Value& value = graph.values[graph.inputs[i]];
    inputs[i] = with_bf16(inputs[i], value.type);
    if (inputs[i].type() == value.type && inputs[i].shape() == value.shape) continue;
    throw compiler::CompileError(fmt::format("the case gives {} [{}] as input '{}', the model takes {} [{}]",
                                             ir::to_string(inputs[i].type()),
                                             fmt::join(inputs[i].shape(), ", "), value.name,
                                             ir::to_string(value.type), fmt::join(value.shape, ", ")));
  }
  return inputs;
}

std::unique_ptr<Backend> make_host_backend() { return std::make_unique<HostBackend>(); }

}  // namespace nnp::conformance

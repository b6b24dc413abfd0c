// SPDX-License-Identifier: Apache-2.0
// A float graph in progress: values lie in the layout that the last primitive chose and become plain tensors
// only when somebody needs them so (an observer, an operator oneDNN does not run, a graph output).
#pragma once

#include <optional>

#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/onednn/device.h"

namespace nnp::reference::onednn {

class FloatValues {
 public:
  FloatValues(Device& device, const ir::Graph& graph, Tensors inputs);

  /// In whatever layout it has.
  dnnl::memory memory(ir::ValueId);
  /// Row-major, with the value's shape, or seen with other dims of as many elements.
  dnnl::memory plain(ir::ValueId);
  dnnl::memory plain(ir::ValueId, const dnnl::memory::dims&);
  void set(ir::ValueId id, dnnl::memory result) { held_[id] = std::move(result); }

  /// All values as tensors; only those asked for by `settle` are up to date.
  Tensors& tensors() { return tensors_; }
  const ir::Tensor& settle(ir::ValueId);
  void drop(ir::ValueId);

 private:
  const ir::Tensor& tensor(ir::ValueId) const;

  Device& device_;
  const ir::Graph& graph_;
  Tensors tensors_;
  std::vector<std::optional<dnnl::memory>> held_;  // a result not yet settled
};

/// What an operator function works on. Operand types are f32 and no operand is empty.
struct FloatCall {
  Device& device;
  FloatValues& values;
  const ir::Graph& graph;
  const ir::Node& node;
  naive::Call::CellObserver see_cell;

  /// The same node for the checks of the naive operators.
  naive::Operands operands() const { return {graph, node, values.tensors()}; }
  const ir::Shape& shape(std::size_t input) const { return graph.values[node.inputs[input]].shape; }
  const ir::Shape& result_shape() const { return graph.values[node.outputs[0]].shape; }
  bool has(std::size_t input) const {
    return input < node.inputs.size() && node.inputs[input] != ir::kNoValue;
  }
};

inline constexpr auto kF32 = dnnl::memory::data_type::f32;

/// A fused Relu or Clip as a post-operation.
dnnl::primitive_attr clamp_attribute(const ir::Clamp&);

/// False: oneDNN has no primitive for this case, run it by loops.
using FloatFunction = bool (*)(FloatCall&);

bool run_conv(FloatCall&);  // float_layers.cpp
bool run_pool(FloatCall&);
bool run_activation(FloatCall&);
bool run_binary(FloatCall&);
bool run_batch_normalization(FloatCall&);
bool run_softmax(FloatCall&);
bool run_gemm(FloatCall&);  // float_products.cpp
bool run_matmul(FloatCall&);
bool run_lstm(FloatCall&);

}  // namespace nnp::reference::onednn

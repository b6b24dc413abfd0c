// SPDX-License-Identifier: Apache-2.0
// Functions that run one node of real numbers by oneDNN, and what they work on.
#pragma once

#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/onednn/values.h"

namespace nnp::reference::onednn {

inline constexpr auto kF32 = dnnl::memory::data_type::f32;

/// What an operator function works on. Operands and result are of `type`, f32 or bf16 (a bias and the
/// parameters of a normalisation f32 in both), and no operand is empty.
struct FloatCall {
  Device& device;
  Values& values;
  const ir::Graph& graph;
  const ir::Node& node;
  naive::Call::CellObserver see_cell = {};
  dnnl::memory::data_type type = kF32;

  /// The same node for the checks of the naive operators.
  naive::Operands operands() const { return {graph, node, values.tensors()}; }
  const ir::Shape& shape(std::size_t input) const { return graph.values[node.inputs[input]].shape; }
  const ir::Shape& result_shape() const { return graph.values[node.outputs[0]].shape; }
  bool has(std::size_t input) const {
    return input < node.inputs.size() && node.inputs[input] != ir::kNoValue;
  }
};

/// A fused Relu or Clip as a post-operation.
dnnl::primitive_attr clamp_attribute(const ir::Clamp&);

/// False: oneDNN has no primitive for this case, run it by loops.
using FloatFunction = bool (*)(FloatCall&);

struct FloatRow {
  ir::Op op;
  FloatFunction run;
  bool clamps;  // applies Node::clamp itself
};
/// The operators of the judge; nullptr where there is none (float_table.cpp).
const FloatRow* float_row(ir::Op);
void run_by_loops(FloatCall&);
/// In the words of the node.
[[noreturn]] void fail(const FloatCall&, const dnnl::error&);
/// The function, or false too where oneDNN says that it has not implemented the case.
template <typename Call>
bool call_primitive(bool (*function)(Call&), Call& call) {
  try {
    return function(call);
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented) return false;
    fail(call, error);
  }
}

bool run_conv(FloatCall&);  // float_layers.cpp
bool run_pool(FloatCall&);
bool run_activation(FloatCall&);
bool run_binary(FloatCall&);
bool run_batch_normalization(FloatCall&);
bool run_softmax(FloatCall&);
bool run_gemm(FloatCall&);  // float_products.cpp
bool run_matmul(FloatCall&);
bool run_lstm(FloatCall&);
bool run_unary(FloatCall&);  // float_families.cpp
bool run_binary_function(FloatCall&);
bool run_masked_softmax(FloatCall&);
bool run_mean(FloatCall&);
bool run_layer_normalization(FloatCall&);

}  // namespace nnp::reference::onednn

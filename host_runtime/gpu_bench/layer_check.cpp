// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/gpu_bench/layer_check.h"

#include <cmath>
#include <limits>

#include "host_runtime/compare/comparison.h"
#include "host_runtime/gpu_bench/batched_network.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::gpu_bench {
namespace {

/// Numbers as the GPU stores them.
void store(ir::Tensor& numbers, gpu::NetworkPrecision precision) {
  if (numbers.type() != ir::DType::f32) return;
  for (float& x : numbers.data<float>()) {
    if (precision == gpu::NetworkPrecision::bf16) x = ir::BFloat16(x);
    if (precision == gpu::NetworkPrecision::fp16) x = ir::Float16(x);
  }
}

/// Weights and biases of the layers that multiply; what normalisations scale by stays float32 there, too.
ir::Graph with_stored_weights(ir::Graph graph, gpu::NetworkPrecision precision) {
  for (const ir::Node& node : graph.nodes) {
    const bool multiplies = node.op == ir::Op::conv || node.op == ir::Op::gemm || node.op == ir::Op::matmul ||
                            node.op == ir::Op::lstm || node.op == ir::Op::gather;
    for (const ir::ValueId id : node.inputs)
      if (multiplies && id != ir::kNoValue && graph.values[id].constant)
        store(*graph.values[id].constant, precision);
  }
  return graph;
}

}  // namespace

double allowed_db(gpu::NetworkPrecision precision) {
  const int exponent = precision == gpu::NetworkPrecision::bf16   ? 9
                       : precision == gpu::NetworkPrecision::fp32 ? 18
                                                                  : 12;
  return 20 * std::log10(std::ldexp(1.0, exponent - 2));
}

LayerCheck check_layers(const ir::Graph& one, const gpu::NetworkProgram& program,
                        gpu::NetworkPrecision precision) {
  const ir::Graph graph = with_stored_weights(one, precision);
  LayerCheck check;
  check.worst_db = std::numeric_limits<double>::infinity();
  check.allowed_db = allowed_db(precision);
  reference::Tensors values(graph.values.size());
  const auto of_gpu = [&](ir::ValueId id) -> std::optional<ir::Tensor> {
    const auto whole = program.value(id);
    if (!whole) return std::nullopt;
    return first_part(*whole, graph.values[id].shape);
  };
  for (const ir::ValueId id : graph.inputs) values[id] = *of_gpu(id);
  const reference::ValueLifetimes lifetimes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    reference::run_node(graph, node, values);
    for (const ir::ValueId id : node.outputs) {
      if (id == ir::kNoValue) continue;
      const auto theirs = of_gpu(id);
      if (!theirs) continue;  // within a fused kernel: goes on as the CPU has it
      if (theirs->type() == ir::DType::f32 && theirs->size() != 0) {
        const double db = compare::sqnr_db(values[id], *theirs);
        ++check.layers;
        if (!(db >= check.worst_db)) check.worst_db = db, check.worst = node.name;
      }
      values[id] = *theirs;
    }
    for (const ir::ValueId id : lifetimes.ends_at(i)) values[id] = {};
  }
  return check;
}

}  // namespace nnp::gpu_bench

// SPDX-License-Identifier: Apache-2.0
// Small random float networks, from a seed, in the form that compiler/passes leaves: for the chips of real
// numbers.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "compiler/ir/graph.h"

namespace nnp::test {

/// Builds float graphs node by node; weights are drawn from the generator.
class RealNetworkBuilder {
 public:
  explicit RealNetworkBuilder(std::uint64_t seed) : engine_(seed) {
    graph_.name = "real" + std::to_string(seed);
  }

  ir::ValueId input(ir::Shape shape);
  ir::ValueId conv(ir::ValueId x, std::int64_t channels, std::int64_t kernel, std::int64_t stride,
                   std::int64_t pad, std::int64_t dilation = 1, std::int64_t groups = 1);
  ir::ValueId gemm(ir::ValueId x, std::int64_t columns);
  ir::ValueId matmul(ir::ValueId a, ir::ValueId b);
  ir::ValueId swap_last_axes(ir::ValueId x);
  ir::ValueId pool(ir::ValueId x, ir::Op op, std::int64_t kernel, std::int64_t stride, std::int64_t pad);
  ir::ValueId max_pool(ir::ValueId x, const ir::PoolAttributes&);
  ir::ValueId binary(ir::Op op, ir::ValueId a, ir::ValueId b);
  /// Relu, Clip (to a drawn range), Sigmoid or Tanh.
  ir::ValueId activation(ir::Op op, ir::ValueId x);
  ir::ValueId lstm(ir::ValueId x, std::int64_t hidden);
  /// An RNN, GRU or LSTM of any form; its outputs, kNoValue where it has them not.
  std::vector<ir::ValueId> recurrent(ir::ValueId x, ir::ValueId initial_h = ir::kNoValue);
  ir::ValueId constant(ir::Shape shape);
  void output(ir::ValueId x) { graph_.outputs.push_back(x); }
  ir::Graph take() { return std::move(graph_); }
  ir::Node& last() { return graph_.nodes.back(); }
  const ir::Shape& shape_of(ir::ValueId id) const { return graph_.values[id].shape; }

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  ir::ValueId value(const char* kind, ir::Shape shape);
  ir::ValueId node(ir::Op op, std::vector<ir::ValueId> inputs, ir::Shape shape,
                   ir::Attributes attributes = {});

  std::mt19937_64 engine_;
  ir::Graph graph_;
  int names_ = 0;
};

/// Convolutions with what goes around them, Gemms, LSTMs, or products of activations.
ir::Graph random_real_network(std::uint64_t seed);
/// One or two recurrent layers of any form, and a Gemm perhaps.
ir::Graph random_real_recurrent_network(std::uint64_t seed);

}  // namespace nnp::test

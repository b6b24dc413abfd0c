// SPDX-License-Identifier: Apache-2.0
// Small random quantised networks and small, conflict-rich chips, from a seed: what property and differential
// tests run on.
#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "compiler/ir/graph.h"
#include "models/chips/chip_spec.h"

namespace nnp::test {

/// Builds quantised graphs node by node; weights, scales and zero points are drawn from the generator.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(std::uint64_t seed) : engine_(seed) {
    graph_.name = "random" + std::to_string(seed);
  }

  /// float input -> QuantizeLinear on the host.
  ir::ValueId input(ir::Shape shape, ir::DType type = ir::DType::u8);
  ir::ValueId conv(ir::ValueId x, std::int64_t channels, std::int64_t kernel, std::int64_t stride,
                   std::int64_t pad, std::int64_t dilation = 1, std::int64_t groups = 1);
  ir::ValueId gemm(ir::ValueId x, std::int64_t columns);
  /// a times b, or b's last two axes swapped; both s8 with zero point 0.
  ir::ValueId matmul(ir::ValueId a, ir::ValueId b, bool transposed);
  ir::ValueId pool(ir::ValueId x, ir::Op op, std::int64_t kernel, std::int64_t stride, std::int64_t pad);
  ir::ValueId max_pool(ir::ValueId x, const ir::PoolAttributes&);
  ir::ValueId binary(ir::Op op, ir::ValueId a, ir::ValueId b);
  ir::ValueId activation(ir::Op op, ir::ValueId x);
  ir::ValueId lstm(ir::ValueId x, std::int64_t hidden);
  /// An RNN, GRU or LSTM of any form; its outputs, kNoValue where it has them not.
  std::vector<ir::ValueId> recurrent(ir::ValueId x, ir::ValueId initial_h = ir::kNoValue);
  /// An operator of the vector unit that is defined on reals, or one that moves elements.
  ir::ValueId vector_function(ir::ValueId x);
  ir::ValueId vector_move(ir::ValueId x);
  ir::DType any_codes();
  const ir::Shape& shape_of(ir::ValueId id) const { return graph_.values[id].shape; }
  /// DequantizeLinear on the host; makes it a graph output.
  void output(ir::ValueId x);
  ir::Graph take() { return std::move(graph_); }

  std::int64_t pick(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  ir::ValueId value(const char* kind, ir::Shape shape, ir::DType type, float scale, std::int32_t zero);
  ir::ValueId weights(ir::Shape shape, std::int32_t axis);
  ir::ValueId bias(const ir::Shape& shape);
  ir::ValueId codes(ir::Shape shape, ir::DType type);
  ir::ValueId floats(ir::Shape shape, float lo, float hi);
  ir::Shape smaller(ir::Shape shape);
  ir::Node& node(ir::Op op, std::vector<ir::ValueId> inputs, ir::ValueId output);
  float scale() { return static_cast<float>(pick(1, 64)) / 1024; }

  std::mt19937_64 engine_;
  ir::Graph graph_;
  int names_ = 0;
};

/// Of a pool's result.
ir::Shape pooled_shape(ir::Shape, const ir::PoolAttributes&);

/// A random graph of one to four layers around convolutions, or a small LSTM.
ir::Graph random_network(std::uint64_t seed);

/// One to four random operators of the vector unit, ranks 1 to 5, codes of every type.
ir::Graph random_vector_network(std::uint64_t seed);
/// One or two recurrent layers of any form, and a Gemm perhaps.
ir::Graph random_recurrent_network(std::uint64_t seed);
/// Convolutions in groups, depthwise ones among them, and a dense one.
ir::Graph random_grouped_convolutions(std::uint64_t seed);
/// Convolutions of every form over a batch, a sum, pools, and behind them an operator of the vector unit; or
/// Gemms and products of their results.
ir::Graph random_batched_network(std::uint64_t seed, std::int64_t batch);
/// Gemms and products of their s8 results, one of them with its right side transposed.
ir::Graph random_products(std::uint64_t seed);

/// A chip with few banks, short FIFOs, an odd clock ratio and whatever else makes units meet.
models::ChipSpec random_chip(std::uint64_t seed);

}  // namespace nnp::test

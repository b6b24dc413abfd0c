// SPDX-License-Identifier: Apache-2.0
// Float networks for GpuNetwork, and its values against the naive operators'.
#pragma once

#include <gtest/gtest.h>

#include <cmath>

#include "host_runtime/reference/gpu_judge/gpu_network.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp::testing {

inline constexpr double kU = 0x1p-24;  // a rounding to float32, of its size

/// What a run showed, in order, and its outputs.
struct Shown {
  Shown(compiler::FloatRunner& runner, const ir::Graph& graph, const reference::Tensors& inputs) {
    outputs = runner.run(
        graph, inputs,
        {[&](ir::ValueId id, const ir::Tensor& value) { ids.push_back(id), values.push_back(value); }, {}});
  }
  std::vector<ir::ValueId> ids;
  reference::Tensors values, outputs;
};

inline double largest_difference(const ir::Tensor& a, const ir::Tensor& b) {
  EXPECT_EQ(a.type(), ir::DType::f32);
  EXPECT_EQ(b.type(), ir::DType::f32);
  EXPECT_EQ(a.shape(), b.shape());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(double{a.data<float>()[i]} - double{b.data<float>()[i]}));
  return largest;
}

/// Every value and output of the runner is the naive one, `apart` at most.
inline void expect_naive(compiler::FloatRunner& runner, const ir::Graph& graph,
                         const reference::Tensors& inputs, double apart = 0) {
  reference::Naive naive;
  const Shown expected(naive, graph, inputs), got(runner, graph, inputs);
  ASSERT_EQ(got.ids, expected.ids);
  for (std::size_t i = 0; i < got.ids.size(); ++i)
    EXPECT_LE(largest_difference(got.values[i], expected.values[i]), apart)
        << "value " << graph.values[got.ids[i]].name;
  ASSERT_EQ(got.outputs.size(), expected.outputs.size());
  for (std::size_t i = 0; i < got.outputs.size(); ++i)
    EXPECT_LE(largest_difference(got.outputs[i], expected.outputs[i]), apart) << "output " << i;
}

/// conv "one" -> conv "two", Add of both, Relu in it -> max pool -> average pool -> flatten -> gemm. Of whole
/// numbers and quarters below 2^24 of them: float32 rounds nowhere.
struct Residual {
  explicit Residual(std::uint32_t seed) {
    Random random(seed);
    GraphBuilder builder;
    const ir::ConvAttributes same{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1};
    const ir::PoolAttributes halves{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false};
    const auto weights = [&](ir::Shape shape) {
      return builder.constant(random.whole<float>(std::move(shape), -2, 2));
    };
    const auto one = builder.float_node(ir::Op::conv,
                                        {builder.input({2, 3, 8, 8}), weights({6, 3, 3, 3}), weights({6})},
                                        {2, 6, 8, 8}, same),
               two = builder.float_node(ir::Op::conv, {one, weights({6, 6, 3, 3})}, {2, 6, 8, 8}, same),
               sum = builder.float_node(ir::Op::add, {two, one}, {2, 6, 8, 8}, {}, {0, INFINITY}),
               most = builder.float_node(ir::Op::max_pool, {sum}, {2, 6, 4, 4}, halves),
               mean = builder.float_node(ir::Op::average_pool, {most}, {2, 6, 2, 2}, halves),
               flat = builder.float_node(ir::Op::flatten, {mean}, {2, 24}, ir::AxisAttributes{1}),
               y = builder.float_node(ir::Op::gemm, {flat, weights({24, 5}), weights({5})}, {2, 5},
                                      ir::GemmAttributes{});
    graph = builder.finish({y});
    fused = two;
    inputs = {random.whole<float>({2, 3, 8, 8}, -4, 4)};
  }
  ir::Graph graph;
  ir::ValueId fused = ir::kNoValue;  // the result that the Add would take along
  reference::Tensors inputs;
};

/// A graph of the node alone, of the constants behind the input.
inline ir::Graph one_node(ir::Op op, const ir::Shape& shape, const reference::Tensors& constants,
                          ir::Attributes attributes) {
  GraphBuilder builder;
  std::vector<ir::ValueId> operands{builder.input(shape)};
  for (const ir::Tensor& constant : constants) operands.push_back(builder.constant(constant));
  return builder.finish({builder.float_node(op, operands, shape, std::move(attributes))});
}

struct Lstm {
  static constexpr std::int64_t T = 3, B = 2, I = 4, H = 4;
  static constexpr float kWeight = 0.25F;  // all are at most that
  explicit Lstm(std::uint32_t seed) {
    Random random(seed);
    GraphBuilder builder;
    const ir::ValueId x = builder.input({T, B, I}), y = builder.value({T, B, H}, ir::DType::f32),
                      last_h = builder.value({1, B, H}, ir::DType::f32),
                      last_c = builder.value({1, B, H}, ir::DType::f32);
    const auto weights = [&](ir::Shape shape) {
      return builder.constant(random.reals(std::move(shape), -kWeight, kWeight));
    };
    builder.node(ir::Op::lstm, {x, weights({1, 4 * H, I}), weights({1, 4 * H, H}), weights({1, 8 * H})},
                 {y, last_h, last_c}, ir::LstmAttributes{H, 0});
    graph = builder.finish({y, last_h, last_c});
    inputs = {random.reals({T, B, I})};
  }
  /// How far two float32 runs may be apart after T steps. A sum has I + H + 2 terms of at most kWeight, each
  /// rounded that often, and carries on what its h of the step before are apart; a gate passes that on (its
  /// slope is at most 1) with 4 u for the function; c grows by at most 1 a step.
  static double bound() {
    const double terms = I + H + 2, of_sum = 2 * terms * terms * double{kWeight} * kU;
    double h = 0, c = 0;
    for (int t = 1; t <= T; ++t) {
      const double gate = of_sum + H * double{kWeight} * h + 4 * kU;
      c = c + gate * (t - 1) + 2 * gate + 2 * 3 * t * kU;  // f c + i g
      h = gate + c + 6 * kU;                               // o tanh(c)
    }
    return std::max(h, c);
  }
  ir::Graph graph;
  reference::Tensors inputs;
};

}  // namespace nnp::testing

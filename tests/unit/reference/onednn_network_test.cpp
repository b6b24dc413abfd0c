// SPDX-License-Identifier: Apache-2.0
// Whole networks by oneDNN's primitives against the naive operators: of codes (equal), of float32 and of
// bf16.
#include "host_runtime/reference/onednn/network.h"

#include <gmock/gmock.h>

#include <cmath>

#include "compiler/passes/passes.h"
#include "tests/unit/reference/onednn_network_case.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using reference::OneDnnNetwork;
using testing::channel_scales;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::largest_difference;
using testing::quant;
using testing::Random;
using testing::shares_of;
using testing::weights;

/// conv -> max -> conv -> sum of both -> average -> flatten -> gemm, floats outside.
struct Residual {
  explicit Residual(Random& random) {
    GraphBuilder builder;
    const auto same = quant(0.5f, 8);
    const ir::ConvAttributes padded{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1};
    const auto conv = [&](ir::ValueId x, std::int64_t channels, std::int64_t size, ir::QuantParams result,
                          ir::Clamp clamp) {
      return builder.code_node(
          Op::conv,
          {x, builder.constant(weights(random, {12, channels, 3, 3}), channel_scales(random, 12)),
           builder.constant(random.whole<std::int32_t>({12}, -3000, 3000))},
          {1, 12, size, size}, DType::u8, std::move(result), padded, clamp);
    };
    const auto x = builder.input({1, 3, 8, 8});
    const auto codes =
                   builder.code_node(Op::quantize_linear, {x}, {1, 3, 8, 8}, DType::u8, quant(0.25f, 128)),
               first = conv(codes, 3, 8, same, {0, INFINITY}),
               pooled = builder.code_node(Op::max_pool, {first}, {1, 12, 4, 4}, DType::u8, same,
                                          ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false}),
               second = conv(pooled, 12, 4, quant(1, 100), {}),
               sum = builder.code_node(Op::add, {second, pooled}, {1, 12, 4, 4}, DType::u8, quant(1, 64)),
               mean = builder.code_node(Op::average_pool, {sum}, {1, 12, 2, 2}, DType::u8, quant(0.5f, 64),
                                        ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false}),
               flat = builder.code_node(Op::flatten, {mean}, {1, 48}, DType::u8, quant(0.5f, 64),
                                        ir::AxisAttributes{1}),
               answer = builder.code_node(
                   Op::gemm, {flat, builder.constant(weights(random, {48, 10}), quant(1.0f / 128))}, {1, 10},
                   DType::u8, quant(1, 128), ir::GemmAttributes{}),
               y = builder.float_node(Op::dequantize_linear, {answer}, {1, 10});
    graph = builder.finish({y});
    inputs = {random.whole<float>({1, 3, 8, 8}, -30, 30)};
  }
  ir::Graph graph;
  std::vector<Tensor> inputs;
};

TEST(OneDnnNetwork, ANetworkOfCodesGivesTheNaiveAnswerOnOneThreadAndOnAllInEveryRun) {
  for (std::uint32_t seed = 0; seed < 2; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const Residual residual(random);
    const auto expected = reference::Naive().run(residual.graph, residual.inputs);
    for (const unsigned threads : {1u, 0u}) {
      OneDnnNetwork network(residual.graph, threads);
      for (int run = 0; run < 3; ++run) {
        const auto got = network.run(residual.inputs);
        EXPECT_THAT(got[0].data<float>(), ::testing::ElementsAreArray(expected[0].data<float>()))
            << threads << " threads, run " << run;
      }
      EXPECT_EQ(network.shares().loops.nodes + network.shares().floats.nodes, 0u);
    }
  }
}

TEST(OneDnnNetwork, ShowsEveryValueInOrder) {
  Random random(1);
  const Residual residual(random);
  std::vector<ir::ValueId> seen, expected;
  for (const ir::Node& node : residual.graph.nodes) expected.push_back(node.outputs[0]);
  OneDnnNetwork(residual.graph)
      .run(residual.inputs, {[&](ir::ValueId id, const Tensor& value) {
                               seen.push_back(id);
                               EXPECT_EQ(value.shape(), residual.graph.values[id].shape);
                             },
                             {}});
  EXPECT_EQ(seen, expected);
}

/// conv -> GELU -> transpose -> LayerNormalization -> gemm of reals.
ir::Graph real_network(Random& random) {
  GraphBuilder builder;
  const auto x = builder.input({1, 4, 6, 6});
  const auto conv = builder.float_node(
                 Op::conv, {x, builder.constant(random.reals({8, 4, 3, 3}, -0.3f, 0.3f))}, {1, 8, 4, 4},
                 ir::ConvAttributes{{3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1}),
             gelu = builder.float_node(Op::unary, {conv}, {1, 8, 4, 4},
                                       ir::UnaryAttributes{ir::UnaryFunction::gelu, 0, 0}),
             turned = builder.float_node(Op::transpose, {gelu}, {1, 4, 4, 8},
                                         ir::TransposeAttributes{{0, 2, 3, 1}}),
             rows = builder.float_node(Op::reshape, {turned}, {16, 8}),
             normal = builder.float_node(
                 Op::layer_normalization,
                 {rows, builder.constant(random.reals({8}, 0.5f, 1)), builder.constant(random.reals({8}))},
                 {16, 8}, ir::NormalizationAttributes{1, 1e-5f}),
             y = builder.float_node(Op::gemm, {normal, builder.constant(random.reals({8, 5}))}, {16, 5},
                                    ir::GemmAttributes{});
  return builder.finish({y});
}

TEST(OneDnnNetwork, RealsAgreeAndNothingIsLeftToLoops) {
  Random random(9);
  const ir::Graph graph = real_network(random);
  const std::vector<Tensor> inputs = {random.reals({1, 4, 6, 6})};
  // Values are below 16; 64 roundings of that size.
  EXPECT_LE(largest_difference(graph, inputs), 64 * std::ldexp(16.0, -24));
  EXPECT_EQ(shares_of(graph, inputs).loops.nodes, 0u);
}

TEST(OneDnnNetwork, Bf16AgreesWithinItsRoundingsByKernelsWhereTheHostHasThemAndElseByLoops) {
  Random random(9);
  const ir::Graph graph = compiler::lower_to_real(real_network(random), isa::Precision::bf16);
  const std::vector<Tensor> inputs = {random.reals({1, 4, 6, 6})};
  // Values are below 4; of the order of ten roundings of eight bits.
  EXPECT_LE(largest_difference(graph, inputs), 10 * std::ldexp(4.0, -8));
  EXPECT_EQ(shares_of(graph, inputs).loops.nodes == 0, !OneDnnNetwork::bf16_obstacle());
}

TEST(OneDnnNetwork, SaysWhyBf16DoesNotRunWhereTheHostHasNoKernels) {
  Random random(9);
  const ir::Graph graph = compiler::lower_to_real(real_network(random), isa::Precision::bf16);
  const auto reason = OneDnnNetwork::obstacle(graph);
  EXPECT_EQ(reason, OneDnnNetwork::bf16_obstacle());
  if (!reason) GTEST_SKIP() << "it has: " << OneDnnNetwork::instruction_set();
  EXPECT_THAT(*reason, HasSubstr("no bf16 kernels"));
  EXPECT_THAT(*reason, HasSubstr(OneDnnNetwork::instruction_set()));
}

TEST(OneDnnNetwork, SaysWhich16BitLayerItDoesNotMultiply) {
  Random random(2);
  const std::int64_t T = 2, B = 1, I = 3, H = 4;
  const ir::QuantParams scales = channel_scales(random, 4 * H, 1);
  GraphBuilder builder;
  const auto y =
      builder.code_node(Op::lstm,
                        {builder.input({T, B, I}, DType::s16, quant(0.001f)),
                         builder.constant(weights(random, {1, 4 * H, I}), scales),
                         builder.constant(weights(random, {1, 4 * H, H}), scales)},
                        {T, B, H}, DType::s16, quant(0.001f), ir::LstmAttributes{H, std::ldexp(1.0f, -11)});
  const auto reason = OneDnnNetwork::obstacle(builder.finish({y}));
  ASSERT_TRUE(reason);
  for (const char* word : {"LSTM0", "16-bit codes"}) EXPECT_THAT(*reason, HasSubstr(word));
}

}  // namespace
}  // namespace nnp

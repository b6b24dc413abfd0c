// SPDX-License-Identifier: Apache-2.0
// Whole networks by oneDNN's primitives against the naive operators. Where a host's int8 kernels are exact,
// weights take all codes. Elsewhere a pair of products is added in 16 bits, and an s8 source's weights are
// halved: then weights are of those that lose nothing, 255 * 63 * 2 < 2^15, and even beside s8. Scales are
// powers of two and zero points even, so that float32 rounds nowhere but once, to the code, and the rules
// for ties agree: codes must be equal.
#include "host_runtime/reference/onednn/network.h"

#include <gmock/gmock.h>

#include <cmath>

#include "compiler/passes/passes.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using reference::OneDnn;
using reference::OneDnnNetwork;
using testing::code_at;
using testing::ConvCase;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::quant;
using testing::Random;

Tensor weights(Random& random, ir::Shape shape, DType beside = DType::u8) {
  if (OneDnn::has_exact_int8()) return random.whole<std::int8_t>(std::move(shape), -127, 127);
  Tensor tensor = random.whole<std::int8_t>(std::move(shape), -63, 63);
  if (beside == DType::s8)
    for (std::int8_t& weight : tensor.data<std::int8_t>()) weight = static_cast<std::int8_t>(2 * weight);
  return tensor;
}

/// 2^-6 to 2^-9, one for each channel.
ir::QuantParams channel_scales(Random& random, std::int64_t channels, std::int32_t axis = 0) {
  ir::QuantParams params{{}, 0, axis};
  for (std::int64_t k = 0; k < channels; ++k)
    params.scale.push_back(std::ldexp(1.0f, -static_cast<int>(random.within(6, 9))));
  return params;
}
ir::QuantParams even_zero(Random& random, DType type, float scale = 1) {
  return quant(scale, 2 * static_cast<std::int32_t>(type == DType::u8 ? random.within(0, 100)
                                                                      : random.within(-40, 40)));
}
DType some_code(Random& random) { return random.within(0, 1) == 0 ? DType::u8 : DType::s8; }

/// The largest difference of codes or floats at each output.
double largest_difference(const ir::Graph& graph, const std::vector<Tensor>& inputs, unsigned threads = 1) {
  const auto expected = reference::Naive().run(graph, inputs),
             got = OneDnnNetwork(graph, threads).run(inputs);
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(got[i].type(), expected[i].type());
    EXPECT_EQ(got[i].shape(), expected[i].shape());
    for (std::size_t j = 0; j < expected[i].size(); ++j)
      largest = std::max(largest,
                         expected[i].type() == DType::f32
                             ? std::abs(static_cast<double>(got[i].data<float>()[j]) -
                                        static_cast<double>(expected[i].data<float>()[j]))
                             : std::abs(static_cast<double>(code_at(got[i], j) - code_at(expected[i], j))));
  }
  return largest;
}

/// What the last run left to others than primitives of the node's own type.
OneDnnNetwork::Shares shares_of(const ir::Graph& graph, const std::vector<Tensor>& inputs) {
  OneDnnNetwork network(graph);
  network.run(inputs);
  return network.shares();
}

TEST(OneDnnNetwork, ConvolutionsOfCodesAreTheIntegers) {
  for (std::uint32_t seed = 0; seed < 80; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const DType x_type = some_code(random), y_type = some_code(random);
    const std::vector<ir::Clamp> clamps = {{}, {0, INFINITY}, {0, 6}, {-INFINITY, 3}};
    GraphBuilder builder;
    std::vector<ir::ValueId> inputs = {
        builder.input(c.x(), x_type, even_zero(random, x_type)),
        builder.constant(weights(random, c.w(), x_type), channel_scales(random, c.K))};
    if (random.within(0, 1) == 0)
      inputs.push_back(builder.constant(random.whole<std::int32_t>({c.K}, -5000, 5000)));
    const auto y = builder.code_node(Op::conv, inputs, c.y(), y_type, even_zero(random, y_type, 0.5f), c.a,
                                     clamps[static_cast<std::size_t>(random.within(0, 3))]);
    const ir::Graph graph = builder.finish({y});
    const std::vector<Tensor> x = {random.codes(x_type, c.x())};
    EXPECT_EQ(largest_difference(graph, x), 0);
    EXPECT_EQ(shares_of(graph, x).loops.nodes + shares_of(graph, x).floats.nodes, 0u);
  }
}

TEST(OneDnnNetwork, ProductsOfCodesAndWeightsAreTheIntegers) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const std::int64_t B = random.within(1, 3), M = random.within(1, 20), K = random.within(1, 90),
                       N = random.within(1, 40);
    const DType x_type = some_code(random), y_type = some_code(random);
    ir::GemmAttributes gemm;
    gemm.transpose_b = random.within(0, 1) == 0;
    const ir::QuantParams scales = channel_scales(random, N, gemm.transpose_b ? 0 : 1);
    GraphBuilder builder;
    const auto y = builder.code_node(
        Op::gemm,
        {builder.input({B, M, K}, x_type, even_zero(random, x_type)),
         builder.constant(weights(random, gemm.transpose_b ? ir::Shape{N, K} : ir::Shape{K, N}), scales),
         builder.constant(random.whole<std::int32_t>({N}, -5000, 5000))},
        {B, M, N}, y_type, even_zero(random, y_type), gemm,
        random.within(0, 1) == 0 ? ir::Clamp{0, 50} : ir::Clamp{});
    const ir::Graph graph = builder.finish({y});
    const std::vector<Tensor> x = {random.codes(x_type, {B, M, K})};
    EXPECT_EQ(largest_difference(graph, x), 0);
    EXPECT_EQ(shares_of(graph, x).loops.nodes + shares_of(graph, x).floats.nodes, 0u);
  }
}

TEST(OneDnnNetwork, ProductsOfTwoActivationsAreTheIntegers) {
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const std::int64_t B = random.within(1, 4), M = random.within(1, 20), K = random.within(1, 70),
                       N = random.within(1, 30);
    const DType type = some_code(random);
    ir::GemmAttributes right;
    right.transpose_b = random.within(0, 1) == 0;
    const ir::Shape b = right.transpose_b ? ir::Shape{B, N, K} : ir::Shape{B, K, N};
    GraphBuilder builder;
    const auto y = builder.code_node(
        Op::matmul,
        {builder.input({B, M, K}, type, quant(1)), builder.input(b, DType::s8, quant(1.0f / 256))}, {B, M, N},
        DType::u8, even_zero(random, DType::u8), right);
    const ir::Graph graph = builder.finish({y});
    EXPECT_EQ(largest_difference(graph, {random.codes(type, {B, M, K}), weights(random, b)}), 0);
  }
}

TEST(OneDnnNetwork, SumsAndPoolingOfCodesAreTheIntegers) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const DType type = some_code(random);
    const ir::Shape shape = {random.within(1, 2), random.within(1, 20), 8, 8};
    const ir::QuantParams same = even_zero(random, type);
    GraphBuilder builder;
    const auto a = builder.input(shape, type, same),
               b = builder.input(shape, type, even_zero(random, type, 0.5f)),
               sum = builder.code_node(Op::add, {a, b}, shape, type, even_zero(random, type, 2), {},
                                       random.within(0, 1) == 0 ? ir::Clamp{0, 90} : ir::Clamp{}),
               largest = builder.code_node(Op::max_pool, {a}, {shape[0], shape[1], 4, 4}, type, same,
                                           ir::PoolAttributes{{3, 3}, {2, 2}, {1, 1, 0, 0}, false, false}),
               average = builder.code_node(Op::average_pool, {a}, {shape[0], shape[1], 4, 4}, type,
                                           even_zero(random, type, 0.5f),
                                           ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false}),
               all = builder.code_node(Op::global_average_pool, {b}, {shape[0], shape[1], 1, 1}, type,
                                       even_zero(random, type, 0.25f));
    const ir::Graph graph = builder.finish({sum, largest, average, all});
    const std::vector<Tensor> inputs = {random.codes(type, shape), random.codes(type, shape)};
    EXPECT_EQ(largest_difference(graph, inputs), 0);
    EXPECT_EQ(shares_of(graph, inputs).loops.nodes + shares_of(graph, inputs).floats.nodes, 0u);
  }
}

TEST(OneDnnNetwork, AveragesThatCountPaddingKnowItsZeroPoint) {
  Random random(5);
  GraphBuilder builder;
  const auto x = builder.input({1, 3, 6, 6}, DType::u8, quant(1, 40)),
             y = builder.code_node(Op::average_pool, {x}, {1, 3, 3, 3}, DType::u8, quant(1, 10),
                                   ir::PoolAttributes{{4, 4}, {2, 2}, {1, 1, 1, 1}, false, true});
  const ir::Graph graph = builder.finish({y});
  const std::vector<Tensor> inputs = {random.codes<std::uint8_t>({1, 3, 6, 6})};
  EXPECT_EQ(largest_difference(graph, inputs), 0);
  EXPECT_EQ(shares_of(graph, inputs).floats.nodes, 1u) << "no int8 primitive has it";
}

TEST(OneDnnNetwork, OperatorsWithoutAnInt8PrimitiveRunInFloatWithinOneCode) {
  const ir::Shape shape = {2, 5, 32};
  const auto of = [&](Op op, ir::Attributes attributes, std::vector<Tensor> constants = {}) {
    SCOPED_TRACE(ir::to_string(op));
    Random random(7);
    GraphBuilder builder;
    std::vector<ir::ValueId> inputs = {builder.input(shape, DType::u8, quant(0.03f, 121))};
    for (Tensor& constant : constants) inputs.push_back(builder.constant(std::move(constant)));
    const auto y = builder.code_node(op, inputs, shape, DType::u8, quant(0.02f, 90), std::move(attributes));
    const ir::Graph graph = builder.finish({y});
    const std::vector<Tensor> x = {random.codes<std::uint8_t>(shape)};
    EXPECT_LE(largest_difference(graph, x), 1);
    EXPECT_EQ(shares_of(graph, x).floats.nodes, 1u);
    EXPECT_EQ(shares_of(graph, x).loops.nodes, 0u);
  };
  Random random(8);
  for (const Op op : {Op::relu, Op::sigmoid, Op::tanh}) of(op, {});
  of(Op::softmax, ir::AxisAttributes{2});
  of(Op::softmax, ir::AxisAttributes{2}, {random.reals({5, 32}, -3, 3)});
  using ir::UnaryFunction;
  for (const UnaryFunction function :
       {UnaryFunction::neg, UnaryFunction::abs, UnaryFunction::exp, UnaryFunction::hard_swish,
        UnaryFunction::silu, UnaryFunction::gelu, UnaryFunction::gelu_tanh, UnaryFunction::softplus})
    of(Op::unary, ir::UnaryAttributes{function, 0, 0});
  for (const UnaryFunction function : {UnaryFunction::leaky_relu, UnaryFunction::elu})
    of(Op::unary, ir::UnaryAttributes{function, 0.3f, 0});
  for (const ir::BinaryFunction function :
       {ir::BinaryFunction::div, ir::BinaryFunction::sub, ir::BinaryFunction::min, ir::BinaryFunction::max})
    of(Op::binary, ir::BinaryAttributes{function}, {Tensor::of<float>({}, std::vector<float>{1.7f})});
  of(Op::mul, {}, {random.reals({32}, 0.5f, 1)});
  of(Op::layer_normalization, ir::NormalizationAttributes{2, 1e-5f},
     {random.reals({32}, 0.5f, 1), random.reals({32})});
}

TEST(OneDnnNetwork, MeansOverAnyAxesRunInFloatWithinOneCode) {
  for (const bool keepdims : {true, false}) {
    Random random(4);
    GraphBuilder builder;
    const auto y =
        builder.code_node(Op::reduce, {builder.input({2, 6, 5, 3}, DType::u8, quant(0.1f, 30))},
                          keepdims ? ir::Shape{2, 6, 1, 1} : ir::Shape{2, 6}, DType::u8, quant(0.05f, 9),
                          ir::ReduceAttributes{ir::ReduceFunction::mean, {2, 3}, keepdims});
    const ir::Graph graph = builder.finish({y});
    const std::vector<Tensor> x = {random.codes<std::uint8_t>({2, 6, 5, 3})};
    EXPECT_LE(largest_difference(graph, x), 1);
    EXPECT_EQ(shares_of(graph, x).floats.nodes, 1u);
  }
}

TEST(OneDnnNetwork, MovesOfCodesMoveThem) {
  Random random(3);
  for (const DType type : {DType::u8, DType::s8}) {
    const ir::QuantParams same = quant(0.1f, 3);
    GraphBuilder builder;
    const auto x = builder.input({2, 6, 4, 3}, type, same),
               turned = builder.code_node(Op::transpose, {x}, {2, 4, 3, 6}, type, same,
                                          ir::TransposeAttributes{{0, 2, 3, 1}}),
               flat = builder.code_node(Op::reshape, {turned}, {8, 18}, type, same),
               part = builder.code_node(Op::slice, {flat}, {4, 6}, type, same,
                                        ir::SliceAttributes{{1, 2}, {2, 3}}),
               joined =
                   builder.code_node(Op::concat, {part, part}, {4, 12}, type, same, ir::AxisAttributes{1});
    const ir::Graph graph = builder.finish({turned, flat, part, joined});
    const std::vector<Tensor> inputs = {random.codes(type, {2, 6, 4, 3})};
    EXPECT_EQ(largest_difference(graph, inputs), 0);
    EXPECT_EQ(shares_of(graph, inputs).loops.nodes, 0u);
  }
}

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
  for (std::uint32_t seed = 0; seed < 4; ++seed) {
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

TEST(OneDnnNetwork, Bf16AgreesWithinItsRoundingsWhereTheHostHasIt) {
  Random random(9);
  const ir::Graph graph = compiler::lower_to_real(real_network(random), isa::Precision::bf16);
  if (const auto reason = OneDnnNetwork::obstacle(graph)) GTEST_SKIP() << *reason;
  // Values are below 4; of the order of ten roundings of eight bits.
  EXPECT_LE(largest_difference(graph, {random.reals({1, 4, 6, 6})}), 10 * std::ldexp(4.0, -8));
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

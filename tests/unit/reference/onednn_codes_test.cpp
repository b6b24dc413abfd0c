// SPDX-License-Identifier: Apache-2.0
// Operators of 8-bit codes by oneDNN's primitives against the naive integers: equal where there is an int8
// primitive, within a code where it is done in float32 between reorders.
#include <gtest/gtest.h>

#include "tests/unit/reference/onednn_network_case.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::channel_scales;
using testing::ConvCase;
using testing::even_zero;
using testing::GraphBuilder;
using testing::largest_difference;
using testing::quant;
using testing::Random;
using testing::shares_of;
using testing::some_code;
using testing::weights;

TEST(OneDnnCodes, ConvolutionsOfCodesAreTheIntegers) {
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

TEST(OneDnnCodes, ProductsOfCodesAndWeightsAreTheIntegers) {
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

TEST(OneDnnCodes, ProductsOfTwoActivationsAreTheIntegers) {
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

TEST(OneDnnCodes, SumsAndPoolingOfCodesAreTheIntegers) {
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

TEST(OneDnnCodes, AveragesThatCountPaddingKnowItsZeroPoint) {
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

TEST(OneDnnCodes, OperatorsWithoutAnInt8PrimitiveRunInFloatWithinOneCode) {
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

TEST(OneDnnCodes, MeansOverAnyAxesRunInFloatWithinOneCode) {
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

TEST(OneDnnCodes, MovesOfCodesMoveThem) {
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

}  // namespace
}  // namespace nnp

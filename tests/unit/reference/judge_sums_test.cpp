// SPDX-License-Identifier: Apache-2.0
// Rung 5: every judge's integer sums equal the naive ones, which equal the loops (naive_integer_test). Built
// into two programs: as this host is, and as a host without VNNI.
#include "tests/unit/reference/judges.h"
#include "tests/unit/reference/lstm_case.h"
#include "tests/unit/reference/recurrent_case.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::code_at;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::quant;
using testing::Random;

class JudgeSums : public ::testing::TestWithParam<const char*> {
 protected:
  void expect_equal(const ir::Graph& graph, const Tensor& x) { expect_equal(graph, reference::Tensors{x}); }
  void expect_equal(const ir::Graph& graph, const reference::Tensors& inputs) {
    const Tensor naive = reference::accumulators(graph, graph.nodes[0], inputs),
                 judge = judge_->accumulators(graph, graph.nodes[0], inputs);
    ASSERT_EQ(naive.shape(), judge.shape());
    for (std::size_t i = 0; i < naive.size(); ++i)
      ASSERT_EQ(code_at(naive, i), code_at(judge, i)) << "sum " << i;
  }
  std::unique_ptr<reference::SumsJudge> judge_ = testing::make_judge(GetParam());
};

INSTANTIATE_TEST_SUITE_P(All, JudgeSums, ::testing::Values("onednn", "cuda"),
                         [](const auto& info) { return std::string(info.param); });

ir::Graph conv_graph(const ConvCase& c, DType in, std::int32_t zero, const Tensor& w) {
  GraphBuilder builder;
  const auto y = builder.code_node(
      Op::conv, {builder.input(c.x(), in, quant(0.1f, zero)), builder.constant(w, quant(0.1f))}, c.y(),
      DType::s8, quant(1), c.a);
  return builder.finish({y});
}

TEST_P(JudgeSums, ConvolutionsAreEqualForEveryTypeAndZeroPoint) {
  for (std::uint32_t seed = 0; seed < 90; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const DType in = std::vector<DType>{DType::u8, DType::s8, DType::s16}[seed % 3];
    const std::int32_t zero = static_cast<std::int32_t>(in == DType::u8   ? random.within(0, 255)
                                                        : in == DType::s8 ? random.within(-128, 127)
                                                                          : 0);
    expect_equal(conv_graph(c, in, zero, random.codes<std::int8_t>(c.w())), random.codes(in, c.x()));
  }
}

TEST_P(JudgeSums, DepthwiseConvolutionsAreEqual) {
  Random random(1);
  for (const DType in : {DType::u8, DType::s8}) {
    ConvCase c{1, 48, 9, 9, 48, 9, 9, {{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 48}};
    expect_equal(conv_graph(c, in, 5, random.codes<std::int8_t>(c.w())), random.codes(in, c.x()));
  }
}

TEST_P(JudgeSums, ExtremeCodesDoNotSaturate) {
  // 255 * 127 twice is beyond 16 bits, where kernels without VNNI clip; and -32768 * -128 over 1000 terms
  // stays in 32.
  const ConvCase c{1, 64, 3, 3, 32, 3, 3, {{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1}};
  Random random(2);
  for (const std::int64_t weight : {127, -128})
    for (const DType in : {DType::u8, DType::s8, DType::s16}) {
      Tensor x(in, c.x());
      for (std::uint8_t& byte : x.bytes()) byte = in == DType::u8 ? 255 : 0x80;
      expect_equal(
          conv_graph(c, in, in == DType::u8 ? 255 : 0, random.whole<std::int8_t>(c.w(), weight, weight)), x);
      GraphBuilder builder;
      const auto y =
          builder.code_node(Op::gemm,
                            {builder.input({64, 9}, in, quant(1)),
                             builder.constant(random.whole<std::int8_t>({9, 20}, weight, weight), quant(1))},
                            {64, 20}, DType::s8, quant(1), ir::GemmAttributes{});
      x.reshape({64, 9});
      expect_equal(builder.finish({y}), x);
    }
}

// Sums a little below and above 2^24, where float32's odd integers end, and far above.
TEST_P(JudgeSums, AreExactAtTheEndOfFloat32Integers) {
  for (const std::int64_t K : {519, 520, 521, 522, 4099}) {
    GraphBuilder builder;
    Tensor w(DType::s8, {K, 3});
    for (std::int64_t k = 0; k < K; ++k)
      for (std::int64_t n = 0; n < 3; ++n)
        w.data<std::int8_t>()[static_cast<std::size_t>(3 * k + n)] = static_cast<std::int8_t>(127 - n);
    w.data<std::int8_t>()[0] = 126;
    const auto y = builder.code_node(
        Op::gemm, {builder.input({2, K}, DType::u8, quant(1)), builder.constant(w, quant(1))}, {2, 3},
        DType::s8, quant(1), ir::GemmAttributes{});
    Random random(3);
    expect_equal(builder.finish({y}), random.whole<std::uint8_t>({2, K}, 253, 255));
  }
}

// More terms than float32 can sum at once: in one channel's window, in few channels, and in groups of them.
TEST_P(JudgeSums, LongConvolutionsAreEqual) {
  Random random(4);
  const ir::ConvAttributes whole_image{{25, 25}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1},
      same{{3, 3}, {2, 1}, {1, 2}, {1, 2, 1, 2}, 1}, grouped{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 2};
  for (const ConvCase& c : {ConvCase{1, 3, 26, 26, 5, 2, 2, whole_image},
                            ConvCase{2, 203, 7, 6, 9, 4, 6, same}, ConvCase{1, 250, 5, 5, 12, 5, 5, grouped}})
    for (const DType in : {DType::u8, DType::s8, DType::s16})
      for (const std::int64_t least : {-128, 100}) {  // 100: the sums themselves pass 2^24
        SCOPED_TRACE(::testing::Message() << c.C << " channels of " << ir::to_string(in));
        expect_equal(
            conv_graph(c, in, in == DType::u8 ? 200 : 0, random.whole<std::int8_t>(c.w(), least, 127)),
            in == DType::u8 ? random.whole<std::uint8_t>(c.x(), 200, 255) : random.codes(in, c.x()));
      }
}

TEST_P(JudgeSums, ProductsAreEqualForEveryTypeAndLayout) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const std::int64_t M = random.within(1, 20), K = random.within(1, 200), N = random.within(1, 70);
    const DType in = std::vector<DType>{DType::u8, DType::s8, DType::s16}[seed % 3];
    const bool matmul = random.within(0, 1) == 0, transposed = !matmul && random.within(0, 1) == 0;
    GraphBuilder builder;
    const auto x = builder.input({M, K}, in, quant(0.1f, in == DType::u8 ? 77 : 0));
    const auto w = builder.constant(random.codes<std::int8_t>(transposed ? ir::Shape{N, K} : ir::Shape{K, N}),
                                    quant(0.1f));
    const auto y = builder.code_node(
        matmul ? Op::matmul : Op::gemm, {x, w}, {M, N}, DType::s8, quant(1),
        matmul ? ir::Attributes{} : ir::Attributes{ir::GemmAttributes{1, 1, false, transposed}});
    expect_equal(builder.finish({y}), random.codes(in, {M, K}));
  }
}

TEST_P(JudgeSums, ProductsOfTwoActivationsAreEqualBatchByBatch) {
  for (std::uint32_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const std::int64_t B = random.within(1, 3), C = random.within(1, 4), M = random.within(1, 9),
                       K = random.within(1, 40), N = random.within(1, 12);
    const DType in = std::vector<DType>{DType::u8, DType::s8, DType::s16}[seed % 3];
    const bool transposed = random.within(0, 1) == 0;
    GraphBuilder builder;
    const auto x = builder.input({B, C, M, K}, in, quant(0.1f));
    const ir::Shape right = transposed ? ir::Shape{B, C, N, K} : ir::Shape{B, C, K, N};
    const auto w = builder.input(right, DType::s8, quant(0.1f));
    const auto y = builder.code_node(
        Op::matmul, {x, w}, {B, C, M, N}, DType::s8, quant(1),
        transposed ? ir::Attributes{ir::GemmAttributes{1, 1, false, true}} : ir::Attributes{});
    expect_equal(builder.finish({y}),
                 reference::Tensors{random.codes(in, {B, C, M, K}), random.codes<std::int8_t>(right)});
  }
}

TEST_P(JudgeSums, RecurrentLayersOfEveryKindAreEqualStepByStep) {
  std::uint32_t seed = 0;
  for (const Op op : {Op::rnn, Op::gru, Op::lstm})
    for (const bool reverse : {false, true})
      for (const bool resets_after : {false, true}) {
        SCOPED_TRACE(::testing::Message() << ir::to_string(op) << " seed " << seed);
        Random random(seed++);
        const testing::RecurrentKind kind{op, reverse, op == Op::gru && resets_after, resets_after,
                                          op == Op::lstm && reverse};
        const testing::RecurrentCase c(random, kind, 4, random.within(1, 3), random.within(1, 20),
                                       random.within(1, 10));
        expect_equal(c.graph, c.x);
      }
}

TEST_P(JudgeSums, LstmsAreEqualStepByStep) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const testing::LstmCase l(random, 4, random.within(1, 3), random.within(1, 40), random.within(1, 20));
    expect_equal(l.graph, l.x);
  }
}

}  // namespace
}  // namespace nnp

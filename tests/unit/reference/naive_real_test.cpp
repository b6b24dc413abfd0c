// SPDX-License-Identifier: Apache-2.0
// Rung 1: real nodes against chains of fused multiply-adds written out here, and what oneDNN's judgement of
// real sums lets pass.
#include <cmath>

#include "compiler/ir/real.h"
#include "host_runtime/compare/comparison.h"
#include "host_runtime/reference/reference.h"
#include "isa/numerics/functions.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::Op;
using ir::Tensor;
using numerics::Bf16;
using numerics::to_bf16;
using numerics::to_float;
using testing::GraphBuilder;
using testing::Random;

float element(const Tensor& tensor, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  return tensor.type() == ir::DType::f32 ? tensor.data<float>()[at] : to_float(tensor.data<Bf16>()[at]);
}

Tensor of_type(ir::DType type, const Tensor& floats) {
  return type == ir::DType::f32 ? floats : ir::to_bf16(floats);
}

float stored(ir::DType type, float x) { return type == ir::DType::f32 ? x : to_float(to_bf16(x)); }

class RealNodes : public ::testing::TestWithParam<ir::DType> {};

TEST_P(RealNodes, AConvolutionAddsByAscendingRscAndPaddingTakesPart) {
  const ir::DType type = GetParam();
  Random random(3);
  const std::int64_t C = 3, H = 5, W = 4, K = 2, R = 3, S = 2, P = 5, Q = 5;
  const Tensor x = of_type(type, random.reals({1, C, H, W})), w = of_type(type, random.reals({K, C, R, S})),
               bias = random.reals({K});
  ir::ConvAttributes a;
  a.kernel[0] = R, a.kernel[1] = S;
  a.pads[0] = a.pads[1] = a.pads[2] = a.pads[3] = 1;
  GraphBuilder builder;
  const auto y = builder.value({1, K, P, Q}, type);
  builder
      .node(Op::conv, {builder.input(x.shape(), type), builder.constant(w), builder.constant(bias)}, {y}, a)
      .clamp.lo = -0.25f;
  reference::Naive naive;
  const Tensor result = naive.run(builder.finish({y}), {x})[0];
  for (std::int64_t k = 0; k < K; ++k)
    for (std::int64_t p = 0; p < P; ++p)
      for (std::int64_t q = 0; q < Q; ++q) {
        float sum = 0;
        for (std::int64_t r = 0; r < R; ++r)
          for (std::int64_t s = 0; s < S; ++s)
            for (std::int64_t c = 0; c < C; ++c) {
              const std::int64_t h = p + r - 1, v = q + s - 1;
              const bool inside = h >= 0 && h < H && v >= 0 && v < W;
              sum = std::fma(inside ? element(x, (c * H + h) * W + v) : 0.0f,
                             element(w, ((k * C + c) * R + r) * S + s), sum);
            }
        const float expected = stored(type, std::max(sum + element(bias, k), -0.25f));
        ASSERT_EQ(element(result, (k * P + p) * Q + q), expected) << k << " " << p << " " << q;
      }
}

TEST_P(RealNodes, AMatMulReadsItsRightSideTransposedWhereItSaysSo) {
  const ir::DType type = GetParam();
  Random random(4);
  const std::int64_t B = 2, M = 3, K = 7, N = 4;
  const Tensor a = of_type(type, random.reals({B, M, K})), b = of_type(type, random.reals({B, N, K}));
  ir::GemmAttributes transposed;
  transposed.transpose_b = true;
  GraphBuilder builder;
  const auto y = builder.value({B, M, N}, type);
  builder.node(Op::matmul, {builder.input(a.shape(), type), builder.input(b.shape(), type)}, {y}, transposed);
  reference::Naive naive;
  const Tensor result = naive.run(builder.finish({y}), {a, b})[0];
  for (std::int64_t i = 0; i < B * M; ++i)
    for (std::int64_t n = 0; n < N; ++n) {
      float sum = 0;
      for (std::int64_t k = 0; k < K; ++k)
        sum = std::fma(element(a, i * K + k), element(b, (i / M * N + n) * K + k), sum);
      ASSERT_EQ(element(result, i * N + n), stored(type, sum)) << i << " " << n;
    }
}

/// One unit, batch 1, by the numerics page.
void expect_lstm_by_hand(ir::DType type, bool peeps) {
  Random random(5);
  const std::int64_t T = 3, I = 2;
  const Tensor x = of_type(type, random.reals({T, 1, I})), W = of_type(type, random.reals({1, 4, I})),
               R = of_type(type, random.reals({1, 4, 1})), bias = random.reals({1, 8}),
               P = random.reals({1, 3});
  GraphBuilder builder;
  const auto y = builder.value({T, 1, 1}, type);
  std::vector<ir::ValueId> inputs{builder.input(x.shape(), type), builder.constant(W), builder.constant(R),
                                  builder.constant(bias)};
  inputs.resize(7, ir::kNoValue);
  if (peeps) inputs.push_back(builder.constant(P));
  builder.node(Op::lstm, inputs, {y}, ir::LstmAttributes{1, 0});
  reference::Naive naive;
  const Tensor result = naive.run(builder.finish({y}), {x})[0];
  const auto sigmoid = [](float v) { return numerics::unary(numerics::UnaryFunction::sigmoid, v); };
  const auto tanh = [](float v) { return numerics::unary(numerics::UnaryFunction::tanh, v); };
  float h = 0, c = 0;
  for (std::int64_t t = 0; t < T; ++t) {
    const auto sum = [&](std::int64_t g) {
      float sum = 0;
      for (std::int64_t i = 0; i < I; ++i) sum = std::fma(element(x, t * I + i), element(W, g * I + i), sum);
      sum = std::fma(h, element(R, g), sum);
      return sum + (element(bias, g) + element(bias, 4 + g));
    };
    const auto gate = [&](std::int64_t g) {  // i, o, f
      const float seen = element(P, g) * c;
      return sigmoid(peeps ? sum(g) + seen : sum(g));
    };
    const float kept = gate(2) * c, added = gate(0) * tanh(sum(3));
    c = kept + added;
    h = stored(type, gate(1) * tanh(c));
    ASSERT_EQ(element(result, t), h) << "step " << t << (peeps ? ", peepholes" : "");
  }
}

TEST_P(RealNodes, AnLstmKeepsItsCellInFloat32AndHInItsOwnType) { expect_lstm_by_hand(GetParam(), false); }

TEST_P(RealNodes, PeepholesOfAnLstmSeeItsCellInFloat32) { expect_lstm_by_hand(GetParam(), true); }

INSTANTIATE_TEST_SUITE_P(Types, RealNodes, ::testing::Values(ir::DType::f32, ir::DType::bf16),
                         [](const auto& info) { return std::string(ir::to_string(info.param)); });

TEST(Bf16Nodes, AnOperatorThatKnowsNoBf16RunsWidenedAndRoundsItsResult) {
  const float x = to_float(to_bf16(0.3f));
  GraphBuilder builder;
  const auto y = builder.value({1}, ir::DType::bf16);
  builder.node(Op::sigmoid, {builder.input({1}, ir::DType::bf16)}, {y});
  Tensor input(ir::DType::bf16, {1});
  input.data<Bf16>()[0] = to_bf16(x);
  reference::Naive naive;
  EXPECT_EQ(naive.run(builder.finish({y}), {input})[0].data<Bf16>()[0],
            to_bf16(numerics::unary(numerics::UnaryFunction::sigmoid, x)));
}

TEST(Bf16Nodes, CastRoundsToNearestEvenAndComesBackExactly) {
  GraphBuilder builder;
  const auto half = builder.value({2}, ir::DType::bf16), back = builder.value({2}, ir::DType::f32);
  builder.node(Op::cast, {builder.input({2})}, {half});
  builder.node(Op::cast, {half}, {back});
  const std::vector<float> tie{1.0f + 0x1p-8f, 1.0f + 0x3p-8f};
  reference::Naive naive;
  const Tensor result = naive.run(builder.finish({back}), {Tensor::of<float>({2}, tie)})[0];
  EXPECT_EQ(result.data<float>()[0], 1.0f);
  EXPECT_EQ(result.data<float>()[1], 1.0f + 0x1p-6f);
}

TEST(CompareOneDnn, RealSumsPassWithinTheirRoundingBoundAndFailBeyondIt) {
  Random random(6);
  const Tensor x = random.reals({4, 300}), w = random.reals({300, 5});
  GraphBuilder builder;
  const auto y = builder.float_node(Op::gemm, {builder.input(x.shape()), builder.constant(w)}, {4, 5},
                                    ir::GemmAttributes{});
  const ir::Graph graph = builder.finish({y});
  reference::Tensors values = reference::initial_values(graph);
  values[graph.inputs[0]] = x;
  compare::ChipEvidence evidence;
  evidence.accumulators["Gemm0"] = reference::accumulators(graph, graph.nodes[0], values);
  evidence.outputs = {evidence.accumulators["Gemm0"]};
  const auto verdict = compare::compare_onednn(graph, nullptr, {x}, evidence);
  EXPECT_EQ(verdict.status, compare::Status::passed) << verdict.reason;
  EXPECT_EQ(verdict.compared, 20u);
  // 2 g sum |x w| of some 300 products of mean 1/4: below 300 * 2^-23 * 300.
  evidence.accumulators["Gemm0"].data<float>()[7] += 300 * 300 * 0x1p-23f;
  const auto wrong = compare::compare_onednn(graph, nullptr, {x}, evidence);
  EXPECT_EQ(wrong.status, compare::Status::failed);
  EXPECT_EQ(wrong.mismatches, 1u);
  EXPECT_EQ(
      wrong.reason.rfind("layer 'Gemm0' accumulator: 1 of 20 values differ beyond rounding, largest by ", 0),
      0u)
      << wrong.reason;
  EXPECT_NE(wrong.reason.find("first at [1, 2]: chip "), std::string::npos) << wrong.reason;
}

}  // namespace
}  // namespace nnp

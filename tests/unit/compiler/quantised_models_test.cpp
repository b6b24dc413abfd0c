// SPDX-License-Identifier: Apache-2.0
// Networks with QuantizeLinear and DequantizeLinear: the codes of the integer graph against the operator
// evaluated between them in doubles.
#include <gtest/gtest.h>

#include "tests/unit/compiler/quantised_maker.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Shape;
using test::Code;
using test::Codes;
using test::QuantisedMaker;
using test::Reals;

Reals sums_to(Reals reals, double lo) {
  for (double& x : reals) x = std::max(x, lo);
  return reals;
}

/// x [1, 3, 6, 5] -> Conv 3 x 3, 4 filters -> y, all quantised.
struct ConvCase {
  static constexpr int C = 3, H = 6, W = 5, K = 4, R = 3;
  Code x = test::u8(0.021, 117), y = test::u8(0.043, 131);
  std::vector<float> weight_scales{0.004f, 0.0051f, 0.0007f, 0.011f};
  Codes codes = test::random_codes(C * H * W, 0, 255, 1),
        weights = test::random_codes(K * C * R * R, -128, 127, 2), bias{-3000, 41, 70000, 0};

  std::vector<float> bias_scales() const {
    std::vector<float> scales;
    for (const float s : weight_scales) scales.push_back(static_cast<float>(x.scale) * s);
    return scales;
  }
  QuantisedMaker maker(bool relu = false) const {
    QuantisedMaker m;
    m.input("x.codes", {1, C, H, W}, code_type(x))
        .params("x", x)
        .params("y", y)
        .dequantize("x.codes", "x", "x");
    m.weights("w", {K, C, R, R}, weights, weight_scales, 0).bias("b", bias, bias_scales());
    m.node("Conv", {"x", "w", "b"}, {"c"}, {{"pads", QuantisedMaker::Ints{1, 1, 1, 1}}});
    if (relu) m.node("Relu", {"c"}, {"r"});
    m.quantize(relu ? "r" : "c", "y.codes", "y").output("y.codes", code_type(y));
    return m;
  }
  Codes expected(bool relu = false) const {
    Reals w, b;
    for (std::size_t i = 0; i < weights.size(); ++i)
      w.push_back(static_cast<double>(weight_scales[i / (C * R * R)]) * weights[i]);
    for (std::size_t k = 0; k < K; ++k)
      b.push_back(x.scale * static_cast<double>(weight_scales[k]) * bias[k]);
    const Reals sums = test::convolved(test::dequantised(codes, x), w, b, C, H, W, R);
    return test::quantised(relu ? sums_to(sums, 0) : sums, y);
  }
  Codes run(const ir::Graph& graph) const {
    return test::codes_of(test::run(graph, {test::code_tensor({1, C, H, W}, codes, x)}).at(0));
  }
};

TEST(QuantisedModel, ConvIsWithinOneCodeOfItsFloatSelfAndNearlyAlwaysEqual) {
  for (const bool relu : {false, true}) {
    const ConvCase c;
    const ir::Graph graph = test::integers(c.maker(relu));
    EXPECT_EQ(test::on_chip(graph, "Conv"), 1u);
    const test::Distance d = test::distance(c.run(graph), c.expected(relu));
    EXPECT_LE(d.largest, 1);
    EXPECT_GE(d.equal, 0.99) << "share of equal codes";
  }
}

TEST(QuantisedModel, KeepsCodesAndScalesOfWeightsAndBiases) {
  ConvCase c;
  c.bias[2] = 123456789;  // more bits than a float32 has
  const ir::Graph graph = test::integers(c.maker());
  const ir::Node& conv = test::find_node(graph, "c_node");
  const ir::Value &x = graph.values[conv.inputs[0]], &w = graph.values[conv.inputs[1]],
                  &b = graph.values[conv.inputs[2]], &y = graph.values[conv.outputs[0]];
  EXPECT_EQ(x.name, "x.codes");
  EXPECT_EQ(x.quant->zero_point, c.x.zero);
  EXPECT_EQ(x.quant->scale, std::vector<float>{static_cast<float>(c.x.scale)});
  EXPECT_EQ(test::codes_of(*w.constant), c.weights);
  EXPECT_EQ(w.quant->scale, c.weight_scales);
  EXPECT_EQ(test::codes_of(*b.constant), c.bias);
  EXPECT_EQ(y.name, "y.codes");
  EXPECT_EQ(y.quant->zero_point, c.y.zero);
  EXPECT_EQ(graph.nodes.size(), 1u) << "codes in, codes out: nothing for the host\n" << test::outline(graph);
}

TEST(QuantisedModel, SignedActivationsBecomeUnsignedOnesOfTheSameMeaning) {
  ConvCase c;
  c.x = test::s8(0.021, -9), c.y = test::s8(0.043, 4);
  c.codes = test::random_codes(c.codes.size(), -128, 127, 3);
  const ir::Graph graph = test::integers(c.maker());
  const ir::Node& conv = test::find_node(graph, "c_node");
  EXPECT_EQ(graph.values[conv.inputs[0]].type, DType::u8);
  EXPECT_EQ(graph.values[conv.inputs[0]].quant->zero_point, 119);
  const test::Distance d = test::distance(c.run(graph), c.expected());
  EXPECT_LE(d.largest, 1);
  EXPECT_GE(d.equal, 0.99);
}

/// Weights of u8 codes around a zero point.
ir::Graph with_unsigned_weights(const ConvCase& c, const Codes& weights, int zero) {
  QuantisedMaker m;
  m.input("x.codes", {1, c.C, c.H, c.W}, DType::u8).params("x", c.x).params("y", c.y);
  m.params("w", test::u8(0.004, zero))
      .tensor("w.codes", test::tensor_of<std::uint8_t>({c.K, c.C, c.R, c.R}, weights));
  m.dequantize("x.codes", "x", "x").dequantize("w.codes", "w", "w");
  m.node("Conv", {"x", "w"}, {"c"}, {{"pads", QuantisedMaker::Ints{1, 1, 1, 1}}});
  m.quantize("c", "y.codes", "y").output("y.codes", DType::u8);
  return test::integers(m);
}

TEST(QuantisedModel, UnsignedWeightsRunOnTheChipWhereTheyAreEightSignedBits) {
  struct Case {
    int zero;
    bool fits;
  };
  for (const Case& kase : {Case{128, true}, Case{100, false}}) {
    const ConvCase c;
    const Codes codes = test::random_codes(c.weights.size(), 0, 255, 4);
    const ir::Graph graph = with_unsigned_weights(c, codes, kase.zero);
    EXPECT_EQ(test::on_chip(graph, "Conv"), kase.fits ? 1u : 0u) << "zero point " << kase.zero;
    const Reals sums =
        test::convolved(test::dequantised(c.codes, c.x), test::dequantised(codes, test::u8(0.004, kase.zero)),
                        Reals(c.K), c.C, c.H, c.W, c.R);
    const test::Distance d = test::distance(c.run(graph), test::quantised(sums, c.y));
    EXPECT_LE(d.largest, 1);
    EXPECT_GE(d.equal, 0.99);
  }
}

TEST(QuantisedModel, WeightsKeptAsFloatsBehindAPairAreTheirCodes) {
  const ConvCase c;
  QuantisedMaker m;
  std::vector<float> floats;
  for (std::size_t i = 0; i < c.weights.size(); ++i)
    floats.push_back((static_cast<float>(c.weights[i]) + 0.3f) * c.weight_scales[i / (c.C * c.R * c.R)]);
  m.input("x.codes", {1, c.C, c.H, c.W}, DType::u8)
      .params("x", c.x)
      .params("y", c.y)
      .dequantize("x.codes", "x", "x");
  m.floats("w.floats", {c.K, c.C, c.R, c.R}, floats).floats("w.scale", {c.K}, c.weight_scales);
  m.tensor("w.zero", test::tensor_of<std::int8_t>({c.K}, Codes(c.K, 0)));
  m.node("QuantizeLinear", {"w.floats", "w.scale", "w.zero"}, {"w.codes"}, {{"axis", 0}});
  m.node("DequantizeLinear", {"w.codes", "w.scale", "w.zero"}, {"w"}, {{"axis", 0}});
  m.node("Conv", {"x", "w"}, {"c"}, {{"pads", QuantisedMaker::Ints{1, 1, 1, 1}}});
  m.quantize("c", "y.codes", "y").output("y.codes", DType::u8);
  const ir::Graph graph = test::integers(m);
  const ir::Node& conv = test::find_node(graph, "c_node");
  Codes expected = c.weights;  // + 0.3 rounds down, and 127.3 stays 127
  EXPECT_EQ(test::codes_of(*graph.values[conv.inputs[1]].constant), expected);
}

TEST(QuantisedModel, MatMulAndGemmWithTransposedWeightsAndAFloatBias) {
  const int M = 5, K = 24, N = 7;
  const Code x = test::u8(0.03, 90), y = test::u8(0.2, 120);
  const Codes codes = test::random_codes(M * K, 0, 255, 5), weights = test::random_codes(N * K, -127, 127, 6);
  std::vector<float> scales, bias;
  for (int n = 0; n < N; ++n)
    scales.push_back(0.002f * static_cast<float>(n + 1)), bias.push_back(0.7f * static_cast<float>(n - 3));
  QuantisedMaker m;
  m.input("x.codes", {M, K}, DType::u8).params("x", x).params("y", y).dequantize("x.codes", "x", "x");
  m.weights("w", {N, K}, weights, scales, 0).floats("b", {N}, bias);
  m.node("Gemm", {"x", "w", "b"}, {"g"}, {{"transB", 1}}).output("y.codes", DType::u8);
  m.quantize("g", "y.codes", "y");
  const ir::Graph graph = test::integers(m);
  EXPECT_EQ(test::on_chip(graph, "Gemm"), 1u);
  Reals w(static_cast<std::size_t>(K * N));
  for (int n = 0; n < N; ++n)
    for (int k = 0; k < K; ++k)
      w[static_cast<std::size_t>(k * N + n)] = static_cast<double>(scales[static_cast<std::size_t>(n)]) *
                                               weights[static_cast<std::size_t>(n * K + k)];
  const Reals sums =
      test::multiplied(test::dequantised(codes, x), w, Reals(bias.begin(), bias.end()), M, K, N);
  const Codes got = test::codes_of(test::run(graph, {test::code_tensor({M, K}, codes, x)}).at(0));
  const test::Distance d = test::distance(got, test::quantised(sums, y));
  EXPECT_LE(d.largest, 1);
  EXPECT_GE(d.equal, 0.99);
}

TEST(QuantisedModel, MovesKeepCodesAndMeetOtherScalesByACast) {
  const Code x = test::u8(0.02, 100), y = test::u8(0.031, 60);
  QuantisedMaker m;
  m.input("x.codes", {1, 2, 4, 4}, DType::u8).params("x", x).params("y", y).dequantize("x.codes", "x", "x");
  m.node("MaxPool", {"x"}, {"p"},
         {{"kernel_shape", QuantisedMaker::Ints{2, 2}}, {"strides", QuantisedMaker::Ints{2, 2}}});
  m.quantize("p", "p.codes", "x").dequantize("p.codes", "p.again", "x");  // the same scale: nothing
  m.node("Flatten", {"p.again"}, {"f"}).quantize("f", "y.codes", "y").output("y.codes", DType::u8);
  const ir::Graph graph = test::integers(m);
  EXPECT_EQ(test::on_chip(graph, "Cast"), 1u) << test::outline(graph);
  EXPECT_EQ(test::on_host(graph, "QuantizeLinear") + test::on_host(graph, "DequantizeLinear"), 0u);
  const Codes codes = test::random_codes(32, 0, 255, 7);
  Reals largest;
  for (int c = 0; c < 2; ++c)
    for (int p = 0; p < 2; ++p)
      for (int q = 0; q < 2; ++q) {
        const auto at = [&](int r, int s) {
          return x.scale * (codes[static_cast<std::size_t>((c * 4 + 2 * p + r) * 4 + 2 * q + s)] - x.zero);
        };
        largest.push_back(std::max(std::max(at(0, 0), at(0, 1)), std::max(at(1, 0), at(1, 1))));
      }
  const Codes got = test::codes_of(test::run(graph, {test::code_tensor({1, 2, 4, 4}, codes, x)}).at(0));
  EXPECT_EQ(got, test::quantised(largest, y));
}

TEST(QuantisedModel, ConcatBringsItsOperandsToItsOwnScale) {
  const Code a = test::u8(0.02, 100), b = test::u8(0.05, 10), y = test::u8(0.04, 70);
  QuantisedMaker m;
  m.input("a.codes", {3, 4}, DType::u8)
      .input("b.codes", {3, 4}, DType::u8)
      .params("a", a)
      .params("b", b)
      .params("y", y);
  m.dequantize("a.codes", "a", "a")
      .dequantize("b.codes", "b", "b")
      .node("Concat", {"a", "b"}, {"c"}, {{"axis", 0}});
  m.quantize("c", "y.codes", "y").output("y.codes", DType::u8);
  const ir::Graph graph = test::integers(m);
  const Codes p = test::random_codes(12, 0, 255, 8), q = test::random_codes(12, 0, 255, 9);
  Reals joined = test::dequantised(p, a);
  for (const double real : test::dequantised(q, b)) joined.push_back(real);
  const Codes got = test::codes_of(
      test::run(graph, {test::code_tensor({3, 4}, p, a), test::code_tensor({3, 4}, q, b)}).at(0));
  const test::Distance d = test::distance(got, test::quantised(joined, y));
  EXPECT_LE(d.largest, 1) << test::outline(graph);
  EXPECT_GE(d.equal, 0.95);
  EXPECT_EQ(test::on_chip(graph, "Concat"), 1u);
}

TEST(QuantisedModel, AProductOfActivationsNeedsZeroPointsThatTheArrayHas) {
  for (const int zero : {128, 90}) {
    const Code a = test::u8(0.02, 0), b = test::u8(0.03, zero), y = test::u8(0.4, 128);
    QuantisedMaker m;
    m.input("a.codes", {4, 6}, DType::u8)
        .input("b.codes", {6, 5}, DType::u8)
        .params("a", a)
        .params("b", b)
        .params("y", y);
    m.dequantize("a.codes", "a", "a").dequantize("b.codes", "b", "b").node("MatMul", {"a", "b"}, {"c"});
    m.quantize("c", "y.codes", "y").output("y.codes", DType::u8);
    const ir::Graph graph = test::integers(m);
    EXPECT_EQ(test::on_chip(graph, "MatMul"), zero == 128 ? 1u : 0u);
    const Codes p = test::random_codes(24, 0, 255, 8), q = test::random_codes(30, 0, 255, 9);
    const Codes got = test::codes_of(
        test::run(graph, {test::code_tensor({4, 6}, p, a), test::code_tensor({6, 5}, q, b)}).at(0));
    const Reals sums = test::multiplied(test::dequantised(p, a), test::dequantised(q, b), {}, 4, 6, 5);
    const test::Distance d = test::distance(got, test::quantised(sums, y));
    EXPECT_LE(d.largest, 1);
    EXPECT_GE(d.equal, 0.95);
  }
}

TEST(QuantisedModel, ALayerThatTheModelLeavesFloatRunsOnTheHost) {
  const ConvCase c;
  QuantisedMaker f;
  f.input("x", {1, 3, 6, 5}).floats("w", {4, 3, 3, 3}).params("y", c.y);
  f.node("Conv", {"x", "w"}, {"c"}).quantize("c", "y.codes", "y").dequantize("y.codes", "y", "y");
  f.node("Relu", {"y"}, {"r"}).quantize("r", "r.codes", "y").output("r.codes", DType::u8);
  const ir::Graph graph = test::integers(f);
  EXPECT_EQ(test::on_host(graph, "Conv"), 1u);
  EXPECT_EQ(test::on_chip(graph, "Relu"), 1u);
}

TEST(QuantisedModel, ResultsWithoutAPairHaveSixteenBitsAndACalibratedScale) {
  const ConvCase c;
  QuantisedMaker m;
  m.input("x.codes", {1, c.C, c.H, c.W}, DType::u8).params("x", c.x).params("y", test::u8(0.004, 3));
  m.dequantize("x.codes", "x", "x").weights("w", {c.K, c.C, c.R, c.R}, c.weights, c.weight_scales, 0);
  m.node("Conv", {"x", "w"}, {"c"}, {{"pads", QuantisedMaker::Ints{1, 1, 1, 1}}})
      .node("Sigmoid", {"c"}, {"s"});
  m.quantize("s", "y.codes", "y").output("y.codes", DType::u8);
  reference::Naive runner;
  const ir::Graph graph =
      compiler::quantize(test::optimised(m), {{test::code_tensor({1, c.C, c.H, c.W}, c.codes, c.x)}}, runner,
                         isa::Precision::int8);
  EXPECT_EQ(test::faults(graph), "");
  EXPECT_EQ(graph.values[test::find_node(graph, "c_node").outputs[0]].type, DType::s16);
  Reals w;
  for (std::size_t i = 0; i < c.weights.size(); ++i)
    w.push_back(static_cast<double>(c.weight_scales[i / (c.C * c.R * c.R)]) * c.weights[i]);
  Reals reals = test::convolved(test::dequantised(c.codes, c.x), w, Reals(c.K), c.C, c.H, c.W, c.R);
  for (double& x : reals) x = 1 / (1 + std::exp(-x));
  const test::Distance d = test::distance(c.run(graph), test::quantised(reals, test::u8(0.004, 3)));
  EXPECT_LE(d.largest, 1);
  EXPECT_GE(d.equal, 0.98);
}

}  // namespace
}  // namespace nnp

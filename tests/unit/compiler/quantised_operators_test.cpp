// SPDX-License-Identifier: Apache-2.0
// Operators of codes: ONNX's QLinear* and onnxruntime's com.microsoft ones, against their definition in
// doubles; and what is said where a model is wrong.
#include <gtest/gtest.h>

#include "compiler/compile_error.h"
#include "tests/unit/compiler/quantised_maker.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Shape;
using test::Code;
using test::Codes;
using test::QuantisedMaker;
using test::Reals;

const Code kX = test::u8(0.021, 117), kA = test::s8(0.034, -12), kY = test::u8(0.043, 131);

std::vector<std::string> operand(const std::string& name) {
  return {name + ".codes", name + ".scale", name + ".zero"};
}
std::vector<std::string> all(std::initializer_list<std::vector<std::string>> lists) {
  std::vector<std::string> names;
  for (const auto& list : lists) names.insert(names.end(), list.begin(), list.end());
  return names;
}

void expect_codes(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs, const Codes& expected,
                  double share = 0.97) {
  const Codes got = test::codes_of(test::run(graph, inputs).at(0));
  ASSERT_EQ(got.size(), expected.size());
  const test::Distance d = test::distance(got, expected);
  EXPECT_LE(d.largest, 1) << test::outline(graph);
  EXPECT_GE(d.equal, share);
  EXPECT_EQ(test::on_host(graph, "QuantizeLinear"), 0u) << test::outline(graph);
}

TEST(QuantisedOperator, QLinearConvWithScalesPerChannelAndABias) {
  const int C = 2, H = 5, W = 4, K = 3, R = 3;
  const Codes codes = test::random_codes(C * H * W, 0, 255, 1),
              weights = test::random_codes(K * C * R * R, -127, 127, 2), bias{900, -20, 4000};
  const std::vector<float> scales{0.004f, 0.002f, 0.009f};
  QuantisedMaker m;
  m.input("x.codes", {1, C, H, W}, DType::u8).params("x", kX).params("y", kY);
  m.tensor("w.codes", test::tensor_of<std::int8_t>({K, C, R, R}, weights)).floats("w.scale", {K}, scales);
  m.tensor("w.zero", test::tensor_of<std::int8_t>({K}, Codes(K, 0)))
      .tensor("b", test::tensor_of<std::int32_t>({K}, bias));
  m.node("QLinearConv", all({operand("x"), operand("w"), {"y.scale", "y.zero", "b"}}), {"y.codes"},
         {{"pads", QuantisedMaker::Ints{1, 1, 1, 1}}});
  m.output("y.codes", DType::u8);
  const ir::Graph graph = test::integers(m);
  EXPECT_EQ(test::on_chip(graph, "Conv"), 1u) << test::outline(graph);
  Reals w, b;
  for (std::size_t i = 0; i < weights.size(); ++i)
    w.push_back(static_cast<double>(scales[i / (C * R * R)]) * weights[i]);
  for (std::size_t k = 0; k < bias.size(); ++k)
    b.push_back(kX.scale * static_cast<double>(scales[k]) * bias[k]);
  expect_codes(graph, {test::code_tensor({1, C, H, W}, codes, kX)},
               test::quantised(test::convolved(test::dequantised(codes, kX), w, b, C, H, W, R), kY), 0.99);
}

TEST(QuantisedOperator, QLinearMatMulAndQGemmWithConstantWeights) {
  const int M = 4, K = 9, N = 5;
  const Codes codes = test::random_codes(M * K, 0, 255, 3), weights = test::random_codes(K * N, -127, 127, 4),
              bias = test::random_codes(N, -900, 900, 5);
  const Code w = test::s8(0.007, 0);
  for (const bool gemm : {false, true}) {
    QuantisedMaker m;
    m.domain("com.microsoft")
        .input("x.codes", {M, K}, DType::u8)
        .params("x", kX)
        .params("y", kY)
        .params("w", w);
    m.tensor("w.codes", test::code_tensor({K, N}, weights, w))
        .tensor("b", test::tensor_of<std::int32_t>({N}, bias));
    if (gemm)
      m.node("com.microsoft.QGemm", all({operand("x"), operand("w"), {"b", "y.scale", "y.zero"}}),
             {"y.codes"});
    else
      m.node("QLinearMatMul", all({operand("x"), operand("w"), {"y.scale", "y.zero"}}), {"y.codes"});
    m.output("y.codes", DType::u8);
    const ir::Graph graph = test::integers(m);
    EXPECT_EQ(test::on_chip(graph, "Gemm"), 1u) << test::outline(graph);
    Reals b;
    for (const int code : bias) b.push_back(gemm ? code * kX.scale * w.scale : 0);
    const Reals sums =
        test::multiplied(test::dequantised(codes, kX), test::dequantised(weights, w), b, M, K, N);
    expect_codes(graph, {test::code_tensor({M, K}, codes, kX)}, test::quantised(sums, kY));
  }
}

TEST(QuantisedOperator, OfTwoOperandsAndOfOne) {
  const Codes p = test::random_codes(60, 0, 255, 6), q = test::random_codes(60, -128, 127, 7);
  const Reals x = test::dequantised(p, kX), a = test::dequantised(q, kA);
  struct Case {
    const char* op;
    double (*formula)(double, double);
    bool two;
  };
  const Case cases[] = {
      {"QLinearAdd", [](double u, double v) { return u + v; }, true},
      {"QLinearMul", [](double u, double v) { return u * v; }, true},
      {"QLinearSigmoid", [](double u, double) { return 1 / (1 + std::exp(-u)); }, false},
      {"QLinearLeakyRelu", [](double u, double) { return u < 0 ? static_cast<double>(0.25f) * u : u; },
       false},
  };
  for (const Case& kase : cases) {
    QuantisedMaker m;
    m.domain("com.microsoft").input("x.codes", {1, 3, 4, 5}, DType::u8).params("x", kX).params("y", kY);
    if (kase.two) m.input("a.codes", {1, 3, 4, 5}, DType::s8).params("a", kA);
    std::map<std::string, QuantisedMaker::Attribute> attributes;
    if (std::string(kase.op) == "QLinearLeakyRelu") attributes["alpha"] = 0.25f;
    m.node(std::string("com.microsoft.") + kase.op,
           kase.two ? all({operand("x"), operand("a"), {"y.scale", "y.zero"}})
                    : all({operand("x"), {"y.scale", "y.zero"}}),
           {"y.codes"}, attributes);
    m.output("y.codes", DType::u8);
    Reals y;
    for (std::size_t i = 0; i < x.size(); ++i) y.push_back(kase.formula(x[i], a[i]));
    std::vector<ir::Tensor> inputs{test::code_tensor({1, 3, 4, 5}, p, kX)};
    if (kase.two) inputs.push_back(test::code_tensor({1, 3, 4, 5}, q, kA));
    SCOPED_TRACE(kase.op);
    const ir::Graph graph = test::integers(m);
    const Codes got = test::codes_of(test::run(graph, inputs).at(0));
    const test::Distance d = test::distance(got, test::quantised(y, kY));
    EXPECT_LE(d.largest, 1);
    EXPECT_GE(d.equal, 0.95);
  }
}

TEST(QuantisedOperator, PoolsAverageRealsAndMovesOfCodesKeepThem) {
  const Codes codes = test::random_codes(2 * 4 * 4, 0, 255, 8);
  const Reals x = test::dequantised(codes, kX);
  QuantisedMaker m;
  m.domain("com.microsoft").input("x.codes", {1, 2, 4, 4}, DType::u8).params("x", kX).params("y", kY);
  m.node("DequantizeLinear", {"x.codes", "x.scale", "x.zero"}, {"real"});
  m.node("QuantizeLinear", {"real", "x.scale", "x.zero"}, {"known"});
  m.node("MaxPool", {"known"}, {"pooled"},
         {{"kernel_shape", QuantisedMaker::Ints{2, 2}}, {"strides", QuantisedMaker::Ints{2, 2}}});
  m.node("com.microsoft.QLinearGlobalAveragePool", {"pooled", "x.scale", "x.zero", "y.scale", "y.zero"},
         {"g"}, {{"channels_last", 0}});
  m.node("Flatten", {"g"}, {"y.codes"}).output("y.codes", DType::u8);
  const ir::Graph graph = test::integers(m);
  EXPECT_EQ(test::on_chip(graph, "MaxPool"), 1u) << test::outline(graph);
  EXPECT_EQ(test::on_chip(graph, "AveragePool"), 1u) << test::outline(graph);
  Reals means;
  for (std::size_t c = 0; c < 2; ++c) {
    double sum = 0;
    for (const std::size_t p : {0u, 2u})
      for (const std::size_t q : {0u, 2u}) {
        double largest = -1e9;
        for (const std::size_t r : {0u, 1u})
          for (const std::size_t s : {0u, 1u}) largest = std::max(largest, x[(c * 4 + p + r) * 4 + q + s]);
        sum += largest;
      }
    means.push_back(sum / 4);
  }
  expect_codes(graph, {test::code_tensor({1, 2, 4, 4}, codes, kX)}, test::quantised(means, kY), 0.5);
}

TEST(QuantisedOperator, QLinearConcatTakesEachOperandAtItsOwnScale) {
  const Codes p = test::random_codes(12, 0, 255, 9), q = test::random_codes(8, -128, 127, 10);
  QuantisedMaker m;
  m.domain("com.microsoft").input("x.codes", {3, 4}, DType::u8).input("a.codes", {2, 4}, DType::s8);
  m.params("x", kX).params("a", kA).params("y", kY);
  m.node("com.microsoft.QLinearConcat", all({{"y.scale", "y.zero"}, operand("x"), operand("a")}), {"y.codes"},
         {{"axis", 0}});
  m.output("y.codes", DType::u8);
  Reals joined = test::dequantised(p, kX);
  for (const double real : test::dequantised(q, kA)) joined.push_back(real);
  const ir::Graph graph = test::integers(m);
  const Codes got = test::codes_of(
      test::run(graph, {test::code_tensor({3, 4}, p, kX), test::code_tensor({2, 4}, q, kA)}).at(0));
  const test::Distance d = test::distance(got, test::quantised(joined, kY));
  EXPECT_LE(d.largest, 1);
  EXPECT_GE(d.equal, 0.9);
}

std::string refusal(const QuantisedMaker& m) {
  try {
    m.import();
  } catch (const std::exception& error) {
    return error.what();
  }
  return "";
}

/// x -> DequantizeLinear with these parameters.
QuantisedMaker wrong(const ir::Tensor& scale, const ir::Tensor& zero, int axis = 1) {
  QuantisedMaker m;
  m.input("x", {2, 3}, DType::u8).tensor("s", scale).tensor("z", zero);
  m.node("DequantizeLinear", {"x", "s", "z"}, {"y"}, {{"axis", axis}}).output("y");
  return m;
}

TEST(QuantisedOperator, RefusesScalesAndZeroPointsThatMakeNoSense) {
  const auto floats = [](std::vector<float> values) {
    const Shape shape = values.size() == 1 ? Shape{} : Shape{static_cast<std::int64_t>(values.size())};
    return ir::Tensor::of<float>(shape, std::span<const float>(values));
  };
  const ir::Tensor zero = test::tensor_of<std::uint8_t>({}, {0}),
                   zeros = test::tensor_of<std::uint8_t>({3}, {0, 0, 0});
  EXPECT_EQ(refusal(wrong(floats({-0.5f}), zero)),
            "node 'y_node' (DequantizeLinear): scale 0 is -0.5; a scale is a positive number");
  EXPECT_EQ(refusal(wrong(floats({0.1f, 0.2f, 0.3f}), zeros, 2)),
            "node 'y_node' (DequantizeLinear): axis 2 of a value of rank 2; allowed are -2 to 1");
  EXPECT_EQ(refusal(wrong(floats({0.1f, 0.2f, 0.3f}), zeros, 0)),
            "node 'y_node' (DequantizeLinear): 3 scales for axis 0 of shape [2, 3]; there must be 1 or 2");
  EXPECT_EQ(refusal(wrong(floats({0.1f}), test::tensor_of<std::int8_t>({}, {0}))),
            "node 'y_node' (DequantizeLinear): zero point 'z' is INT8, the codes 'x' are UINT8; they must be "
            "of one type");
  EXPECT_EQ(refusal(wrong(floats({0.1f, 0.2f, 0.3f}), zero)),
            "node 'y_node' (DequantizeLinear): 1 zero points for 3 scales");
}

TEST(QuantisedOperator, OfOnnxruntimeWithAComputedScaleIsRefusedAndOfOnnxRunsOnTheHost) {
  QuantisedMaker m;
  m.domain("com.microsoft")
      .input("x.codes", {2, 3}, DType::u8)
      .input("s", {}, DType::f32)
      .params("x", kX)
      .params("y", kY);
  m.node("com.microsoft.QLinearAdd",
         {"x.codes", "x.scale", "x.zero", "x.codes", "s", "x.zero", "y.scale", "y.zero"}, {"y"});
  m.output("y", DType::u8);
  EXPECT_EQ(refusal(m), "node 'y_node' (QLinearAdd): scale 's' must be constant");
  QuantisedMaker host;
  host.input("x.codes", {2, 3}, DType::u8).input("s", {}, DType::f32).params("x", kX);
  host.node("DequantizeLinear", {"x.codes", "s", "x.zero"}, {"y"}).output("y");
  const ir::Graph graph = host.import();
  EXPECT_EQ(graph.nodes.at(0).op, ir::Op::onnx);
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Each operator that computes as it arrives in the graph. Numbers come from the operator's formula, written
// out here.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/unit/compiler/frontend_expectations.h"

namespace nnp {
namespace {

using ir::Op;
using test::attributes;
using test::OnnxMaker;
using test::output_shape;
using test::pattern;
using test::result_of;
using Ints = OnnxMaker::Ints;

std::vector<std::int64_t> conv_pads(const char* auto_pad, int size, int kernel, int stride, int dilation) {
  OnnxMaker maker;
  maker.input("x", {1, 1, size, size}).floats("w", {1, 1, kernel, kernel}).output("y");
  maker.node(
      "Conv", {"x", "w"}, {"y"},
      {{"auto_pad", auto_pad}, {"strides", Ints{stride, stride}}, {"dilations", Ints{dilation, dilation}}});
  const ir::Graph graph = maker.import();
  const auto& pads = attributes<ir::ConvAttributes>(graph).pads;
  return {pads, pads + 4};
}

TEST(FrontendConv, KeepsItsWindowAttributesAndTakesTheKernelFromTheWeights) {
  OnnxMaker maker;
  maker.input("x", {2, 4, 9, 9}).floats("w", {6, 2, 3, 2}).floats("b", {6}).output("y");
  maker.node("Conv", {"x", "w", "b"}, {"y"},
             {{"pads", Ints{1, 0, 2, 1}}, {"strides", Ints{2, 1}}, {"dilations", Ints{1, 2}}, {"group", 2}});
  const ir::Graph graph = maker.import();
  const auto& conv = attributes<ir::ConvAttributes>(graph);
  EXPECT_EQ(graph.nodes[0].op, Op::conv);
  EXPECT_EQ(graph.nodes[0].name, "y_node");
  EXPECT_EQ(conv.kernel[0], 3);
  EXPECT_EQ(conv.kernel[1], 2);
  EXPECT_EQ(conv.pads[2], 2);
  EXPECT_EQ(conv.group, 2);
  EXPECT_EQ(output_shape(graph), (ir::Shape{2, 6, (9 + 3 - 3) / 2 + 1, (9 + 1 - 3) / 1 + 1}));
}

TEST(FrontendConv, ResolvesAutoPadSoThatTheOutputIsTheInputOverTheStrideRoundedUp) {
  for (const int size : {5, 6, 7, 8}) {
    for (const int stride : {1, 2, 3}) {
      for (const int dilation : {1, 2}) {
        const int outputs = (size + stride - 1) / stride, reach = 2 * dilation + 1;
        const std::int64_t total = std::max(0, (outputs - 1) * stride + reach - size), less = total / 2,
                           more = total - less;
        const auto where = ::testing::Message()
                           << "size " << size << " stride " << stride << " dilation " << dilation;
        EXPECT_EQ(conv_pads("SAME_UPPER", size, 3, stride, dilation), (Ints{less, less, more, more}))
            << where;
        EXPECT_EQ(conv_pads("SAME_LOWER", size, 3, stride, dilation), (Ints{more, more, less, less}))
            << where;
        EXPECT_EQ(conv_pads("VALID", size, 3, stride, dilation), (Ints{0, 0, 0, 0})) << where;
      }
    }
  }
}

TEST(FrontendConv, RefusesWeightsThatDoNotFit) {
  OnnxMaker channels;
  channels.input("x", {1, 2, 4, 4}).floats("w", {2, 3, 3, 3}).output("y").node("Conv", {"x", "w"}, {"y"});
  EXPECT_REFUSED(channels, "do not fit");
}

TEST(FrontendConv, SeesASignalAsAnImageOfOneRow) {
  OnnxMaker maker;
  maker.input("x", {1, 1, 6}).floats("w", {1, 1, 3}, {1, 10, 100}).output("y");
  maker.node("Conv", {"x", "w"}, {"y"}, {{"strides", Ints{2}}, {"pads", Ints{1, 0}}, {"dilations", Ints{2}}});
  const ir::Graph graph = maker.import();
  EXPECT_EQ(graph.nodes[1].op, Op::conv);
  EXPECT_EQ(output_shape(graph), (ir::Shape{1, 1, 2}));
  // y[i] = x[2i - 1] + 10 x[2i + 1] + 100 x[2i + 3]
  EXPECT_EQ(test::run(graph, {1, 2, 3, 4, 5, 6}),
            (std::vector<float>{10 * 2 + 100 * 4, 2 + 10 * 4 + 100 * 6}));
}

TEST(FrontendLinear, KeepsGemmAttributes) {
  OnnxMaker maker;
  maker.input("x", {4, 3}).floats("w", {5, 4}).floats("c", {5}).output("y");
  maker.node("Gemm", {"x", "w", "c"}, {"y"}, {{"alpha", 0.5f}, {"beta", 2.0f}, {"transA", 1}, {"transB", 1}});
  const ir::Graph graph = maker.import();
  EXPECT_EQ(attributes<ir::GemmAttributes>(graph).alpha, 0.5f);
  EXPECT_EQ(attributes<ir::GemmAttributes>(graph).beta, 2.0f);
  EXPECT_TRUE(attributes<ir::GemmAttributes>(graph).transpose_a &&
              attributes<ir::GemmAttributes>(graph).transpose_b);
  EXPECT_EQ(output_shape(graph), (ir::Shape{3, 5}));
}

TEST(FrontendClip, MeansTheSameWithAttributesAndWithInputs) {
  OnnxMaker old(10);
  old.input("x", {8}).output("y").node("Clip", {"x"}, {"y"}, {{"min", -1.0f}, {"max", 2.0f}});
  OnnxMaker now(13);
  now.input("x", {8})
      .floats("lo", {}, {-1})
      .floats("hi", {}, {2})
      .output("y")
      .node("Clip", {"x", "lo", "hi"}, {"y"});
  const std::vector<float> x{-3, -1, -0.5f, 0, 1, 2, 2.5f, 9};
  std::vector<float> expected;
  for (const float v : x) expected.push_back(std::min(std::max(v, -1.0f), 2.0f));
  EXPECT_EQ(test::run(old.import(), x), expected);
  EXPECT_EQ(test::run(now.import(), x), expected);
}

TEST(FrontendClip, MayLeaveOutAnEndAndRefusesAnEmptyRange) {
  OnnxMaker low(13);
  low.input("x", {2}).floats("hi", {}, {2}).output("y").node("Clip", {"x", "", "hi"}, {"y"});
  EXPECT_EQ(test::run(low.import(), {-100, 100}), (std::vector<float>{-100, 2}));
  OnnxMaker empty(13);
  empty.input("x", {2})
      .floats("lo", {}, {3})
      .floats("hi", {}, {2})
      .output("y")
      .node("Clip", {"x", "lo", "hi"}, {"y"});
  EXPECT_REFUSED(empty, "min must not be above max");
}

/// Softmax over `run` neighbours.
std::vector<float> softmax_of_runs(const std::vector<float>& x, std::size_t run) {
  std::vector<float> y(x.size());
  for (std::size_t from = 0; from < x.size(); from += run) {
    double sum = 0;
    for (std::size_t i = 0; i < run; ++i) sum += std::exp(static_cast<double>(x[from + i]));
    for (std::size_t i = 0; i < run; ++i)
      y[from + i] = static_cast<float>(std::exp(static_cast<double>(x[from + i])) / sum);
  }
  return y;
}

TEST(FrontendSoftmax, BeforeOperatorSet13RunsOverAllAxesFromItsOwnOn) {
  const auto x = pattern(2 * 3 * 4);
  for (const int opset : {9, 11, 12, 13}) {
    OnnxMaker maker(opset);
    maker.input("x", {2, 3, 4})
        .output("y")
        .node("Softmax", {"x"}, {"y"});  // the default axis: 1, since 13 the last
    const auto y = test::run(maker.import(), x);
    const auto expected = softmax_of_runs(x, opset < 13 ? 12 : 4);
    for (std::size_t i = 0; i < y.size(); ++i)
      EXPECT_NEAR(y[i], expected[i], 1e-6) << "operator set " << opset << ", element " << i;
  }
}

TEST(FrontendPool, KeepsAttributesAndRefusesWindowsInThePadding) {
  OnnxMaker maker;
  maker.input("x", {1, 2, 7, 7}).output("y");
  maker.node("AveragePool", {"x"}, {"y"},
             {{"kernel_shape", Ints{3, 3}},
              {"strides", Ints{2, 2}},
              {"pads", Ints{1, 1, 1, 1}},
              {"count_include_pad", 1}});
  const ir::Graph graph = maker.import();
  EXPECT_TRUE(attributes<ir::PoolAttributes>(graph).count_include_pad);
  EXPECT_EQ(output_shape(graph), (ir::Shape{1, 2, 4, 4}));
  OnnxMaker padded;
  padded.input("x", {1, 2, 7, 7}).output("y");
  padded.node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Ints{2, 2}}, {"pads", Ints{2, 2, 2, 2}}});
  EXPECT_REFUSED(padded, "without an element");
}

TEST(FrontendPool, LeavesIndicesOfMaximaToTheHost) {
  OnnxMaker indices;
  indices.input("x", {1, 1, 2, 4})
      .output("y")
      .output("i", ir::DType::i64)
      .node("MaxPool", {"x"}, {"y", "i"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  const ir::Graph graph = indices.import();
  EXPECT_EQ(graph.nodes.at(0).op, Op::onnx);
  EXPECT_EQ(ir::operator_name(graph.nodes[0]), "MaxPool");
  EXPECT_EQ(test::run(graph, {1, 2, 8, 4, 5, 3, 7, 6}), (std::vector<float>{5, 8}));
}

TEST(FrontendBatchNormalization, AddsEpsilonToTheVariance) {
  OnnxMaker maker;
  maker.input("x", {1, 2, 1, 2})
      .floats("s", {2}, {2, 3})
      .floats("b", {2}, {1, -1})
      .floats("m", {2}, {0.5f, -0.5f});
  maker.floats("v", {2}, {4, 0.25f})
      .output("y")
      .node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}, {{"epsilon", 0.5f}});
  const auto y = test::run(maker.import(), {1, 2, 3, 4});
  const double s[] = {2, 3}, b[] = {1, -1}, m[] = {0.5, -0.5}, v[] = {4, 0.25};
  for (int i = 0; i < 4; ++i) {
    const int c = i / 2;
    EXPECT_NEAR(y[static_cast<std::size_t>(i)], s[c] * (i + 1 - m[c]) / std::sqrt(v[c] + 0.5) + b[c], 1e-5);
  }
}

TEST(FrontendDropout, IsIdentityUnlessItTrains) {
  OnnxMaker maker;
  maker.input("x", {4}).output("y").node("Dropout", {"x"}, {"y"});
  EXPECT_EQ(test::run(maker.import(), {1, 2, 3, 4}), (std::vector<float>{1, 2, 3, 4}));
}

TEST(FrontendDropout, MayTrainWhereItDropsNothing) {
  const bool yes[] = {true};
  for (const float ratio : {0.0f, 0.1f}) {
    OnnxMaker maker;
    maker.input("x", {4}).output("y").floats("ratio", {}, {ratio});
    maker.node("Constant", {}, {"training"}, {{"value", ir::Tensor::of<bool>({}, yes)}});
    maker.node("Dropout", {"x", "ratio", "training"}, {"y"});
    if (ratio == 0)
      EXPECT_EQ(test::run(maker.import(), {1, 2, 3, 4}), (std::vector<float>{1, 2, 3, 4}));
    else
      EXPECT_THROW(maker.import(), compiler::CompileError);
  }
}

TEST(FrontendFunctions, KeepTheirDefaultsAndAttributes) {
  EXPECT_EQ(result_of("LeakyRelu", {2}, {-100, 2}), (std::vector<float>{-1, 2}));
  EXPECT_EQ(result_of("LeakyRelu", {2}, {-4, 2}, {{"alpha", 0.5f}}), (std::vector<float>{-2, 2}));
  EXPECT_EQ(result_of("HardSigmoid", {3}, {-10, 0, 10}), (std::vector<float>{0, 0.5f, 1}));
  EXPECT_EQ(result_of("ThresholdedRelu", {3}, {0.5f, 1, 1.5f}), (std::vector<float>{0, 0, 1.5f}));
  EXPECT_EQ(result_of("Round", {4}, {0.5f, 1.5f, -2.5f, 2.6f}), (std::vector<float>{0, 2, -2, 3}));
  EXPECT_EQ(result_of("Sign", {3}, {-3, 0, 9}), (std::vector<float>{-1, 0, 1}));
}

TEST(FrontendReduce, GoesOverItsAxesAndOverAllWithoutAny) {
  const std::vector<float> x{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(result_of("ReduceMean", {2, 3}, x, {{"axes", Ints{-1}}}), (std::vector<float>{2, 5}));
  EXPECT_EQ(result_of("ReduceMax", {2, 3}, x, {{"axes", Ints{0}}, {"keepdims", 0}}),
            (std::vector<float>{4, 5, 6}));
  EXPECT_EQ(result_of("ReduceSumSquare", {2, 3}, x), (std::vector<float>{91}));
  EXPECT_EQ(result_of("ReduceProd", {2, 3}, x), (std::vector<float>{720}));
  EXPECT_EQ(result_of("ReduceL1", {2, 3}, {-1, 2, -3, 4, -5, 6}), (std::vector<float>{21}));
}

TEST(FrontendReduce, OverNoAxesIsItsInput) {
  OnnxMaker maker;
  maker.input("x", {2, 3}).ints("axes", {0}, {}).output("y");
  maker.node("ReduceSum", {"x", "axes"}, {"y"}, {{"noop_with_empty_axes", 1}});
  const ir::Graph graph = maker.import();
  EXPECT_EQ(graph.nodes.at(0).op, Op::identity);
  EXPECT_EQ(test::run(graph, {1, 2, 3, 4, 5, 6}), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(FrontendVariadic, MeanIsTheSumTimesOneOverTheirNumber) {
  OnnxMaker maker;
  maker.input("x", {2}).floats("a", {2}, {1, 2}).floats("b", {}, {3}).output("y");
  maker.node("Mean", {"x", "a", "b", "x"}, {"y"});
  EXPECT_EQ(test::run(maker.import(), {4, 8}), (std::vector<float>{3, 5.25f}));
}

TEST(FrontendTable, ListsEveryOperatorOnceInOrder) {
  const auto names = compiler::supported_operators();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  for (const char* name : {"Conv", "Gemm", "LSTM", "Gather", "Shape", "Concat", "Constant"}) {
    EXPECT_NE(std::find(names.begin(), names.end(), name), names.end()) << name;
  }
}

}  // namespace
}  // namespace nnp

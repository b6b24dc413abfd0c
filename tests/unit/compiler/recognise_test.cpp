// SPDX-License-Identifier: Apache-2.0
// What exporters write as several nodes becomes one, with the same float results.
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/passes/passes.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::BinaryFunction;
using ir::Op;
using ir::UnaryFunction;
using ir::ValueId;
using test::GraphMaker;

constexpr float kSqrt2 = 1.41421356f, kTwoOverPiRoot = 0.79788456f;

/// The maker with short words for the nodes of these patterns.
struct Maker : GraphMaker {
  const ir::Shape shape{2, 3, 8};
  ValueId x = input("x", {2, 3, 8});

  ValueId number(const std::string& name, float value) { return constant(name, {}, {value}); }
  ValueId binary(BinaryFunction f, const std::string& name, ValueId a, ValueId b, ir::Shape result) {
    return node(Op::binary, name, {a, b}, std::move(result), ir::BinaryAttributes{f});
  }
  ValueId unary(UnaryFunction f, const std::string& name, ValueId a, float alpha = 0, float beta = 0) {
    return node(Op::unary, name, {a}, graph.values[a].shape, ir::UnaryAttributes{f, alpha, beta});
  }
  ValueId add(const std::string& name, ValueId a, ValueId b) { return node(Op::add, name, {a, b}, shape); }
  ValueId mul(const std::string& name, ValueId a, ValueId b) { return node(Op::mul, name, {a, b}, shape); }
};

/// Runs the pass; the outline after, and the same results.
void expect_outline(Maker& m, void (*pass)(ir::Graph&), const std::string& after) {
  EXPECT_EQ(test::faults(m.graph), "");
  ir::Graph graph = m.graph;
  pass(graph);
  EXPECT_EQ(test::faults(graph), "");
  EXPECT_EQ(test::outline(graph), after);
  const std::vector<ir::Tensor> inputs{m.sample(m.shape, -4, 4)};
  EXPECT_LT(test::largest_difference(test::run(m.graph, inputs), test::run(graph, inputs)), 2e-6);
}

TEST(RecogniseActivations, XTimesItsSigmoidIsSilu) {
  Maker m;
  m.output(m.mul("y", m.x, m.same_shape(Op::sigmoid, "s", {m.x})));
  expect_outline(m, compiler::recognise_activations, "Silu(x) -> y\noutputs: y\n");
}

TEST(RecogniseActivations, BothFormsOfHardSwish) {
  Maker gate;
  gate.output(gate.mul("y", gate.unary(UnaryFunction::hard_sigmoid, "h", gate.x, 1.0f / 6, 0.5f), gate.x));
  expect_outline(gate, compiler::recognise_activations, "HardSwish(x) -> y\noutputs: y\n");
  Maker clip;
  const ValueId sum = clip.add("sum", clip.x, clip.number("three", 3));
  const ValueId clipped =
      clip.node(Op::clip, "c", {sum, clip.number("lo", 0), clip.number("hi", 6)}, clip.shape);
  clip.output(clip.binary(BinaryFunction::div, "y", clip.mul("p", clip.x, clipped), clip.number("six", 6),
                          clip.shape));
  expect_outline(clip, compiler::recognise_activations, "HardSwish(x) -> y\noutputs: y\n");
}

TEST(RecogniseActivations, GeluByErfInPyTorchsOrder) {
  Maker m;
  const ValueId scaled = m.binary(BinaryFunction::div, "d", m.x, m.number("root", kSqrt2), m.shape);
  const ValueId sum = m.add("s", m.unary(UnaryFunction::erf, "e", scaled), m.number("one", 1));
  m.output(m.mul("y", m.mul("p", m.x, sum), m.number("half", 0.5f)));
  expect_outline(m, compiler::recognise_activations, "Gelu(x) -> y\noutputs: y\n");
}

TEST(RecogniseActivations, GeluByTanhInGpt2sOrder) {
  Maker m;
  const ValueId cube = m.binary(BinaryFunction::pow, "cube", m.x, m.number("exponent", 3), m.shape);
  const ValueId inner = m.add("inner", m.x, m.mul("k", m.number("c", 0.044715f), cube));
  const ValueId tanh = m.same_shape(Op::tanh, "t", {m.mul("a", m.number("r", kTwoOverPiRoot), inner)});
  m.output(m.mul("y", m.mul("h", m.x, m.number("half", 0.5f)), m.add("s", tanh, m.number("one", 1))));
  expect_outline(m, compiler::recognise_activations, "GeluTanh(x) -> y\noutputs: y\n");
}

TEST(RecogniseActivations, LeavesProductsOfOtherThingsAlone) {
  Maker m;
  const ValueId other = m.same_shape(Op::relu, "r", {m.x});
  m.output(m.mul("y", m.x, m.same_shape(Op::sigmoid, "s", {other})));
  expect_outline(m, compiler::recognise_activations,
                 "Relu(x) -> r\nSigmoid(r) -> s\nMul(x, s) -> y\noutputs: y\n");
}

/// d / sqrt(mean(d^2) + 1e-5), d = x - mean(x).
ValueId normalised(Maker& m) {
  const ir::ReduceAttributes last{ir::ReduceFunction::mean, {2}, true};
  const ValueId mean = m.node(Op::reduce, "mean", {m.x}, {2, 3, 1}, last);
  const ValueId d = m.binary(BinaryFunction::sub, "d", m.x, mean, m.shape);
  const ValueId square = m.binary(BinaryFunction::pow, "square", d, m.number("two", 2), m.shape);
  const ValueId variance = m.node(Op::reduce, "variance", {square}, {2, 3, 1}, last);
  const ValueId sum = m.node(Op::add, "sum", {variance, m.number("epsilon", 1e-5f)}, {2, 3, 1});
  return m.binary(BinaryFunction::div, "n", d, m.unary(UnaryFunction::sqrt, "root", sum), m.shape);
}

TEST(RecogniseLayerNormalization, WithScaleAndShift) {
  Maker m;
  m.output(m.add("y", m.mul("scaled", normalised(m), m.random("scale", {8})), m.random("shift", {8})));
  expect_outline(m, compiler::recognise_layer_normalization,
                 "LayerNormalization(x, scale, shift) -> y\noutputs: y\n");
}

TEST(RecogniseLayerNormalization, StopsWhereTheNormalisedValueHasAnotherReader) {
  Maker m;
  const ValueId n = normalised(m);
  m.output(m.mul("y", n, m.random("scale", {8})));
  m.output(m.same_shape(Op::relu, "z", {n}));
  expect_outline(m, compiler::recognise_layer_normalization,
                 "LayerNormalization(x, n.scale) -> n\nMul(n, scale) -> y\nRelu(n) -> z\noutputs: y, z\n");
}

TEST(FuseSoftmaxMask, AConstantAddedBeforeIsTheMask) {
  Maker m;
  const ValueId sum = m.add("sum", m.x, m.random("mask", {3, 8}, -9, 0));
  m.output(m.node(Op::softmax, "y", {sum}, m.shape, ir::AxisAttributes{2}));
  expect_outline(m, compiler::fuse_softmax_mask, "Softmax(x, mask) -> y\noutputs: y\n");
}

TEST(FuseSoftmaxMask, ASumThatIsReadElsewhereStays) {
  Maker m;
  const ValueId sum = m.add("sum", m.x, m.random("mask", {3, 8}, -9, 0));
  m.output(m.node(Op::softmax, "y", {sum}, m.shape, ir::AxisAttributes{2}));
  m.output(sum);
  expect_outline(m, compiler::fuse_softmax_mask, "Add(x, mask) -> sum\nSoftmax(sum) -> y\noutputs: y, sum\n");
}

TEST(SplitNormalizationStatistics, GivesMeanAndDeviationNodesOfTheirOwn) {
  Maker m;
  const ValueId scale = m.random("s", {3, 8}), shift = m.random("b", {3, 8});
  m.output(m.node(Op::layer_normalization, "y", {m.x, scale, shift}, m.shape,
                  ir::NormalizationAttributes{1, 1e-3f}));
  for (const char* name : {"mean", "deviation"}) {
    ir::Value value;
    value.name = name, value.shape = {2, 1, 1};
    m.output(m.graph.add_value(value));
    m.graph.nodes[0].outputs.push_back(m.graph.outputs.back());
  }
  expect_outline(m, compiler::split_normalization_statistics,
                 "LayerNormalization(x, s, b) -> y\n"
                 "ReduceMean(x) -> mean\n"
                 "Sub(x, mean) -> y.rest\n"
                 "Mul(y.rest, y.rest) -> y.square\n"
                 "ReduceMean(y.square) -> y.variance\n"
                 "Add(y.variance, y.epsilon) -> y.sum\n"
                 "Rsqrt(y.sum) -> deviation\n"
                 "outputs: y, mean, deviation\n");
}

}  // namespace
}  // namespace nnp

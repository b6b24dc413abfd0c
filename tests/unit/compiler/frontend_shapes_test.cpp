// SPDX-License-Identifier: Apache-2.0
// Symbolic dimensions and the shape arithmetic of exporters.
#include <gtest/gtest.h>

#include "compiler/compile_error.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp {
namespace {

using compiler::ImportOptions;
using test::OnnxMaker;
using Ints = OnnxMaker::Ints;

const ir::Shape& input_shape(const ir::Graph& graph, std::size_t i = 0) {
  return graph.values.at(graph.inputs.at(i)).shape;
}
const ir::Shape& output_shape(const ir::Graph& graph) { return graph.values.at(graph.outputs.at(0)).shape; }

ir::Tensor integer(std::int64_t value) { return ir::Tensor::of<std::int64_t>({}, {&value, 1}); }

std::string message(const OnnxMaker& maker, const ImportOptions& options = {}) {
  try {
    maker.import(options);
  } catch (const compiler::CompileError& error) {
    return error.what();
  }
  return "(no CompileError)";
}

TEST(FrontendDimensions, AreGivenByName) {
  OnnxMaker maker;
  maker.input("x", {"N", 3, "rows", "rows"}).output("y").node("Relu", {"x"}, {"y"});
  EXPECT_EQ(output_shape(maker.import({{{"N", 2}, {"rows", 7}}, 0})), (ir::Shape{2, 3, 7, 7}));
}

TEST(FrontendDimensions, BatchFillsTheFirstSymbolicOneOfEveryInput) {
  OnnxMaker maker;
  maker.input("a", {"n", 4}).input("b", {"", 4}).input("c", {1, 4}).output("y");
  maker.node("Add", {"a", "b"}, {"s"}).node("Add", {"s", "c"}, {"y"});
  const ir::Graph graph = maker.import({{}, 5});
  EXPECT_EQ(input_shape(graph, 0), (ir::Shape{5, 4}));
  EXPECT_EQ(input_shape(graph, 1), (ir::Shape{5, 4}));
  EXPECT_EQ(input_shape(graph, 2), (ir::Shape{1, 4})) << "a size in the file stays";
}

TEST(FrontendDimensions, BatchFillsTheAxisNamedBatchWhereThereIsOne) {
  OnnxMaker maker;
  maker.input("x", {"seq", "batch", 4}).output("y").node("Relu", {"x"}, {"y"});
  EXPECT_EQ(output_shape(maker.import({{{"seq", 9}}, 5})), (ir::Shape{9, 5, 4}));
}

TEST(FrontendDimensions, UnresolvedOnesAreNamedWithTheFlagThatGivesThem) {
  OnnxMaker maker;
  maker.input("x", {1, "time", ""}).output("y").node("Relu", {"x"}, {"y"});
  const std::string text = message(maker);
  EXPECT_NE(text.find("input 'x', axis 1"), std::string::npos) << text;
  EXPECT_NE(text.find("'time' is not known; give it with --dim time=N"), std::string::npos) << text;
  EXPECT_NE(text.find("--dim x.2=N"), std::string::npos) << text;
  EXPECT_EQ(output_shape(maker.import({{{"time", 4}, {"x.2", 6}}, 0})), (ir::Shape{1, 4, 6}));
}

TEST(FrontendDimensions, MustBePositive) {
  OnnxMaker maker;
  maker.input("x", {"N"}).output("y").node("Relu", {"x"}, {"y"});
  EXPECT_NE(message(maker, {{{"N", 0}}, 0}).find("--dim N=0"), std::string::npos);
  EXPECT_NE(message(maker, {{{"N", -3}}, 0}).find("--dim N=-3"), std::string::npos);
}

/// x.view(x.size(0), -1) as PyTorch writes it.
TEST(FrontendShapeArithmetic, FoldsAFlattenWrittenWithShapeGatherUnsqueezeConcat) {
  OnnxMaker maker(11);
  maker.input("x", {"batch", 3, 4, 5}).output("y").node("Relu", {"x"}, {"r"}).node("Shape", {"r"}, {"shape"});
  maker.node("Constant", {}, {"zero"}, {{"value", integer(0)}})
      .node("Gather", {"shape", "zero"}, {"n"}, {{"axis", 0}});
  maker.node("Constant", {}, {"minus"}, {{"value", integer(-1)}});
  maker.node("Unsqueeze", {"n"}, {"n1"}, {{"axes", Ints{0}}})
      .node("Unsqueeze", {"minus"}, {"m1"}, {{"axes", Ints{0}}});
  maker.node("Concat", {"n1", "m1"}, {"to"}, {{"axis", 0}}).node("Reshape", {"r", "to"}, {"y"});
  const ir::Graph graph = maker.import({{}, 6});
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(output_shape(graph), (ir::Shape{6, 60}));
}

/// An LSTM's zero state as PyTorch writes it: sizes of the input, ConstantOfShape or Expand.
TEST(FrontendShapeArithmetic, FoldsStatesOfComputedSize) {
  OnnxMaker maker(13);
  maker.input("x", {"T", "batch", 4})
      .floats("w", {1, 8, 4})
      .floats("r", {1, 8, 2})
      .floats("b", {1, 16})
      .output("y");
  maker.node("Shape", {"x"}, {"shape"}).ints("1", {1}, {1}).ints("2", {1}, {2}).ints("0", {1}, {0});
  maker.node("Slice", {"shape", "1", "2", "0"}, {"n"})
      .node("Concat", {"1", "n", "2"}, {"size"}, {{"axis", 0}});
  maker.node("ConstantOfShape", {"size"}, {"h"})
      .floats("none", {1, 1, 1}, {0})
      .node("Expand", {"none", "size"}, {"c"});
  maker.node("LSTM", {"x", "w", "r", "b", "", "h", "c"}, {"y"}, {{"hidden_size", 2}});
  const ir::Graph graph = maker.import({{{"T", 6}}, 3});
  EXPECT_EQ(output_shape(graph), (ir::Shape{6, 1, 3, 2}));
  EXPECT_EQ(graph.nodes[0].inputs[5], ir::kNoValue);
  EXPECT_EQ(graph.nodes[0].inputs[6], ir::kNoValue);
}

/// The first rows of a table, as many as the input has steps: the Slice's shape is known in part before it is
/// folded.
TEST(FrontendShapeArithmetic, FoldsASliceOfAConstantByAComputedSize) {
  OnnxMaker maker(13);
  maker.input("x", {"steps", 2}).floats("table", {9, 2}).ints("0", {1}, {0}).output("y");
  maker.node("Shape", {"x"}, {"shape"}).node("Gather", {"shape", "0"}, {"n"}, {{"axis", 0}});
  maker.node("Slice", {"table", "0", "n", "0"}, {"rows"}).node("Add", {"x", "rows"}, {"y"});
  EXPECT_EQ(output_shape(maker.import({{{"steps", 4}}, 0})), (ir::Shape{4, 2}));
}

/// The value of a chain of constants, read back as the shape of a Reshape.
ir::Shape folded(OnnxMaker& maker, const std::string& name, int elements) {
  maker.input("x", {elements}).output("y").node("Reshape", {"x", name}, {"y"});
  return output_shape(maker.import());
}

TEST(FrontendShapeArithmetic, SlicesWithStepsAndNegativeEnds) {
  struct Case {
    std::int64_t start, end, step;
    ir::Shape expected;
  };
  for (const Case& c : {Case{0, 4, 1, {2, 3, 4, 5}}, Case{-3, -1, 1, {3, 4}}, Case{3, 0, -1, {5, 4, 3}},
                        Case{0, 99, 3, {2, 5}}, Case{-1, -99, -2, {5, 3}}}) {
    OnnxMaker maker;
    maker.ints("v", {4}, {2, 3, 4, 5})
        .ints("s", {1}, {c.start})
        .ints("e", {1}, {c.end})
        .ints("a", {1}, {0})
        .ints("t", {1}, {c.step});
    maker.node("Slice", {"v", "s", "e", "a", "t"}, {"to"});
    EXPECT_EQ(folded(maker, "to", static_cast<int>(ir::element_count(c.expected))), c.expected)
        << c.start << ":" << c.end << ":" << c.step;
  }
}

TEST(FrontendShapeArithmetic, ComputesWithBroadcasting) {
  OnnxMaker maker;
  maker.ints("v", {3}, {6, 8, 20})
      .ints("two", {}, {2})
      .ints("one", {1}, {1})
      .node("Div", {"v", "two"}, {"d"});
  maker.node("Sub", {"d", "one"}, {"s"})
      .node("Mul", {"s", "two"}, {"m"})
      .node("Add", {"m", "one"}, {"to"});  // 5, 7, 19
  EXPECT_EQ(folded(maker, "to", 5 * 7 * 19), (ir::Shape{5, 7, 19}));
}

TEST(FrontendShapeArithmetic, ChoosesWithEqualAndWhere) {
  OnnxMaker maker;
  maker.ints("v", {3}, {-1, 4, -1}).ints("minus", {1}, {-1}).ints("other", {3}, {7, 8, 9});
  maker.node("Equal", {"v", "minus"}, {"same"}).node("Where", {"same", "other", "v"}, {"to"});
  EXPECT_EQ(folded(maker, "to", 7 * 4 * 9), (ir::Shape{7, 4, 9}));
}

TEST(FrontendShapeArithmetic, RefusesDivisionByZeroAndWildIndices) {
  OnnxMaker divide;
  divide.ints("v", {1}, {6}).ints("z", {1}, {0}).node("Div", {"v", "z"}, {"to"});
  EXPECT_THROW(folded(divide, "to", 6), compiler::CompileError);
  OnnxMaker gather;
  gather.ints("v", {2}, {2, 3}).ints("i", {1}, {5}).node("Gather", {"v", "i"}, {"to"});
  EXPECT_THROW(folded(gather, "to", 6), compiler::CompileError);
}

TEST(FrontendShapeArithmetic, DoesNotBuildHugeConstants) {
  OnnxMaker maker;
  maker.input("x", {1}).ints("big", {3}, {100000, 100000, 100000}).output("y");
  maker.node("ConstantOfShape", {"big"}, {"c"}).node("Add", {"x", "c"}, {"y"});
  EXPECT_THROW(maker.import(), compiler::CompileError);
}

TEST(FrontendShapeArithmetic, StaysOutOfComputedValues) {
  OnnxMaker maker;
  maker.input("x", {4}).input("s", {2}, ir::DType::i64).output("y").node("Reshape", {"x", "s"}, {"y"});
  EXPECT_NE(message(maker).find("cannot be computed"), std::string::npos) << message(maker);
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Shapes, lookups and moves as they arrive in the graph.
#include "tests/unit/compiler/frontend_expectations.h"

namespace nnp {
namespace {

using ir::Op;
using test::attributes;
using test::OnnxMaker;
using test::output_shape;
using test::result_of;
using Ints = OnnxMaker::Ints;

TEST(FrontendShape, KeepsMovesAndTheirResults) {
  for (const int opset : {11, 13}) {
    OnnxMaker maker(opset);
    maker.input("x", {2, 3, 4, 1}).ints("to", {3}, {0, -1, 2}).ints("axes", {1}, {1}).output("y");
    maker.node("Transpose", {"x"}, {"t"}, {{"perm", Ints{0, 2, 1, 3}}}).node("Reshape", {"t", "to"}, {"r"});
    if (opset < 13)
      maker.node("Unsqueeze", {"r"}, {"u"}, {{"axes", Ints{1}}});
    else
      maker.node("Unsqueeze", {"r", "axes"}, {"u"});
    maker.node("Flatten", {"u"}, {"y"}, {{"axis", -1}});
    const ir::Graph graph = maker.import();
    ASSERT_EQ(graph.nodes.size(), 4u);
    EXPECT_EQ(graph.values[graph.nodes[1].outputs[0]].shape, (ir::Shape{2, 6, 2}));
    EXPECT_EQ(graph.values[graph.nodes[2].outputs[0]].shape, (ir::Shape{2, 1, 6, 2}));
    EXPECT_EQ(output_shape(graph), (ir::Shape{12, 2}));
    EXPECT_EQ(graph.nodes[1].inputs.size(), 1u) << "the shape operand is gone";
  }
}

TEST(FrontendShape, RefusesAReshapeThatLosesElements) {
  OnnxMaker maker;
  maker.input("x", {2, 3}).ints("to", {2}, {2, 4}).output("y").node("Reshape", {"x", "to"}, {"y"});
  EXPECT_REFUSED(maker, "element counts differ");
}

TEST(FrontendGather, LooksUpRowsByIdsOfEitherIntegerType) {
  for (const ir::DType type : {ir::DType::i64, ir::DType::i32}) {
    OnnxMaker maker;
    maker.input("ids", {2, 3}, type).floats("table", {7, 4}).output("y");
    maker.node("Cast", {"ids"}, {"wide"}, {{"to", 7}}).node("Gather", {"table", "wide"}, {"y"});
    const ir::Graph graph = maker.import();
    EXPECT_EQ(graph.values[graph.inputs[0]].type, type);
    EXPECT_EQ(output_shape(graph), (ir::Shape{2, 3, 4}));
  }
}

TEST(FrontendMoves, SplitIsASliceForEachOutput) {
  OnnxMaker maker;
  maker.input("x", {2, 5}).ints("sizes", {2}, {2, 3}).output("y").output("z");
  maker.node("Split", {"x", "sizes"}, {"y", "z"}, {{"axis", 1}});
  const ir::Graph graph = maker.import();
  EXPECT_EQ(attributes<ir::SliceAttributes>(graph, 1).starts, (Ints{0, 2}));
  EXPECT_EQ(graph.values[graph.outputs[1]].shape, (ir::Shape{2, 3}));
  EXPECT_EQ(test::run(graph, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}), (std::vector<float>{0, 1, 5, 6}));
}

TEST(FrontendMoves, SliceGoesBackwardsAndClampsItsEnds) {
  OnnxMaker maker;
  maker.input("x", {5})
      .ints("s", {1}, {-1})
      .ints("e", {1}, {-99})
      .ints("a", {1}, {0})
      .ints("t", {1}, {-2})
      .output("y");
  maker.node("Slice", {"x", "s", "e", "a", "t"}, {"y"});
  EXPECT_EQ(test::run(maker.import(), {0, 1, 2, 3, 4}), (std::vector<float>{4, 2, 0}));
}

TEST(FrontendMoves, PadReflectsRepeatsOrFills) {
  const auto padded = [](const char* mode) {
    OnnxMaker maker;
    maker.input("x", {3}).ints("pads", {2}, {2, 1}).floats("value", {}, {9}).output("y");
    maker.node("Pad", {"x", "pads", "value"}, {"y"}, {{"mode", mode}});
    return test::run(maker.import(), {1, 2, 3});
  };
  EXPECT_EQ(padded("constant"), (std::vector<float>{9, 9, 1, 2, 3, 9}));
  EXPECT_EQ(padded("reflect"), (std::vector<float>{3, 2, 1, 2, 3, 2}));
  EXPECT_EQ(padded("edge"), (std::vector<float>{1, 1, 1, 2, 3, 3}));
}

TEST(FrontendMoves, TileRepeatsWholeTensors) {
  OnnxMaker maker;
  maker.input("x", {1, 2}).ints("n", {2}, {2, 2}).output("y").node("Tile", {"x", "n"}, {"y"});
  EXPECT_EQ(test::run(maker.import(), {1, 2}), (std::vector<float>{1, 2, 1, 2, 1, 2, 1, 2}));
}

TEST(FrontendMoves, ResizeToTheNearestDoublesPixels) {
  OnnxMaker maker;
  maker.input("x", {1, 1, 1, 2}).floats("s", {4}, {1, 1, 2, 2}).output("y");
  maker.node("Resize", {"x", "", "s"}, {"y"},
             {{"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}});
  EXPECT_EQ(test::run(maker.import(), {3, 7}), (std::vector<float>{3, 3, 7, 7, 3, 3, 7, 7}));
}

}  // namespace
}  // namespace nnp

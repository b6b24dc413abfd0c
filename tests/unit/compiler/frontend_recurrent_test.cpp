// SPDX-License-Identifier: Apache-2.0
// LSTM as it arrives in the graph.
#include "tests/unit/compiler/frontend_expectations.h"

namespace nnp {
namespace {

using ir::Op;
using test::attributes;
using test::OnnxMaker;
using test::output_shape;
using test::result_of;
using Ints = OnnxMaker::Ints;

OnnxMaker& lstm(OnnxMaker& maker, std::vector<std::string> inputs, std::vector<std::string> outputs,
                std::map<std::string, OnnxMaker::Attribute> extra = {}) {
  extra["hidden_size"] = 2;
  maker.input("x", {5, 3, 4}).floats("w", {1, 8, 4}).floats("r", {1, 8, 2}).floats("b", {1, 16});
  return maker.floats("zero", {1, 3, 2}, {0, 0, 0, 0, 0, 0})
      .node("LSTM", std::move(inputs), std::move(outputs), std::move(extra));
}

TEST(FrontendLstm, IsAnLstmOfThreeAxesAndAReshapeToFour) {
  OnnxMaker maker;
  const ir::Graph graph =
      lstm(maker, {"x", "w", "r", "b", "", "zero", "zero"}, {"y", "yh", "yc"}).output("y").import();
  ASSERT_EQ(graph.nodes.size(), 2u);
  EXPECT_EQ(graph.nodes[0].op, Op::lstm);
  EXPECT_EQ(graph.nodes[0].name, "y_node");
  EXPECT_EQ(graph.nodes[0].inputs[5], ir::kNoValue) << "constant zeros are no initial state";
  EXPECT_EQ(graph.values[graph.nodes[0].outputs[0]].shape, (ir::Shape{5, 3, 2}));
  EXPECT_EQ(graph.nodes[1].op, Op::reshape);
  EXPECT_EQ(output_shape(graph), (ir::Shape{5, 1, 3, 2}));
}

TEST(FrontendLstm, BothDirectionsAreTwoNodesAndAConcat) {
  OnnxMaker maker;
  maker.input("x", {5, 3, 4})
      .floats("w", {2, 8, 4})
      .floats("r", {2, 8, 2})
      .output("y")
      .output("yh")
      .output("yc");
  maker.node("LSTM", {"x", "w", "r"}, {"y", "yh", "yc"},
             {{"direction", "bidirectional"}, {"hidden_size", 2}});
  const ir::Graph graph = maker.import();
  EXPECT_FALSE(attributes<ir::LstmAttributes>(graph, 0).reverse);
  EXPECT_TRUE(attributes<ir::LstmAttributes>(graph, 1).reverse);
  EXPECT_EQ(output_shape(graph), (ir::Shape{5, 2, 3, 2}));
  EXPECT_EQ(graph.values[graph.outputs[1]].shape, (ir::Shape{2, 3, 2}));
  EXPECT_EQ(graph.values[graph.outputs[2]].shape, (ir::Shape{2, 3, 2}));
}

TEST(FrontendLstm, TheReverseDirectionIsTheForwardOneOfAReversedSequence) {
  const auto build = [](const char* direction) {
    OnnxMaker maker;
    maker.input("x", {4, 1, 1}).floats("w", {1, 8, 1}).floats("r", {1, 8, 2}).output("y");
    maker.node("LSTM", {"x", "w", "r"}, {"y"}, {{"direction", direction}, {"hidden_size", 2}});
    return maker.import();
  };
  const auto forward = test::run(build("forward"), {4, 3, 2, 1}),
             reverse = test::run(build("reverse"), {1, 2, 3, 4});
  for (std::size_t t = 0; t < 4; ++t)
    for (std::size_t j = 0; j < 2; ++j) EXPECT_EQ(reverse[t * 2 + j], forward[(3 - t) * 2 + j]) << t;
}

/// Of three sequences, one shorter than the five steps.
ir::Tensor lengths() { return ir::Tensor::of<std::int32_t>({3}, std::vector<std::int32_t>{5, 4, 5}); }

TEST(FrontendLstm, KeepsPeepholesAndLeavesShorterSequencesToTheHost) {
  OnnxMaker maker;
  maker.floats("p", {1, 6});
  const ir::Graph graph = lstm(maker, {"x", "w", "r", "", "", "", "", "p"}, {"y"}).output("y").import();
  ASSERT_EQ(graph.nodes[0].op, Op::lstm);
  EXPECT_EQ(graph.values[graph.nodes[0].inputs.at(7)].shape, (ir::Shape{1, 6}));
  OnnxMaker shorter;
  shorter.tensor("lengths", lengths());
  EXPECT_EQ(lstm(shorter, {"x", "w", "r", "", "lengths"}, {"y"}).output("y").import().nodes[0].op, Op::onnx);
}

TEST(FrontendLstm, RefusesWhatItDoesNotHave) {
  OnnxMaker other;
  other.tensor("lengths", lengths());
  EXPECT_REFUSED(lstm(other, {"x", "w", "r", "", "lengths"}, {"y"}, {{"input_forget", 1}}).output("y"),
                 "sequence_lens");
}

}  // namespace
}  // namespace nnp

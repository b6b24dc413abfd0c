// SPDX-License-Identifier: Apache-2.0
// Codes of another runner: a difference shows at its own layer, one step is allowed, two are not.
#include "host_runtime/compare/code_agreement.h"

#include <gtest/gtest.h>

#include "tests/unit/reference/graph_builder.h"

namespace nnp::compare {
namespace {

using nnp::testing::GraphBuilder;
using nnp::testing::quant;
using nnp::testing::Random;

/// x -> QuantizeLinear -> q -> Relu -> r -> Relu -> s -> DequantizeLinear.
struct Chain {
  ir::Graph graph;
  ir::ValueId x, q, r, s;
};
Chain chain() {
  GraphBuilder b;
  Chain c;
  c.x = b.input({1, 8});
  c.q = b.code_node(ir::Op::quantize_linear, {c.x}, {1, 8}, ir::DType::u8, quant(0.5f, 100));
  c.r = b.code_node(ir::Op::relu, {c.q}, {1, 8}, ir::DType::u8, quant(0.5f, 0));
  c.s = b.code_node(ir::Op::relu, {c.r}, {1, 8}, ir::DType::u8, quant(0.25f, 0));
  c.graph = b.finish({b.float_node(ir::Op::dequantize_linear, {c.s}, {1, 8})});
  return c;
}

/// What a runner computes that agrees everywhere.
reference::Tensors agreeing(const Chain& c) {
  Random random(3);
  reference::Tensors values(c.graph.values.size());
  values[c.x] = random.reals({1, 8}, -10, 30);
  for (const ir::Node& node : c.graph.nodes) reference::run_node(c.graph, node, values);
  return values;
}

TEST(CodeAgreement, OfEqualCodesIsExactInEveryLayer) {
  const Chain c = chain();
  const auto layers = code_agreement(c.graph, agreeing(c), "other");
  ASSERT_EQ(layers.size(), 3u);
  for (const LayerAgreement& layer : layers) {
    EXPECT_EQ(layer.compared, 8u);
    EXPECT_EQ(layer.exact, 8u);
    EXPECT_EQ(layer.largest, 0);
  }
  const Comparison summary = settle("ort", layers);
  EXPECT_EQ(summary.status, Status::passed);
  EXPECT_EQ(summary.compared, 24u);
  EXPECT_EQ(summary.exact, 24u);
  EXPECT_EQ(summary.layers_compared, 3u);
}

TEST(CodeAgreement, ShowsADifferenceAtItsOwnLayerOnly) {
  const Chain c = chain();
  for (const int apart : {1, 2}) {
    reference::Tensors theirs = agreeing(c);
    std::uint8_t& code = theirs[c.r].data<std::uint8_t>()[5];
    code = static_cast<std::uint8_t>(code + apart);
    // They go on from their own code.
    reference::run_node(c.graph, c.graph.nodes[2], theirs);
    const auto layers = code_agreement(c.graph, theirs, "other");
    EXPECT_EQ(layers[0].exact, 8u);
    EXPECT_EQ(layers[1].exact, 7u);
    EXPECT_EQ(layers[1].largest, apart);
    EXPECT_EQ(layers[2].exact, 8u);
    const Comparison summary = settle("ort", layers);
    EXPECT_EQ(summary.status, apart == 1 ? Status::passed : Status::failed);
    EXPECT_EQ(summary.max_abs_error, apart);
    EXPECT_EQ(summary.mismatches, apart == 1 ? 0u : 1u);
    const std::string naive = std::to_string(code - apart), other = std::to_string(code);
    EXPECT_EQ(summary.reason, apart == 1
                                  ? ""
                                  : "layer 'Relu1' (Relu): 1 of 8 codes more than 1 LSB apart, largest by 2, "
                                    "first at [0, 5]: naive " +
                                        naive + ", other " + other);
  }
}

TEST(CodeAgreement, WatchedValueByValueIsTheSame) {
  const Chain c = chain();
  reference::Tensors theirs = agreeing(c);
  theirs[c.q].data<std::uint8_t>()[2] ^= 1u;
  theirs[c.r].data<std::uint8_t>()[5] ^= 32u;
  AgreementWatch watch(c.graph, {theirs[c.x]}, "other");
  for (const ir::Node& node : c.graph.nodes) watch.see(node.outputs[0], theirs[node.outputs[0]]);
  const auto expected = code_agreement(c.graph, theirs, "other");
  ASSERT_EQ(watch.layers().size(), expected.size());
  EXPECT_EQ(expected[1].largest, 32);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(watch.layers()[i].layer, expected[i].layer);
    EXPECT_EQ(watch.layers()[i].compared, expected[i].compared);
    EXPECT_EQ(watch.layers()[i].exact, expected[i].exact);
    EXPECT_EQ(watch.layers()[i].largest, expected[i].largest);
    EXPECT_EQ(watch.layers()[i].first_beyond, expected[i].first_beyond);
  }
}

TEST(CodeAgreement, OutputsAreApartInStepsOfTheirLastCodes) {
  const Chain c = chain();  // its last codes are 0.25 apart
  const auto output = [](float x) { return ir::Tensor::of<float>({1, 2}, std::vector<float>{1, x}); };
  EXPECT_EQ(outputs_apart(c.graph, {output(2)}, {output(2)}), 0);
  EXPECT_EQ(outputs_apart(c.graph, {output(2)}, {output(3.25f)}), 5);
}

TEST(CodeAgreement, CountsAWrongShapeAsAllBeyond) {
  const Chain c = chain();
  reference::Tensors theirs = agreeing(c);
  theirs[c.s] = ir::Tensor(ir::DType::u8, {1, 7});
  const Comparison summary = settle("ort", code_agreement(c.graph, theirs, "other"));
  EXPECT_EQ(summary.status, Status::failed);
  EXPECT_EQ(summary.mismatches, 8u);
  EXPECT_EQ(summary.reason, "layer 'Relu2' (Relu): other gave 7 elements of u8, expected 8 of u8");
}

TEST(CodeAgreement, AddsUpOverRunsAndSkipsAGraphWithoutCodes) {
  const Chain c = chain();
  std::vector<LayerAgreement> total;
  for (int run = 0; run < 3; ++run) add_agreement(total, code_agreement(c.graph, agreeing(c), "other"));
  EXPECT_EQ(settle("ort", total).compared, 72u);
  EXPECT_EQ(settle("ort", {}).status, Status::skipped);
}

TEST(CodeAgreement, AsksForCodesAndTheFloatsTheyAreMadeOf) {
  const Chain c = chain();
  EXPECT_EQ(judged_values(c.graph), (std::vector<ir::ValueId>{c.q, c.r, c.s})) << "the input is known";
}

}  // namespace
}  // namespace nnp::compare

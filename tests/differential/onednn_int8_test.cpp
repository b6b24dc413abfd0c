// SPDX-License-Identifier: Apache-2.0
// Zoo networks, quantised, by oneDNN's int8 primitives: each layer's codes, made from oneDNN's own, at most a
// step from the naive integers'. Where the host's kernels are exact, with the network's own weights;
// elsewhere with weights halved and made even, whose pairs of products do not saturate: then any larger
// difference would be no saturation.
#include <gtest/gtest.h>

#include "host_runtime/compare/code_agreement.h"
#include "host_runtime/reference/onednn/network.h"
#include "models/chips/chip_file.h"
#include "tests/support/network_run.h"

namespace nnp {
namespace {

bool has_weights(const ir::Node& node) {
  return node.op == ir::Op::conv || node.op == ir::Op::gemm || node.op == ir::Op::matmul;
}

/// 4 k + 0 to 3 becomes 2 k: of magnitude 64 at most, and 255 * 64 * 2 < 2^15.
void narrow_weights(ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes) {
    if (!has_weights(node)) continue;
    auto& weights = graph.values[node.inputs[1]].constant;
    if (!weights || weights->type() != ir::DType::s8) continue;
    for (std::int8_t& weight : weights->data<std::int8_t>())
      weight = static_cast<std::int8_t>(weight / 4 * 2);
  }
}

class OneDnnInt8 : public testing::TestWithParam<const char*> {};

TEST_P(OneDnnInt8, MakesTheCodesOfAZooNetworkWithinOneStepLayerByLayer) {
  compiler::CompiledNetwork network = test::compile_network(GetParam(), models::load_chip("edge8"));
  ir::Graph& graph = network.quantised;
  if (!reference::OneDnn::has_exact_int8()) narrow_weights(graph);
  const auto inputs = compiler::random_inputs(graph, 7);
  compare::AgreementWatch watch(graph, inputs, "oneDNN");
  reference::OneDnnNetwork onednn(graph);
  onednn.run(inputs, {[&](ir::ValueId id, const ir::Tensor& value) { watch.see(id, value); }, {}});
  const compare::Comparison verdict = compare::settle("onednn", watch.layers());
  EXPECT_EQ(verdict.status, compare::Status::passed) << verdict.reason;
  // A value within a few roundings to float32 (2^-16 of a step) of the border of two codes may fall on either
  // side: of 2^15 codes one, and a few more in small networks.
  EXPECT_LE(verdict.compared - verdict.exact, 3 + verdict.compared / 10000);
  EXPECT_GT(verdict.layers_compared, 5u);
}

INSTANTIATE_TEST_SUITE_P(Zoo, OneDnnInt8,
                         testing::Values("lenet5", "mobilenet_tiny", "bert_tiny", "gpt2_tiny", "resnet18"));

}  // namespace
}  // namespace nnp

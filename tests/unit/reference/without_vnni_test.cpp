// SPDX-License-Identifier: Apache-2.0
// A host without VNNI, made by oneDNN's own environment variable for the whole program: oneDNN judges there
// too.
#include <gmock/gmock.h>

#include <cstdlib>

#include "host_runtime/compare/code_agreement.h"
#include "host_runtime/reference/onednn/network.h"
#include "tests/unit/reference/chip_double.h"

namespace nnp {
namespace {

using compare::compare_onednn;
using compare::Status;
using ir::DType;
using ::testing::HasSubstr;
using testing::quant;
using testing::run_chip;

// oneDNN reads it at its first call.
const bool kLimited =
    setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 1) == 0 && setenv("DNNL_MAX_CPU_ISA", "AVX2", 1) == 0;

// Codes and weights that int8 kernels without VNNI saturate: 255 * 127 twice is beyond 16 bits.
struct Product {
  Product() {
    testing::Random random(1);
    testing::GraphBuilder builder;
    const auto y =
        builder.code_node(ir::Op::gemm,
                          {builder.input({4, 600}, DType::u8, quant(1)),
                           builder.constant(random.whole<std::int8_t>({600, 8}, 120, 127), quant(0.01f))},
                          {4, 8}, DType::s16, quant(1000), ir::GemmAttributes{});
    graph = builder.finish({y});
    inputs = {random.whole<std::uint8_t>({4, 600}, 250, 255)};
  }
  ir::Graph graph;
  std::vector<ir::Tensor> inputs;
};

TEST(WithoutVnni, IsRecognised) {
  ASSERT_TRUE(kLimited);
  EXPECT_FALSE(reference::OneDnn::has_exact_int8());
}

TEST(WithoutVnni, ARightRunPasses) {
  const Product p;
  const compare::Comparison c = compare_onednn(p.graph, nullptr, p.inputs, run_chip(p.graph, p.inputs));
  EXPECT_EQ(c.status, Status::passed) << c.reason;
  EXPECT_EQ(c.compared, 32u);
}

TEST(WithoutVnni, ADifferenceOfOneFails) {
  const Product p;
  const compare::Comparison c =
      compare_onednn(p.graph, nullptr, p.inputs, run_chip(p.graph, p.inputs, {p.graph.nodes[0].name, 5, 1}));
  EXPECT_EQ(c.status, Status::failed);
  EXPECT_EQ(c.mismatches, 1u);
  EXPECT_EQ(c.max_abs_error, 1);
  EXPECT_THAT(c.reason, HasSubstr("at [0, 5]"));
}

TEST(WithoutVnni, ATimedNetworksSumsSaturateAndTheAgreementSaysHowFarOffItsCodesAre) {
  // 255 * 127 + 255 * 127 = 64770 becomes 32767: of 600 terms 300 pairs, 9,830,100 instead of 19,431,000. The
  // code is the sum / 2^17 (u8): 148 and 75.
  testing::GraphBuilder builder;
  const auto y = builder.code_node(
      ir::Op::gemm,
      {builder.input({1, 600}, DType::u8, quant(1)),
       builder.constant(ir::Tensor::of<std::int8_t>({600, 8}, std::vector<std::int8_t>(4800, 127)),
                        quant(1))},
      {1, 8}, DType::u8, quant(131072), ir::GemmAttributes{});
  const ir::Graph graph = builder.finish({y});
  const std::vector<ir::Tensor> inputs = {
      ir::Tensor::of<std::uint8_t>({1, 600}, std::vector<std::uint8_t>(600, 255))};
  compare::AgreementWatch watch(graph, inputs, "oneDNN");
  reference::OneDnnNetwork(graph).run(
      inputs, {[&](ir::ValueId id, const ir::Tensor& value) { watch.see(id, value); }, {}});
  const compare::Comparison verdict = compare::settle("onednn", watch.layers());
  EXPECT_EQ(verdict.status, Status::failed);
  EXPECT_EQ(verdict.compared, 8u);
  EXPECT_EQ(verdict.exact, 0u);
  EXPECT_EQ(verdict.mismatches, 8u);
  EXPECT_EQ(verdict.max_abs_error, 73);
  EXPECT_THAT(verdict.reason, HasSubstr("naive 148, oneDNN 75"));
}

TEST(WithoutVnni, Bf16HasNoKernels) {
  ASSERT_TRUE(reference::OneDnnNetwork::bf16_obstacle());
  EXPECT_THAT(*reference::OneDnnNetwork::bf16_obstacle(), HasSubstr("AVX2"));
}

}  // namespace
}  // namespace nnp

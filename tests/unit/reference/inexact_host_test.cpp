// SPDX-License-Identifier: Apache-2.0
// A host without VNNI, made by oneDNN's own environment variable: what its int8 sums say is mistrusted,
// either way.
#include <gmock/gmock.h>

#include <cstdlib>

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

struct Product {
  Product() {
    testing::Random random(1);
    testing::GraphBuilder builder;
    const auto y = builder.code_node(ir::Op::gemm,
                                     {builder.input({4, 16}, DType::u8, quant(1)),
                                      builder.constant(random.codes<std::int8_t>({16, 8}), quant(0.01f))},
                                     {4, 8}, DType::s16, quant(1), ir::GemmAttributes{});
    graph = builder.finish({y});
    inputs = {random.whole<std::uint8_t>({4, 16}, 0, 10)};  // too small to saturate anything
  }
  ir::Graph graph;
  std::vector<ir::Tensor> inputs;
};

TEST(InexactHost, IsRecognised) {
  ASSERT_TRUE(kLimited);
  EXPECT_FALSE(reference::OneDnn::host_is_exact());
}

TEST(InexactHost, EqualSumsAreMistrustedNotPassed) {
  const Product p;
  const compare::Comparison c = compare_onednn(p.graph, nullptr, p.inputs, run_chip(p.graph, p.inputs));
  EXPECT_EQ(c.status, Status::mistrusted);
  EXPECT_EQ(c.mismatches, 0u);
  EXPECT_THAT(c.reason, HasSubstr("no AVX-512 VNNI"));
}

TEST(InexactHost, ADifferenceIsMistrustedTooAndStillNamed) {
  const Product p;
  const compare::Comparison c =
      compare_onednn(p.graph, nullptr, p.inputs, run_chip(p.graph, p.inputs, {p.graph.nodes[0].name, 5, 1}));
  EXPECT_EQ(c.status, Status::mistrusted);
  EXPECT_EQ(c.mismatches, 1u);
  EXPECT_THAT(c.reason, HasSubstr("at [0, 5]"));
}

TEST(InexactHost, MissingEvidenceStillFails) {
  const Product p;
  EXPECT_EQ(compare_onednn(p.graph, nullptr, p.inputs, {}).status, Status::failed);
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// What the judge asks a GPU for: products of sizes that its libraries take, in bounded memory, cut where they
// are larger, with the same sums.
#include "host_runtime/reference/gpu_judge/gpu_judge.h"

#include "host_runtime/reference/gpu/loops_gpu.h"
#include "tests/support/gpu_decorators.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::quant;
using testing::Random;

ir::Graph conv_of_codes(const ConvCase& c, const Tensor& w) {
  GraphBuilder builder;
  return builder.finish({builder.code_node(
      Op::conv, {builder.input(c.x(), DType::u8, quant(0.1f, 9)), builder.constant(w, quant(0.1f))}, c.y(),
      DType::s8, quant(1), c.a)});
}
ir::Graph product_of_codes(std::int64_t M, DType type, const Tensor& w) {
  GraphBuilder builder;
  return builder.finish({builder.code_node(
      Op::gemm, {builder.input({M, w.shape()[0]}, type, quant(0.1f)), builder.constant(w, quant(0.1f))},
      {M, w.shape()[1]}, DType::s8, quant(1), ir::GemmAttributes{})});
}

/// Sums of node 0 with tiles of so many bytes, by whom what was asked for is remembered.
struct Judged {
  Judged(const ir::Graph& graph, const Tensor& x,
         std::size_t tile_bytes = reference::HostProducts::kTileBytes) {
    reference::GpuJudge judge(gpu, "cuda", tile_bytes);
    sums = x.type() == DType::f32 ? judge.real_sums(graph, graph.nodes[0], {x})
                                  : judge.accumulators(graph, graph.nodes[0], {x});
    right = reference::accumulators(graph, graph.nodes[0], {x});
  }
  bool equal() const { return std::ranges::equal(sums.bytes(), right.bytes()); }
  std::unique_ptr<gpu::Gpu> loops = gpu::loops_gpu();
  test::RecordingGpu gpu{*loops};
  Tensor sums, right;
};

TEST(GpuJudge, AsksForWholeSixteensOfTermsAndFoursOfRowsAndColumns) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    Random random(seed);
    const ConvCase c = random_conv(random);
    const Judged judged(conv_of_codes(c, random.codes<std::int8_t>(c.w())), random.codes(DType::u8, c.x()));
    EXPECT_TRUE(judged.equal()) << "seed " << seed;
    ASSERT_EQ(judged.gpu.products().size(), 1u) << "groups are a batch";
    const gpu::Product& p = judged.gpu.products()[0];
    EXPECT_EQ(p.batches, c.a.group);
    EXPECT_EQ(p.element, gpu::Element::s8);
    EXPECT_EQ(p.K, (c.C / c.a.group * c.a.kernel[0] * c.a.kernel[1] + 15) / 16 * 16);
    EXPECT_EQ(p.M, (c.N * c.P * c.Q + 3) / 4 * 4);
    EXPECT_EQ(p.N, (c.K / c.a.group + 3) / 4 * 4);
    EXPECT_EQ(judged.gpu.held_bytes(), 0u) << "memory that was not given back";
  }
}

TEST(GpuJudge, MultipliesRealsInFullFloat32) {
  Random random(1);
  GraphBuilder builder;
  const auto x = builder.input({5, 30});
  const ir::Graph graph =
      builder.finish({builder.float_node(Op::matmul, {x, builder.constant(random.reals({30, 7}))}, {5, 7})});
  const Judged judged(graph, random.reals({5, 30}));
  ASSERT_EQ(judged.gpu.products().size(), 1u);
  EXPECT_EQ(judged.gpu.products()[0].element, gpu::Element::f32);
  EXPECT_FALSE(judged.gpu.products()[0].tf32);
}

TEST(GpuJudge, SixteenBitCodesAreTwoProducts) {
  Random random(2);
  const Judged judged(product_of_codes(3, DType::s16, random.codes<std::int8_t>({20, 5})),
                      random.codes(DType::s16, {3, 20}));
  EXPECT_TRUE(judged.equal());
  EXPECT_EQ(judged.gpu.products().size(), 2u);
}

TEST(GpuJudge, CutsWhatDoesNotFitItsTilesWithoutAChangeInTheSums) {
  for (const std::size_t tile_bytes : {256, 1000, 4096, 7000}) {
    SCOPED_TRACE(::testing::Message() << "tiles of " << tile_bytes << " bytes");
    Random random(3);
    // 4 rows of the terms fit the smallest tile: 4 * 64 = 256.
    for (const ConvCase& c : {ConvCase{2, 6, 9, 8, 10, 9, 8, {{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1}},
                              ConvCase{1, 48, 7, 7, 48, 7, 7, {{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 48}}}) {
      const Judged judged(conv_of_codes(c, random.codes<std::int8_t>(c.w())), random.codes(DType::u8, c.x()),
                          tile_bytes);
      EXPECT_TRUE(judged.equal());
      EXPECT_LE(judged.gpu.most_bytes(), 3 * tile_bytes);
      EXPECT_GT(judged.gpu.products().size(), 1u);
    }
    const Judged judged(product_of_codes(70, DType::s8, random.codes<std::int8_t>({50, 90})),
                        random.codes(DType::s8, {70, 50}), tile_bytes);
    EXPECT_TRUE(judged.equal());
    EXPECT_LE(judged.gpu.most_bytes(), 3 * tile_bytes);
  }
}

// 2^14 times 2^17 is 2^31: a kernel that saturates would show.
TEST(GpuJudge, NoProductHasSoManyTermsThatItCouldOverflow) {
  const std::int64_t K = 140000;
  Random random(4);
  const Judged judged(product_of_codes(2, DType::s8, random.whole<std::int8_t>({K, 3}, 110, 120)),
                      random.whole<std::int8_t>({2, K}, 110, 120));
  EXPECT_TRUE(judged.equal());
  EXPECT_EQ(judged.gpu.products().size(), 2u);
  for (const gpu::Product& p : judged.gpu.products()) EXPECT_LT(p.K, 1 << 17);
}

TEST(GpuJudge, SaysWhatItCannotSum) {
  GraphBuilder builder;
  const ir::Graph graph = builder.finish({builder.float_node(Op::relu, {builder.input({2, 2})}, {2, 2})});
  const auto loops = gpu::loops_gpu();
  reference::GpuJudge judge(*loops, "cuda");
  const Tensor x(DType::f32, {2, 2});
  EXPECT_THROW(judge.accumulators(graph, graph.nodes[0], {x}), std::runtime_error);
  EXPECT_THROW(judge.real_sums(graph, graph.nodes[0], {x}), std::runtime_error);
}

}  // namespace
}  // namespace nnp

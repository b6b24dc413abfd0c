// SPDX-License-Identifier: Apache-2.0
// Whole float networks by a GPU's kernels, here plain loops: every value on the way against the naive
// operators.
#include "host_runtime/reference/gpu_judge/gpu_network.h"

#include "host_runtime/reference/gpu/loops_gpu.h"
#include "host_runtime/reference/gpu/network_program.h"
#include "tests/support/gpu_decorators.h"
#include "tests/unit/gpu/gpu_network_case.h"

namespace nnp::reference {
namespace {

using ir::Op;
using ir::ValueId;
using nnp::testing::expect_naive;
using nnp::testing::GraphBuilder;
using nnp::testing::kU;
using nnp::testing::largest_difference;
using nnp::testing::Lstm;
using nnp::testing::one_node;
using nnp::testing::Random;
using nnp::testing::Residual;
using nnp::testing::Shown;

TEST(GpuNetwork, ShowsEveryValueInOrderThoseThatAFusionWouldSwallowToo) {
  const auto gpu = gpu::loops_gpu();
  for (std::uint32_t seed = 0; seed < 3; ++seed) {
    const Residual residual(seed);
    ASSERT_FALSE(gpu::NetworkProgram(*gpu, residual.graph, gpu::NetworkPrecision::fp32).value(residual.fused))
        << "the test shows nothing about fusions";
    GpuNetwork network(*gpu);
    expect_naive(network, residual.graph, residual.inputs);
  }
}

TEST(GpuNetwork, GivesTheSameOutputsWithoutAnObserver) {
  const auto gpu = gpu::loops_gpu();
  const Residual residual(1);
  GpuNetwork network(*gpu);
  EXPECT_EQ(largest_difference(network.run(residual.graph, residual.inputs)[0],
                               Naive().run(residual.graph, residual.inputs)[0]),
            0);
}

// Of x in [-1, 1], x - max is off by u of at most 2, its power by that and 2 u, the sum of n powers by as
// much and n - 1 u, the quotient by one more: (n + 8) u of a share of at most 1; twice, as both are rounded.
TEST(GpuNetwork, SoftmaxIsWithinItsRoundings) {
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  const std::int64_t n = 6;
  expect_naive(network, one_node(Op::softmax, {3, n}, {}, ir::AxisAttributes{1}), {Random(2).reals({3, n})},
               2 * (n + 8) * kU);
}

// Means of eight whole numbers and of their distances' squares are exact. Then v + epsilon, root, reciprocal,
// and two products round: 5 u of a product of at most sqrt(7) * 1, and the sum, of at most 4, once; twice.
TEST(GpuNetwork, LayerNormalizationIsWithinItsRoundings) {
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  Random random(3);
  const ir::Graph graph =
      one_node(Op::layer_normalization, {5, 8}, {random.reals({8}, 0.5F, 1), random.reals({8})},
               ir::NormalizationAttributes{1, 1e-5F});
  expect_naive(network, graph, {random.whole<float>({5, 8}, -9, 9)}, 2 * (5 * std::sqrt(7) + 4) * kU);
}

TEST(GpuNetwork, LstmIsWithinItsRoundingsInEveryRun) {
  const auto gpu = gpu::loops_gpu();
  const Lstm lstm(4);
  GpuNetwork network(*gpu, /*keep_program=*/true);
  for (int run = 0; run < 2; ++run) expect_naive(network, lstm.graph, lstm.inputs, Lstm::bound());
}

TEST(GpuNetwork, HasOutputsThatAreInputsOrConstants) {
  GraphBuilder builder;
  const ValueId x = builder.input({2, 3, 4, 5}), c = builder.constant(Random(5).reals({3}));
  const ir::Graph graph = builder.finish({builder.float_node(Op::relu, {x}, {2, 3, 4, 5}), x, c});
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  expect_naive(network, graph, {Random(6).reals({2, 3, 4, 5})});
}

TEST(GpuNetwork, AWrongKernelShowsInTheValueOfItsNode) {
  Random random(8);
  GraphBuilder builder;
  ValueId x = builder.input({2, 4});
  std::vector<ValueId> results;
  for (int i = 0; i < 3; ++i)
    results.push_back(x = builder.float_node(Op::gemm,
                                             {x, builder.constant(random.whole<float>({4, 4}, 1, 3))}, {2, 4},
                                             ir::GemmAttributes{}));
  const ir::Graph graph = builder.finish({x});
  const Tensors inputs{random.whole<float>({2, 4}, 1, 9)};
  Naive naive;
  const Shown expected(naive, graph, inputs);
  for (std::size_t wrong = 0; wrong < results.size(); ++wrong) {
    const auto loops = gpu::loops_gpu();
    test::SpoiledGpu gpu(*loops, {wrong, 5, 1 << 23});  // one more in the exponent: the number doubles
    GpuNetwork network(gpu);
    const Shown got(network, graph, inputs);
    for (std::size_t i = 0; i < results.size(); ++i)
      EXPECT_EQ(largest_difference(got.values[i], expected.values[i]),
                i == wrong ? double{expected.values[i].data<float>()[5]} : 0)
          << "kernel " << wrong << ", value " << i;
  }
}

}  // namespace
}  // namespace nnp::reference

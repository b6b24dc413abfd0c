// SPDX-License-Identifier: Apache-2.0
// What a GpuNetwork keeps from one run to the next, and what it refuses.
#include <gmock/gmock.h>

#include "host_runtime/reference/gpu/loops_gpu.h"
#include "host_runtime/reference/gpu/network_program.h"
#include "tests/support/gpu_decorators.h"
#include "tests/unit/gpu/gpu_network_case.h"

namespace nnp::reference {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using ir::ValueId;
using nnp::testing::expect_naive;
using nnp::testing::GraphBuilder;
using nnp::testing::Lstm;
using nnp::testing::one_node;
using nnp::testing::Random;
using nnp::testing::Residual;
using ::testing::HasSubstr;

std::string refusal(compiler::FloatRunner& runner, const ir::Graph& graph, const Tensors& inputs,
                    const compiler::FloatRunner::Observer& observer = {}) {
  try {
    runner.run(graph, inputs, observer);
  } catch (const gpu::UnsupportedOperator& error) {
    return error.what();
  }
  return "it ran";
}

ir::Graph mean_of_nothing() {
  return one_node(Op::reduce, {4}, {}, ir::ReduceAttributes{ir::ReduceFunction::mean, {}, true});
}

/// Counts the programs that it was asked for.
class CountingGpu : public test::RecordingGpu {
 public:
  using RecordingGpu::RecordingGpu;
  std::unique_ptr<gpu::Program> program() override {
    ++programs;
    return RecordingGpu::program();
  }
  int programs = 0;
};

TEST(GpuNetwork, KeepsTheProgramOfTheGraphRunLastWhereAsked) {
  const auto loops = gpu::loops_gpu();
  CountingGpu gpu(*loops);
  const Residual first(1), second(2);
  {
    GpuNetwork network(gpu, /*keep_program=*/true);
    expect_naive(network, first.graph, first.inputs);
    expect_naive(network, first.graph, second.inputs);
    EXPECT_EQ(gpu.programs, 1);
    expect_naive(network, second.graph, second.inputs);
    EXPECT_EQ(gpu.programs, 2);
    refusal(network, mean_of_nothing(), {Random(7).reals({4})});
    expect_naive(network, second.graph, first.inputs);
  }
  EXPECT_EQ(gpu.held_bytes(), 0u);
}

TEST(GpuNetwork, ElseTakesTheGraphAsItIsInEachRunAndFreesTheMemory) {
  const auto loops = gpu::loops_gpu();
  CountingGpu gpu(*loops);
  GpuNetwork network(gpu);
  Residual residual(1);
  expect_naive(network, residual.graph, residual.inputs);
  EXPECT_EQ(gpu.held_bytes(), 0u);
  for (float& weight : residual.graph.values[residual.graph.nodes[0].inputs[1]].constant->data<float>())
    weight += 1;
  expect_naive(network, residual.graph, residual.inputs);
}

TEST(GpuNetwork, MultipliesInFullFloat32) {
  const auto loops = gpu::loops_gpu();
  test::RecordingGpu gpu(*loops);
  const Residual residual(1);
  GpuNetwork(gpu).run(residual.graph, residual.inputs);
  ASSERT_EQ(gpu.products().size(), 1u);
  EXPECT_EQ(gpu.products()[0].element, gpu::Element::f32);
  EXPECT_FALSE(gpu.products()[0].tf32);
}

TEST(GpuNetwork, NamesTheNodeThatHasNoKernels) {
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  EXPECT_THAT(refusal(network, mean_of_nothing(), {Random(1).reals({4})}),
              HasSubstr("(ReduceMean): the GPU runtime has no kernels for it"));
}

TEST(GpuNetwork, NamesTheOutputThatNoKernelMakes) {
  GraphBuilder builder;
  const ValueId x = builder.input({2, 4}), y = builder.value({2, 4}, DType::f32),
                mean = builder.value({2, 1}, DType::f32);
  builder.node(Op::layer_normalization, {x, builder.constant(Random(1).reals({4}))}, {y, mean},
               ir::NormalizationAttributes{1, 1e-5F});
  const ir::Graph graph = builder.finish({y});
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  EXPECT_THAT(refusal(network, graph, {Random(2).reals({2, 4})}),
              HasSubstr("(LayerNormalization): no kernel makes its output '" + graph.values[mean].name));
}

TEST(GpuNetwork, RefusesToShowTheCellsOfAnLstmAndOnlyThose) {
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  const Lstm lstm(4);
  const Residual residual(1);
  std::size_t cells = 0;
  const compiler::FloatRunner::Observer observer{{}, [&](std::size_t, std::span<const float>) { ++cells; }};
  EXPECT_THAT(refusal(network, lstm.graph, lstm.inputs, observer),
              HasSubstr("(LSTM): the GPU runtime does not show the cell state of each step"));
  EXPECT_EQ(refusal(network, residual.graph, residual.inputs, observer), "it ran");
  EXPECT_EQ(cells, 0u);
}

TEST(GpuNetwork, RefusesInputsThatAreNotTheGraphs) {
  const auto gpu = gpu::loops_gpu();
  GpuNetwork network(*gpu);
  const Residual residual(1);
  EXPECT_THROW(network.run(residual.graph, {}), std::runtime_error);
  EXPECT_THROW(network.run(residual.graph, {Tensor(DType::f32, {2, 3, 8, 7})}), std::runtime_error);
  EXPECT_THROW(network.run(residual.graph, {Tensor(DType::i64, {2, 3, 8, 8})}), std::runtime_error);
}

}  // namespace
}  // namespace nnp::reference

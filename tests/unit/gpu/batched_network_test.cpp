// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/gpu_bench/batched_network.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "host_runtime/gpu_bench/bench.h"
#include "host_runtime/gpu_bench/layer_check.h"
#include "host_runtime/reference/gpu/loops_gpu.h"
#include "models/networks/zoo.h"

namespace nnp::gpu_bench {
namespace {

NetworkSource source(const std::string& name) {
  NetworkSource source;
  source.name = name, source.file = models::network_file(name, 1);
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == name && info.default_steps != 0) source.import.dims["steps"] = info.default_steps;
  return source;
}

TEST(FirstPart, OfALaterAxisTakesTheFirstOfEachRow) {
  const std::vector<float> numbers = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const ir::Tensor whole = ir::Tensor::of<float>({2, 3, 2}, numbers);
  const ir::Tensor part = first_part(whole, {2, 1, 2});
  EXPECT_EQ(std::vector<float>(part.data<float>().begin(), part.data<float>().end()),
            (std::vector<float>{0, 1, 6, 7}));
  EXPECT_THROW(first_part(whole, {1, 1, 2}), std::runtime_error);
}

TEST(BatchedNetwork, HasTheScalesOfOneInference) {
  reference::OneDnn runner;
  const OneInference one(source("lenet5"), true, runner);
  const BatchedNetwork four(source("lenet5"), 4, true, one);
  ASSERT_EQ(one.codes().values.size(), four.codes().values.size());
  for (std::size_t i = 0; i < one.codes().values.size(); ++i) {
    const auto &a = one.codes().values[i].quant, &b = four.codes().values[i].quant;
    ASSERT_EQ(a.has_value(), b.has_value());
    if (a) {
      EXPECT_EQ(a->scale, b->scale) << one.codes().values[i].name;
    }
  }
}

TEST(Bench, ChecksAndTimesEachBatchAndPrecision) {
  reference::OneDnn runner;
  const auto gpu = gpu::loops_gpu();
  BenchRequest request;
  request.source = source("lenet5");
  request.precisions = {gpu::NetworkPrecision::int8, gpu::NetworkPrecision::fp32};
  request.batches = {1, 3}, request.layers_at = {3};
  request.seconds_per_row = 0;
  const std::vector<Row> rows = bench(*gpu, request, runner, [](const std::string&) {});
  ASSERT_EQ(rows.size(), 4u);
  for (const Row& row : rows) {
    EXPECT_EQ(row.reason, "");
    EXPECT_EQ(row.check.status, "passed") << row.precision << ", batch " << row.batch;
    EXPECT_EQ(row.check.compared, 10u);  // the classes of one inference
    if (row.precision == "int8") {
      EXPECT_EQ(row.check.mismatches, 0u);
    }
    EXPECT_GT(row.p50_s, 0);
    EXPECT_LE(row.p50_s, row.p99_s);
    EXPECT_EQ(row.macs % static_cast<std::uint64_t>(row.batch), 0u);
    EXPECT_EQ(row.layers.empty(), row.batch == 1);
    std::uint64_t macs = 0;
    for (const Layer& layer : row.layers) macs += layer.macs;
    if (!row.layers.empty()) {
      EXPECT_EQ(macs, row.macs);
    }
  }
}

class LayerChecks : public testing::TestWithParam<gpu::NetworkPrecision> {};

TEST_P(LayerChecks, FindEachLayerWithinItsRounding) {
  reference::OneDnn runner;
  const auto gpu = gpu::loops_gpu();
  for (const char* name : {"lenet5", "mobilenet_tiny", "bert_tiny"}) {
    const OneInference one(source(name), false, runner);
    const BatchedNetwork two(source(name), 2, false, one);
    gpu::NetworkProgram program(*gpu, two.real(), GetParam());
    program.set_inputs(two.inputs());
    program.program().run();
    const LayerCheck check = check_layers(one.real(), program, GetParam());
    EXPECT_GT(check.layers, one.real().nodes.size() / 2) << name;
    EXPECT_GE(check.worst_db, check.allowed_db) << name << ", layer " << check.worst;
  }
}

INSTANTIATE_TEST_SUITE_P(Precisions, LayerChecks,
                         testing::Values(gpu::NetworkPrecision::bf16, gpu::NetworkPrecision::fp16,
                                         gpu::NetworkPrecision::fp32),
                         [](const auto& info) { return gpu::to_string(info.param); });

TEST(LayerCheck, NamesTheLayerThatIsWrong) {
  reference::OneDnn runner;
  const auto gpu = gpu::loops_gpu();
  const OneInference one(source("lenet5"), false, runner);
  ir::Graph wrong = one.real();
  const auto gemm = std::ranges::find(wrong.nodes, ir::Op::gemm, &ir::Node::op);
  ASSERT_NE(gemm, wrong.nodes.end());
  auto weights = wrong.values[gemm->inputs[1]].constant->data<float>();
  for (float& x : weights.first(weights.size() / 4)) x += 1;  // more than one: an input may be 0
  gpu::NetworkProgram program(*gpu, wrong, gpu::NetworkPrecision::fp32);
  program.set_inputs(compiler::random_inputs(one.real(), 1));
  program.program().run();
  const LayerCheck check = check_layers(one.real(), program, gpu::NetworkPrecision::fp32);
  EXPECT_EQ(check.worst, gemm->name);
  EXPECT_LT(check.worst_db, check.allowed_db);
}

}  // namespace
}  // namespace nnp::gpu_bench

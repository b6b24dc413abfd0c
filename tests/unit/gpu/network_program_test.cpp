// SPDX-License-Identifier: Apache-2.0
// Whole networks through the kernels of plain loops: what the kernels are asked for gives the network's own
// answer. The kernels of a real GPU have the same words; tests/gpu holds them against these.
#include "host_runtime/reference/gpu/network_program.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>

#include "compiler/compile.h"
#include "compiler/ir/quantized.h"
#include "host_runtime/compare/sqnr.h"
#include "host_runtime/reference/gpu/loops_gpu.h"
#include "host_runtime/reference/gpu_judge/gpu_network.h"
#include "host_runtime/reference/reference.h"
#include "models/networks/zoo.h"

namespace nnp::gpu {
namespace {

compiler::CompiledNetwork network(const std::string& name, isa::Precision precision, std::int64_t batch) {
  reference::OneDnn runner;
  compiler::CompileRequest request;
  request.model = models::network_file(name, 1), request.network = name, request.precision = precision;
  request.import.batch = batch, request.calibration_runs = 1;
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == name && info.default_steps != 0) request.import.dims["steps"] = info.default_steps;
  return compiler::quantize_network(request, runner);
}

std::vector<ir::Tensor> run(const ir::Graph& graph, NetworkPrecision precision,
                            const std::vector<ir::Tensor>& inputs) {
  const auto gpu = loops_gpu();
  NetworkProgram program(*gpu, graph, precision);
  program.set_inputs(inputs);
  program.program().run();
  return program.outputs();
}

struct RealCase {
  const char* network;
  std::int64_t batch;
};
class RealNetworks : public testing::TestWithParam<RealCase> {};

/// Sums of float32 in another order: each of at most 2^12 terms is off by some 2^-24 of its size, and tens of
/// layers follow each other.
constexpr double kFloatSqnrDb = 90;

TEST_P(RealNetworks, AnswerAsOnTheCpu) {
  const auto [name, batch] = GetParam();
  const compiler::CompiledNetwork compiled = network(name, isa::Precision::fp32, batch);
  const auto inputs = compiler::random_inputs(compiled.optimised, 7);
  const auto expected = reference::OneDnn().run(compiled.optimised, inputs);
  EXPECT_GE(compare::sqnr_db(expected, run(compiled.optimised, NetworkPrecision::fp32, inputs)), kFloatSqnrDb)
      << name << ", batch " << batch;
}

TEST_P(RealNetworks, ShowTheirValuesAsTheNaiveReferenceDoes) {
  const auto [name, batch] = GetParam();
  const compiler::CompiledNetwork compiled = network(name, isa::Precision::fp32, batch);
  const ir::Graph& graph = compiled.optimised;
  const auto inputs = compiler::random_inputs(graph, 7);
  std::map<ir::ValueId, ir::Tensor> expected;
  reference::Naive().run(graph, inputs,
                         {[&](ir::ValueId id, const ir::Tensor& value) { expected.emplace(id, value); }, {}});
  const auto gpu = loops_gpu();
  std::size_t seen = 0;
  const auto see = [&](ir::ValueId id, const ir::Tensor& value) {
    ++seen;
    EXPECT_GE(compare::sqnr_db(expected.at(id), value), kFloatSqnrDb)
        << name << ", " << graph.values[id].name;
  };
  reference::GpuNetwork(*gpu).run(graph, inputs, {see, {}});
  EXPECT_EQ(seen, expected.size());
}

TEST_P(RealNetworks, KeepTheirAnswerInBf16) {
  const auto [name, batch] = GetParam();
  const compiler::CompiledNetwork compiled = network(name, isa::Precision::fp32, batch);
  const auto inputs = compiler::random_inputs(compiled.optimised, 7);
  const auto expected = reference::OneDnn().run(compiled.optimised, inputs);
  EXPECT_GE(compare::sqnr_db(expected, run(compiled.optimised, NetworkPrecision::bf16, inputs)), 20)
      << name << ", batch " << batch;
}

INSTANTIATE_TEST_SUITE_P(Zoo, RealNetworks,
                         testing::Values(RealCase{"lenet5", 2}, RealCase{"mobilenet_tiny", 1},
                                         RealCase{"bert_tiny", 2}, RealCase{"gpt2_tiny", 1},
                                         RealCase{"mlp1", 4}),
                         [](const auto& info) { return std::string(info.param.network); });

class IntegerNetworks : public testing::TestWithParam<RealCase> {};

TEST_P(IntegerNetworks, GiveTheCodesOfTheNaiveReference) {
  const auto [name, batch] = GetParam();
  const compiler::CompiledNetwork compiled = network(name, isa::Precision::int8, batch);
  const auto inputs = compiler::random_inputs(compiled.optimised, 7);
  const auto gpu = loops_gpu();
  NetworkProgram program(*gpu, compiled.quantised, NetworkPrecision::int8);
  program.set_inputs(inputs);
  program.program().run();
  std::size_t compared = 0;
  compiler::FloatRunner::Observer observer;
  observer.see = [&](ir::ValueId id, const ir::Tensor& expected) {
    const auto got = program.value(id);
    if (!got) return;  // inside a fused kernel
    ++compared;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < expected.bytes().size(); ++i) wrong += expected.bytes()[i] != got->bytes()[i];
    EXPECT_EQ(wrong, 0u) << name << ", value " << compiled.quantised.values[id].name;
  };
  reference::Naive().run(compiled.quantised, inputs, observer);
  EXPECT_GT(compared, compiled.quantised.nodes.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Zoo, IntegerNetworks,
                         testing::Values(RealCase{"lenet5", 2}, RealCase{"mobilenet_tiny", 2},
                                         RealCase{"mlp1", 4}),
                         [](const auto& info) { return std::string(info.param.network); });

TEST(IntegerTransformer, IsNearTheNaiveReference) {
  const compiler::CompiledNetwork compiled = network("bert_tiny", isa::Precision::int8, 2);
  const auto inputs = compiler::random_inputs(compiled.optimised, 7);
  const auto expected = reference::Naive().run(compiled.quantised, inputs);
  EXPECT_GE(compare::sqnr_db(expected, run(compiled.quantised, NetworkPrecision::int8, inputs)), 35);
}

TEST(NetworkProgram, NamesTheNodeThatHasNoKernels) {
  const compiler::CompiledNetwork compiled = network("gru_tiny", isa::Precision::fp32, 1);
  const auto gpu = loops_gpu();
  try {
    NetworkProgram(*gpu, compiled.optimised, NetworkPrecision::fp32);
    FAIL() << "a GRU was taken";
  } catch (const UnsupportedOperator& error) {
    EXPECT_NE(std::string(error.what()).find("(GRU): the GPU runtime has no kernels for it"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace nnp::gpu

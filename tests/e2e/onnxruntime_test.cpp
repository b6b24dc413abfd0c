// SPDX-License-Identifier: Apache-2.0
// Rung: oracle. ONNX Runtime runs the files that `nnpsim quantize` writes: every layer's codes, from its own
// codes of the layer before, at most one step from ours, 16-bit codes and steps of recurrent layers within
// their derived bounds; and the float networks. Skipped with the reason where it is not installed
// (scripts/install-onnxruntime).
#include <nlohmann/json.hpp>

#include "compiler/compile.h"
#include "host_runtime/cli/onnxruntime_check.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"
#include "tests/e2e/expect.h"
#include "tests/support/random_network.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kFloatSqnrDb = 80;  // two float runs of one network; measured 110 and more

class OnnxRuntimeJudges : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (const auto reason = reference::OnnxRuntime::missing()) GTEST_SKIP() << *reason;
  }
};

TEST_P(OnnxRuntimeJudges, EveryLayerWithinOneStepAndTheFloatNetwork) {
  const TemporaryFolder folder;
  const std::string name = GetParam();
  const bool trained = name == "tiny_cnn";
  const std::string network = trained ? NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn.onnx" : name;
  Words line{"quantize", network, "-o", folder.path("out.onnx"), "--check", "ort", "--strict", "--json"};
  if (trained)
    line.insert(line.end(), {"--batch", "1", "--data",
                             NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn_calibration.npy"});
  const Outcome outcome = run_nnpsim(line);
  ASSERT_EQ(outcome.exit, 0) << reproducer(line) << '\n' << outcome.err;
  const Json result = Json::parse(outcome.out), check = result["check"].at(0);
  EXPECT_EQ(check["status"], "passed") << check;
  EXPECT_LE(check["max_abs_error"], 1);
  EXPECT_EQ(check["mismatches"], 0);
  EXPECT_EQ(check["layers_compared"], result["layers"].size()) << "no layer with codes went unseen";
  EXPECT_GE(check["exact"].get<double>(), 0.99 * check["compared"].get<double>());
  for (const Json& layer : result["layers"]) EXPECT_LE(layer["ort"]["max_lsb"], 1) << layer;
  EXPECT_GE(result["float_check"]["sqnr_db"], kFloatSqnrDb);
}

INSTANTIATE_TEST_SUITE_P(Networks, OnnxRuntimeJudges,
                         testing::Values("lenet5", "tiny_cnn", "squeezenet", "mobilenet_v2", "resnet18"),
                         [](const auto& info) { return std::string(info.param); });

TEST(OnnxRuntimeOfARun, JudgesTheChipsNetworkAndTellsTheDistanceOfItsOutputs) {
  if (const auto reason = reference::OnnxRuntime::missing()) GTEST_SKIP() << *reason;
  const Words line{"run", "lenet5", "--chip", "edge8", "--check", "naive,ort", "--strict", "--json"};
  const Outcome outcome = run_nnpsim(line);
  ASSERT_EQ(outcome.exit, 0) << reproducer(line) << '\n' << outcome.err;
  const Json check = Json::parse(outcome.out)["check"][1];
  EXPECT_EQ(check["reference"], "ort");
  EXPECT_EQ(check["status"], "passed");
  EXPECT_LE(check["end_to_end_lsb"], 2);
}

TEST(OnnxRuntimeOfARun, JudgesEveryLayerOfARecurrentNetworkWithinBoundsOfAFewSteps) {
  if (const auto reason = reference::OnnxRuntime::missing()) GTEST_SKIP() << *reason;
  for (const Words& network : {Words{"lstm_lm", "--batch", "1", "--seq-len", "3"}, Words{"gru_tiny"},
                               Words{NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_lstm.onnx", "--batch",
                                     "2", "--seq-len", "5"}}) {
    Words line{"run", "--chip", "tpu_v1", "--check", "ort", "--strict", "--json"};
    line.insert(line.begin() + 1, network.begin(), network.end());
    const Outcome outcome = run_nnpsim(line);
    ASSERT_EQ(outcome.exit, 0) << reproducer(line) << '\n' << outcome.err;
    const Json check = Json::parse(outcome.out)["check"][0];
    EXPECT_EQ(check["status"], "passed") << check;
    EXPECT_LE(check["max_abs_error"], check["bound"]) << check;
    EXPECT_LE(check["bound"], 9) << "a few steps, not tens: " << check;
    EXPECT_GE(check["layers_compared"], 3) << check;
  }
}

/// Two inputs each; no network may be skipped.
void expect_judged(ir::Graph (*random)(std::uint64_t), std::uint64_t seeds) {
  std::uint64_t compared = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const ir::Graph graph = random(seed);
    cli::Samples samples, outputs;
    for (std::uint64_t run = 0; run < 2; ++run) {
      samples.push_back(compiler::random_inputs(graph, 10 * seed + run));
      outputs.push_back(reference::Naive().run(graph, samples.back()));
    }
    const compare::Comparison verdict = cli::check_codes(graph, samples, outputs).summary;
    EXPECT_EQ(verdict.status, compare::Status::passed) << "seed " << seed << ": " << verdict.reason;
    compared += verdict.compared;
  }
  EXPECT_GE(compared, 1000u);
}

TEST(OnnxRuntimeOfRandomNetworks, AgreesInEveryLayer) {
  if (const auto reason = reference::OnnxRuntime::missing()) GTEST_SKIP() << *reason;
  expect_judged(random_network, 120);
}

TEST(OnnxRuntimeOfRandomNetworks, AgreesInEveryStepOfRecurrentLayersOfEveryForm) {
  if (const auto reason = reference::OnnxRuntime::missing()) GTEST_SKIP() << *reason;
  expect_judged(random_recurrent_network, 20);
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Rung: whole networks through the RTL of sim/rtl inside the chip, as a user types it: the same cycles, the
// same values, the same trace as with the closed form.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host_runtime/cli/trace_session.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"
#include "tests/e2e/expect.h"
#include "tests/support/network_run.h"
#include "tests/support/temporary_folder.h"

namespace nnp {
namespace {

using test::Words;
using Json = nlohmann::ordered_json;

Json run_json(Words arguments, const Words& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  arguments.push_back("--json");
  const test::Outcome outcome = test::run_nnpsim(arguments);
  EXPECT_EQ(outcome.exit, 0) << test::reproducer(arguments) << '\n' << outcome.err;
  return outcome.exit == 0 ? Json::parse(outcome.out) : Json();
}

void expect_equal_through_rtl(const Words& network) {
  Words arguments{"run"};
  arguments.insert(arguments.end(), network.begin(), network.end());
  arguments.insert(arguments.end(), {"--chip", "edge8"});
  const Json bulk = run_json(arguments, {});
  Json rtl = run_json(arguments, {"--set", "core.array.kind=rtl"});
  ASSERT_FALSE(rtl.is_null() || bulk.is_null());
  EXPECT_EQ(rtl["array"]["driven"]["name"], "ws_array.sv");
  EXPECT_GT(rtl["array"]["driven"]["sums"], 0);
  EXPECT_EQ(rtl["check"][0]["status"], "passed");
  rtl["array"]["driven"] = nullptr;
  for (const char* key : {"cycles", "layers", "units", "array", "dram", "pcie", "check", "outputs"})
    EXPECT_EQ(bulk[key], rtl[key]) << key;
}

const std::string kTrained = NNPSIM_SOURCE_DIR "/models/networks/trained/";

TEST(RtlInChip, RunsLenet5AsTheClosedFormDoes) { expect_equal_through_rtl({"lenet5"}); }

TEST(RtlInChip, RunsATrainedCnnAsTheClosedFormDoes) {
  expect_equal_through_rtl({kTrained + "tiny_cnn.onnx", "--batch", "2"});
}

TEST(RtlInChip, RunsATrainedLstmWith16BitActivationsAsTheClosedFormDoes) {
  expect_equal_through_rtl(
      {kTrained + "tiny_lstm.onnx", "--precision", "int8x16", "--batch", "3", "--dim", "steps=5"});
}

/// The trace of lenet5. Its header tells the chip, so both runs are told to be of `told`.
std::string trace_of(const models::ChipSpec& chip, const models::ChipSpec& told, sim::Engine engine) {
  static const compiler::CompiledNetwork compiled = test::compile_network("lenet5", told);
  const test::TemporaryFolder folder;
  const std::string file = folder.path("run.npt");
  cli::TraceSession session({file, traces::TraceLevel::full}, compiled.program, told, 1);
  const auto device = sim::make_device(chip, {.engine = engine,
                                              .trace = session.sink(),
                                              .trace_commands = session.wants_commands(),
                                              .plugged = sim::plugged_array()});
  executor::Executor executor(*device, compiled.program, compiled.quantised);
  cli::RunRecord record = cli::record_of(compiled.program, compiled.quantised, told);
  record.statistics =
      executor.run(compiler::random_inputs(compiled.quantised, 1), {.values = true, .accumulators = false})
          .statistics;
  session.finish(record);
  return test::read_bytes(file);
}

TEST(RtlInChip, LeavesEveryByteOfTheTraceAsItIsInBothEngines) {
  const models::ChipSpec bulk = models::load_chip("edge8");
  models::ChipSpec rtl = bulk;
  rtl.array.model = models::ArrayModel::rtl;
  const std::string expected = trace_of(bulk, bulk, sim::Engine::leap);
  EXPECT_GT(expected.size(), 1000u);
  for (const sim::Engine engine : {sim::Engine::leap, sim::Engine::stepped})
    EXPECT_TRUE(trace_of(rtl, bulk, engine) == expected) << static_cast<int>(engine);
}

TEST(RtlInChip, OfASizeThatWasNotVerilatedIsRefusedWithThoseThatWere) {
  test::expect_refused(
      {"run", "lenet5", "--chip", "edge8", "--set", "core.array.kind=rtl", "--set", "core.array.cols=16"}, 2,
      {"core.array.model = \"rtl\"", "8 x 16 PEs", "8 x 8, 1; 8 x 8, 4"});
}

TEST(RtlInChip, OfAnotherKindThanTheChipsIsRefused) {
  test::expect_refused({"run", "lenet5", "--chip", "edge8", "--set", "core.array.kind=output_stationary",
                        "--set", "core.array.model=rtl"},
                       2, {"the plugged-in array ws_array.sv is weight_stationary"});
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// `nnpsim run` as other tools see it: keys and order of the JSON, closed accounts, checks, the output folder.
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/environment_variable.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

/// lenet5 on the small chip: a run of well under a second.
Outcome lenet(const Words& more) {
  Words arguments{"run", "lenet5", "--chip", "edge8"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_nnpsim(arguments);
}
Json lenet_json(Words more = {}) {
  more.push_back("--json");
  const Outcome outcome = lenet(more);
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return Json::parse(outcome.out);
}

Words keys(const Json& object) {
  Words names;
  for (const auto& [key, value] : object.items()) names.push_back(key);
  return names;
}

TEST(RunJson, HasTheDocumentedKeysInTheirOrder) {
  const Json run = lenet_json();
  EXPECT_EQ(keys(run), (Words{"schema",
                              "network",
                              "chip",
                              "precision",
                              "calibration",
                              "batch",
                              "sub_batch",
                              "cycles",
                              "load_cycles",
                              "time_s",
                              "inferences_per_s",
                              "macs",
                              "useful_tops",
                              "utilization",
                              "engine",
                              "wall_s",
                              "cpu_s",
                              "peak_rss_bytes",
                              "instructions",
                              "bounds",
                              "gap",
                              "layers",
                              "units",
                              "array",
                              "dram",
                              "pcie",
                              "check",
                              "outputs",
                              "seed",
                              "version"}));
  EXPECT_EQ(run["schema"], "nnpsim.run/1");
  for (const char* clock : {"wall_s", "cpu_s"})
    EXPECT_EQ(keys(run[clock]), (Words{"compile", "timing", "values", "total"}));
  for (const Json& layer : run["layers"])
    EXPECT_EQ(keys(layer), (Words{"name", "op", "where", "precision", "start_cycle", "end_cycle", "macs",
                                  "array_active_cycles", "compute_cycles", "utilization", "dram_read_bytes",
                                  "dram_write_bytes", "bound_by", "bounds", "gap"}));
  for (const Json& unit : run["units"]) EXPECT_EQ(keys(unit), (Words{"cycles", "busy", "waits", "idle"}));
  EXPECT_EQ(keys(run["array"]), (Words{"active", "useful_macs", "weight_stall", "weight_shift", "non_matrix",
                                       "raw_stall", "input_stall", "driven"}));
  EXPECT_TRUE(run["array"]["driven"].is_null());
  EXPECT_EQ(keys(run["dram"]), (Words{"channels", "read_bytes", "write_bytes", "row_hits", "row_misses",
                                      "row_conflicts", "refreshes", "bandwidth_utilization", "bus_cycles"}));
  EXPECT_EQ(keys(run["pcie"]), (Words{"to_device_bytes", "from_device_bytes", "tlps"}));
  for (const Json& output : run["outputs"])
    EXPECT_EQ(keys(output), (Words{"name", "shape", "dtype", "sha256"}));
}

TEST(RunJson, SaysHowAndOnWhatItWasCalibrated) {
  EXPECT_EQ(lenet_json()["calibration"].dump(), R"({"method":"minmax","percentile":null,"from":"random"})");
  const Json clipped = lenet_json({"--calibration", "percentile", "--percentile", "99.9"})["calibration"];
  EXPECT_EQ(clipped["method"], "percentile");
  EXPECT_DOUBLE_EQ(clipped["percentile"], 99.9);
  const Outcome real = run_nnpsim({"run", "lenet5", "--chip", "fp32ref", "--json"});
  EXPECT_TRUE(Json::parse(real.out)["calibration"].is_null()) << real.err;
}

TEST(RunJson, SaysWhichChipLayersHaveNoRoom) {
  const Words small{"run",           "lstm_lm", "--chip", "edge8",
                    "--seq-len",     "2",       "--set",  "core.buffer.size=\"32 KiB\"",
                    "--timing-only", "--json"};
  const Outcome outcome = run_nnpsim(small);
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  for (const Json& layer : Json::parse(outcome.out)["layers"]) {
    if (layer["op"] != "LSTM") continue;
    EXPECT_EQ(layer["where"], "host");
    const std::string name = layer["name"];
    EXPECT_NE(outcome.err.find("layer '" + name + "' (LSTM) runs on the host"), std::string::npos)
        << outcome.err;
  }
  EXPECT_NE(outcome.err.find("edge8 has 32768"), std::string::npos) << outcome.err;
}

TEST(RunJson, HasBoundsAndGapsThatClose) {
  const Json run = lenet_json();
  const auto expect_closed = [](const Json& bounds, const Json& gap) {
    std::int64_t causes = 0;
    for (const auto& [name, cycles] : gap.items())
      if (name != "count" && name != "ahead" && name != "cycles") causes += cycles.get<std::int64_t>();
    EXPECT_EQ(gap["cycles"], causes);
    EXPECT_EQ(gap["count"].get<std::int64_t>() + gap["ahead"].get<std::int64_t>(),
              bounds["cycles"].get<std::int64_t>() + gap["cycles"].get<std::int64_t>());
  };
  for (const Json& layer : run["layers"]) {
    EXPECT_EQ(keys(layer["bounds"]),
              (Words{"compute", "vector", "memory", "ports", "cycles", "bound_by", "dram_bytes"}));
    expect_closed(layer["bounds"], layer["gap"]);
  }
  EXPECT_EQ(run["gap"]["count"], run["cycles"]);
  EXPECT_LE(run["bounds"]["cycles"], run["cycles"]);
  expect_closed(run["bounds"], run["gap"]);
}

TEST(RunJson, TellsWhereTheTimeOfTheDataBusesWent) {
  const Json run = lenet_json({"--set", "memory.channels=2"});
  std::uint64_t sum = 0, clocks = 0, refresh = 0;
  for (const auto& [cause, cycles] : run["dram"]["bus_cycles"].items()) sum += cycles.get<std::uint64_t>();
  for (const char* channel : {"dram0", "dram1"}) {
    const Json& unit = run["units"][channel];
    clocks += unit["cycles"].get<std::uint64_t>();
    refresh += unit["waits"].value("refresh", std::uint64_t{0});
  }
  EXPECT_EQ(sum, clocks);
  EXPECT_EQ(run["dram"]["bus_cycles"]["refresh"], refresh);
  EXPECT_GT(run["dram"]["bus_cycles"]["data"], 0);
  const Json ideal =
      lenet_json({"--set", "memory.preset=\"ideal\"", "--set", "memory.ideal_bandwidth=\"1 GB/s\"", "--set",
                  "memory.ideal_latency=\"50 ns\""});
  EXPECT_TRUE(ideal["dram"]["bus_cycles"].empty());
}

TEST(RunJson, IsTheSameWithAnArrayRegisterByRegisterButForWhatTheArrayDid) {
  Json bulk = lenet_json(), driven = lenet_json({"--set", "core.array.model=registers"});
  EXPECT_EQ(keys(driven["array"]["driven"]), (Words{"name", "passes", "sums", "ticks"}));
  EXPECT_EQ(driven["array"]["driven"]["name"], "registers");
  EXPECT_EQ(driven["check"][0]["status"], "passed");
  driven["array"]["driven"] = nullptr;
  for (const char* key : {"cycles", "layers", "units", "array", "dram", "pcie", "check", "outputs"})
    EXPECT_EQ(bulk[key], driven[key]) << key;
}

#ifndef NNPSIM_RTL
TEST(RunWithRtl, InABuildWithoutAnArrayIsRefusedWithTheWayToOne) {
  const Words ways = {"no array is plugged into this build", "-DNNPSIM_RTL=ON", "rtl-array.md"};
  for (const char* command : {"run", "whatif"}) {
    expect_refused({command, "lenet5", "--chip", "edge8", "--set", "core.array.kind=rtl"}, 2, ways);
    expect_refused({command, "lenet5", "--chip", "edge8", "--set", "core.array.kind=rtl"}, 2,
                   {"core.array.kind = \"rtl\"", "\"weight_stationary\", \"output_stationary\""});
    expect_refused({command, "lenet5", "--chip", "edge8", "--set", "core.array.model=rtl"}, 2,
                   {"core.array.model = \"rtl\"", "\"closed_form\", \"registers\""});
  }
}
#endif

TEST(RunJson, FiguresFollowFromEachOther) {
  const Json run = lenet_json();
  const double cycles = run["cycles"], macs = run["macs"], seconds = run["time_s"];
  EXPECT_EQ(run["macs"], 416520);  // 28*28*25*6 + 10*10*150*16 + 400*120 + 120*84 + 84*10
  EXPECT_DOUBLE_EQ(seconds, cycles / 1e9);
  EXPECT_DOUBLE_EQ(run["inferences_per_s"], 1 / seconds);
  EXPECT_DOUBLE_EQ(run["useful_tops"], 2 * macs / seconds / 1e12);
  EXPECT_DOUBLE_EQ(run["utilization"], macs / (cycles * 8 * 8));
}

TEST(RunJson, EveryUnitsAccountAddsUpToItsCycles) {
  for (const auto& [name, unit] : lenet_json()["units"].items()) {
    std::uint64_t sum = unit["busy"].get<std::uint64_t>() + unit["idle"].get<std::uint64_t>();
    for (const Json& cycles : unit["waits"]) sum += cycles.get<std::uint64_t>();
    EXPECT_EQ(unit["cycles"], sum) << name;
  }
}

TEST(RunJson, TheSameSeedGivesTheSameRunAndAnotherSeedOtherOutputs) {
  const Json first = lenet_json(), again = lenet_json(), other = lenet_json({"--input", "random:2"});
  for (const char* key : {"cycles", "layers", "units", "dram", "pcie", "outputs"})
    EXPECT_EQ(first[key], again[key]) << key;
  EXPECT_EQ(first["cycles"], other["cycles"]);
  EXPECT_NE(first["outputs"], other["outputs"]);
}

TEST(Run, BothEnginesAgreeOnEveryCycle) {
  const Json leap = lenet_json(), stepped = lenet_json({"--engine", "stepped"});
  EXPECT_EQ(stepped["engine"], "stepped");
  for (const char* key : {"cycles", "layers", "units", "array", "dram", "pcie", "outputs"})
    EXPECT_EQ(leap[key], stepped[key]) << key;
}

TEST(Run, TimingOnlyKeepsTheCyclesAndHasNoValues) {
  const Json whole = lenet_json(), timing = lenet_json({"--timing-only"});
  for (const char* key : {"cycles", "layers", "units", "array", "dram", "pcie"})
    EXPECT_EQ(whole[key], timing[key]) << key;
  EXPECT_TRUE(timing["outputs"][0]["sha256"].is_null());
  EXPECT_TRUE(timing["check"].empty());
  EXPECT_EQ(timing["wall_s"]["values"], 0.0);
}

TEST(Run, ABatchCountsInThroughputAndShape) {
  const Json run = lenet_json({"--batch", "3"});
  EXPECT_EQ(run["batch"], 3);
  EXPECT_EQ(run["macs"], 3 * 416520);
  EXPECT_EQ(run["outputs"][0]["shape"], Json({3, 10}));
  EXPECT_DOUBLE_EQ(run["inferences_per_s"], 3 / run["time_s"].get<double>());
}

TEST(Run, AChipParameterChangesTheRun) {
  EXPECT_LT(lenet_json({"--set", "core.array.rows=16", "--set", "core.array.cols=16"})["cycles"],
            lenet_json()["cycles"]);
}

TEST(Checks, NaiveIsTheDefaultAndEachNamedReferenceAnswers) {
  EXPECT_EQ(lenet_json()["check"].size(), 1u);
  const Json run = lenet_json({"--check", "naive,onednn"});
  ASSERT_EQ(run["check"].size(), 2u);
  EXPECT_EQ(run["check"][0]["reference"], "naive");
  EXPECT_EQ(run["check"][0]["status"], "passed");
  EXPECT_GT(run["check"][0]["compared"], 10);
  EXPECT_EQ(run["check"][1]["reference"], "onednn");
  EXPECT_EQ(run["check"][1]["status"], "passed");
  EXPECT_TRUE(lenet_json({"--check", "none"})["check"].empty());
}

TEST(Checks, ASkippedOneWarnsAndFailsOnlyWhenStrict) {
  const EnvironmentVariable none("NNPSIM_ONNXRUNTIME", "/nonexistent"),
      neither("NNPSIM_CUDA_LIBRARY", "/nonexistent");
  const Outcome lax = lenet({"--check", "naive,ort,cuda"}),
                strict = lenet({"--check", "naive,ort,cuda", "--strict"});
  EXPECT_EQ(lax.exit, 0);
  EXPECT_NE(lax.err.find("warning: check against ort skipped"), std::string::npos) << lax.err;
  EXPECT_NE(lax.err.find("warning: check against cuda skipped"), std::string::npos) << lax.err;
  EXPECT_EQ(strict.exit, 1);
}

TEST(OutputFolder, HoldsOutputsChipAndTheSameJson) {
  const TemporaryFolder folder;
  const Json run = lenet_json({"--output", folder.path("a/b"), "--set", "core.array.rows=16"});
  Words names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("a/b")))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (Words{"chip.toml", "logits.npy", "mapping.toml", "run.json"}));
  EXPECT_EQ(Json::parse(read_bytes(folder.path("a/b/run.json"))), run);
  EXPECT_EQ(folder.names(), Words{"a"});

  // The resolved chip, override included, and the mapping reproduce the run without the override.
  const Outcome again = run_nnpsim({"run", "lenet5", "--chip", folder.path("a/b/chip.toml"), "--mapping",
                                    folder.path("a/b/mapping.toml"), "--json"});
  ASSERT_EQ(again.exit, 0) << again.err;
  EXPECT_EQ(Json::parse(again.out)["cycles"], run["cycles"]);
}

TEST(OutputFolder, ReplacesAnEarlierRunAndKeepsOtherFiles) {
  const TemporaryFolder folder;
  folder.file("notes.txt", "mine");
  folder.file("run.json", "old");
  EXPECT_EQ(lenet({"--output", folder.path("")}).exit, 0);
  EXPECT_EQ(folder.names(), (Words{"chip.toml", "logits.npy", "mapping.toml", "notes.txt", "run.json"}));
  EXPECT_EQ(Json::parse(read_bytes(folder.path("run.json")))["network"], "lenet5");
}

TEST(OutputFolder, AnOutputReadBackAsInputOfTheSameShapeIsTaken) {
  const TemporaryFolder folder;
  // NumPy's format 1.0 written by hand: 1x1x28x28 float32 zeros, but for one pixel.
  std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 28, 28), }";
  header.append(117 - header.size(), ' ');
  header += '\n';
  std::string values(28 * 28 * 4, '\0');
  values.replace(400, 4, std::string("\x00\x00\x80\x3f", 4));
  const std::string image =
      folder.file("image.npy", "\x93NUMPY" + std::string("\x01\x00\x76\x00", 4) + header + values);
  const Json named = lenet_json({"--input", "input=" + image}), unnamed = lenet_json({"--input", image}),
             random = lenet_json();
  EXPECT_EQ(named["outputs"], unnamed["outputs"]);
  EXPECT_NE(named["outputs"], random["outputs"]);
}

TEST(RunText, TellsFiguresLayersUnitsChecksAndWhatBoundsTheRun) {
  const Outcome outcome = lenet({});
  EXPECT_EQ(outcome.exit, 0);
  for (const char* word : {"lenet5 on edge8, int8, batch 1", "cycles", "inferences/s", "conv1", "bound by",
                           "matrix", "dram0", "naive   passed", "The array works", " bounds this run."})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word << " is missing:\n" << outcome.out;
  EXPECT_EQ(outcome.out.find('\x1b'), std::string::npos);
  EXPECT_EQ(outcome.err, "");  // no progress line: stderr is no terminal
}

TEST(RunText, QuietSaysNothing) {
  const Outcome outcome = lenet({"--quiet"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST(Tiny4, RunsTheTrainedNetworksWithEveryValueChecked) {
  const std::string trained = NNPSIM_SOURCE_DIR "/models/networks/trained/";
  for (const Words& network :
       {Words{trained + "tiny_cnn.onnx"},
        Words{trained + "tiny_lstm.onnx", "--dim", "steps=20", "--precision", "int8x16"}}) {
    Words arguments{"run", "--chip", "tiny4", "--batch", "1", "--json"};
    arguments.insert(arguments.end(), network.begin(), network.end());
    const Outcome outcome = run_nnpsim(arguments);
    ASSERT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
    EXPECT_EQ(Json::parse(outcome.out)["check"][0]["status"], "passed") << reproducer(arguments);
  }
}

}  // namespace
}  // namespace nnp::test

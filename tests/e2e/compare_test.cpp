// SPDX-License-Identifier: Apache-2.0
// compare: which rows come, what each says of how it is known, and the exit codes.
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "host_runtime/reference/onednn/network.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"
#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;
constexpr const char* kResults = NNPSIM_SOURCE_DIR "/tests/data/gpu_lenet5.json";

Words lenet(const Words& more) {
  Words line{"compare", "lenet5", "--chip", "edge8", "--runs", "1"};
  line.insert(line.end(), more.begin(), more.end());
  return line;
}
Json json_of(Words line, int exit = 0) {
  line.push_back("--json");
  const Outcome outcome = run_nnpsim(line);
  EXPECT_EQ(outcome.exit, exit) << reproducer(line) << '\n' << outcome.err;
  return Json::parse(outcome.out);
}
std::vector<Json> rows_of(const Json& comparison, const std::string& runner) {
  std::vector<Json> rows;
  for (const Json& row : comparison["rows"])
    if (row["runner"] == runner) rows.push_back(row);
  return rows;
}

TEST(Compare, HasTheDocumentedKeysInEveryRow) {
  const Json comparison = json_of(lenet({"--against", "onednn,cuda"}));
  EXPECT_EQ(comparison.begin().key(), "schema");
  EXPECT_EQ(comparison["schema"], "nnpsim.compare/1");
  EXPECT_EQ(comparison["network"], "lenet5");
  for (const Json& row : comparison["rows"])
    for (const char* key : {"runner", "device", "status", "reason", "batch", "precision", "latency_s",
                            "throughput_per_s", "peak_fraction", "source"})
      EXPECT_TRUE(row.contains(key)) << key << " of " << row;
}

TEST(Compare, TakesTheChipsFiguresFromARun) {
  const Json comparison = json_of(lenet({"--against", "onednn"}));
  const Json run = json_of({"run", "lenet5", "--chip", "edge8"});
  const auto chip = rows_of(comparison, "chip");
  ASSERT_EQ(chip.size(), 1u);
  EXPECT_EQ(chip[0]["status"], "simulated");
  EXPECT_EQ(chip[0]["batch"], run["batch"]);
  EXPECT_EQ(chip[0]["latency_s"], run["time_s"]);
  EXPECT_NEAR(chip[0]["peak_fraction"].get<double>(), run["utilization"].get<double>(), 1e-12);
  EXPECT_EQ(chip[0]["memory_bytes"].get<std::uint64_t>(),
            run["dram"]["read_bytes"].get<std::uint64_t>() + run["dram"]["write_bytes"].get<std::uint64_t>());
  EXPECT_LT(chip[0]["without_transfers_s"], chip[0]["latency_s"]);
  EXPECT_EQ(chip[0]["without_transfers_status"], "simulated");
  EXPECT_EQ(chip[0]["host_layers_status"], "measured here");
  EXPECT_EQ(comparison["check"][0]["reference"], "naive");
  EXPECT_EQ(comparison["check"][0]["status"], "passed");
  EXPECT_EQ(comparison["check"][1]["reference"], "onednn");
  EXPECT_EQ(comparison["check_batch"], 1);
}

TEST(Compare, SimulatesEveryBatchAlsoInARealPrecision) {
  const Json comparison = json_of({"compare", "lenet5", "--chip", "hbm128", "--precision", "bf16",
                                   "--against", "cuda", "--batch", "8,1", "--check", "none"});
  const auto chip = rows_of(comparison, "chip");
  ASSERT_EQ(chip.size(), 2u);
  for (const Json& row : chip) EXPECT_EQ(row["status"], "simulated") << row;
  EXPECT_EQ(chip[0]["batch"], 1);
  EXPECT_EQ(chip[1]["batch"], 8);
}

TEST(Compare, TimesOneDnnInEveryPrecisionOnOneThreadAndOnAllOrSaysWhyNot) {
  const Json comparison = json_of(lenet({"--against", "onednn", "--check", "none"}));
  EXPECT_TRUE(comparison["check"].empty());
  std::map<std::string, std::set<unsigned>> threads;
  for (const Json& row : rows_of(comparison, "onednn")) {
    EXPECT_EQ(row["batch"], 1) << row;
    const std::string precision = row["precision"];
    if (row["status"] == "skipped") {
      EXPECT_NE(row["reason"], "") << row;
      EXPECT_TRUE(row["latency_s"].is_null()) << row;
      threads[precision];
      continue;
    }
    EXPECT_EQ(row["status"], "measured");
    EXPECT_NEAR(row["throughput_per_s"].get<double>() * row["latency_s"].get<double>(), 1, 1e-9);
    const std::string source = row["source"];
    EXPECT_NE(source.find("measured here, "), std::string::npos) << row;
    EXPECT_NE(source.find("median of 1 run after 1 to warm up"), std::string::npos) << row;
    threads[precision].insert(row["threads"].get<unsigned>());
  }
  const unsigned most = reference::OneDnn::most_threads();
  const bool has_bf16 = !reference::OneDnnNetwork::bf16_obstacle();
  EXPECT_EQ(threads["fp32"], (std::set<unsigned>{1, most}));
  EXPECT_EQ(threads["int8"], (std::set<unsigned>{1, most}));
  EXPECT_EQ(threads["bf16"], has_bf16 ? (std::set<unsigned>{1, most}) : std::set<unsigned>{});
  EXPECT_EQ(threads.size(), 3u);
}

TEST(Compare, SaysWhatOneDnnsInt8CodesAreWorthOnThisHost) {
  const Json comparison = json_of(lenet({"--against", "onednn", "--check", "naive"}));
  std::size_t rows = 0;
  for (const Json& row : rows_of(comparison, "onednn")) {
    if (row["precision"] != "int8") continue;
    ++rows;
    const std::string source = row["source"];
    EXPECT_NE(source.find("codes are equal"), std::string::npos) << row;
    EXPECT_EQ(source.find("not exact") == std::string::npos, reference::OneDnn::has_exact_int8()) << row;
  }
  EXPECT_GE(rows, 1u);
}

TEST(Compare, SkipsOneDnnsInt8WithTheLayerWhere16BitCodesAreAndWhereTheChipHasNoIntegers) {
  const auto reason_in = [](const Words& line) -> std::string {
    for (const Json& row : rows_of(json_of(line), "onednn"))
      if (row["precision"] == "int8" && row["status"] == "skipped") return row["reason"];
    return "";
  };
  EXPECT_NE(reason_in({"compare", "gru_tiny", "--chip", "edge8", "--against", "onednn", "--runs", "1",
                       "--check", "none"})
                .find("16-bit codes"),
            std::string::npos);
  EXPECT_NE(reason_in({"compare", "lenet5", "--chip", "fp32ref", "--against", "onednn", "--runs", "1",
                       "--check", "none"})
                .find("fp32"),
            std::string::npos);
}

TEST(Compare, TimesOnnxRuntimeOnTheFloatAndTheIntegerNetworkOrSaysThatItIsNotThere) {
  const auto rows = rows_of(json_of(lenet({"--against", "ort", "--check", "none"})), "ort");
  const auto missing = reference::OnnxRuntime::missing();
  std::set<std::string> precisions;
  for (const Json& row : rows) {
    precisions.insert(row["precision"].get<std::string>());
    EXPECT_EQ(row["status"], missing ? "skipped" : "measured") << row;
    if (missing) {
      EXPECT_EQ(row["reason"], *missing);
    } else {
      EXPECT_GT(row["latency_s"], 0);
    }
  }
  EXPECT_EQ(precisions, (std::set<std::string>{"fp32", "int8"}));
}

TEST(Compare, WithoutGpuAndFileSaysSoAndSucceedsUnlessStrict) {
  const Words line = lenet({"--against", "cuda", "--check", "naive"});
  const auto cuda = rows_of(json_of(line), "cuda");
  if (cuda.size() != 1 || cuda[0]["status"] != "skipped") GTEST_SKIP() << "a GPU is here";
  EXPECT_EQ(cuda[0]["reason"], "no CUDA device");
  Words strict = line;
  strict.push_back("--strict");
  json_of(strict, 1);
}

TEST(Compare, ReadsAGpusRowsFromAFileWithTheirConditions) {
  const Json comparison = json_of(lenet(
      {"--against", "cuda", "--gpu-results", kResults, "--batch", "1,64", "--strict", "--check", "naive"}));
  std::map<std::pair<std::string, int>, Json> cuda;
  for (const Json& row : rows_of(comparison, "cuda"))
    if (row["device"] == "Handmade GPU") cuda[{row["precision"], row["batch"]}] = row;
  ASSERT_EQ(cuda.size(), 3u) << "the row of another network is left out";
  const Json& one = cuda[{"int8", 1}];
  EXPECT_EQ(one["status"], "measured");
  EXPECT_EQ(one["latency_s"], 1e-3);
  EXPECT_EQ(one["memory_bytes"], 61470 + 20000);
  EXPECT_EQ(one["memory_bytes_status"], "lower bound");
  EXPECT_NEAR(one["peak_fraction"].get<double>(), 2 * 416520 / 1e-3 / 1e14, 1e-12);
  const std::string source = one["source"];
  for (const char* word : {"gpu_lenet5.json", "2026-01-02", "driver 1.2.3", "cuDNN 9.0"})
    EXPECT_NE(source.find(word), std::string::npos) << source;
  EXPECT_EQ((cuda[{"bf16", 1}]["status"]), "skipped");
  // 1,000 a second against some 54,000 of the chip at batch 1, 64 million at batch 64.
  const Json& crossover = comparison["crossovers"].at(0);
  EXPECT_EQ(crossover["device"], "Handmade GPU");
  EXPECT_EQ(crossover["batch"], 64);
  EXPECT_GT(crossover["interpolated"], 1);
  EXPECT_LT(crossover["interpolated"], 64);
  // conv1 on both: 2 x 117,600 operations over 6,000 bytes.
  for (const Json& layer : comparison["layers"])
    if (layer["name"] == "conv1" && layer["batch"] == 1) {
      EXPECT_EQ(layer["roofline"]["operations"], 2 * 117600);
      ASSERT_EQ(layer["gpus"].size(), 1u);
      EXPECT_NEAR(layer["gpus"][0]["roofline"]["operations_per_byte"].get<double>(), 39.2, 1e-9);
    }
}

TEST(Compare, PrintsTheSameAsTablesWithOneConclusion) {
  const Outcome outcome = run_nnpsim(lenet(
      {"--against", "cuda", "--gpu-results", kResults, "--batch", "1,64", "--layers", "--check", "naive"}));
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* word : {"Handmade GPU", "simulated", "overtakes edge8 at batch 64", "Rooflines", "conv1",
                           "without transfers", "naive   passed", "At batch 1 edge8 does"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word << " is not in\n" << outcome.out;
}

TEST(Compare, RefusesFilesThatAreNoResultsWithExitCode3) {
  const TemporaryFolder folder;
  const std::string broken = folder.file("broken.json", "{\"schema\": "),
                    other = folder.file("other.json", R"({"schema": "nnpsim.run/1"})");
  expect_refused(lenet({"--gpu-results", broken}), 3, {"broken.json:1:", "not JSON"});
  expect_refused(lenet({"--gpu-results", other}), 3, {"other.json", "nnpsim.run/1", "nnpsim.gpu/1"});
  expect_refused(lenet({"--gpu-results", folder.path("none.json")}), 3, {"none.json", "cannot be read"});
}

TEST(Compare, RefusesWordsThatMeanNothing) {
  expect_refused(lenet({"--against", "onedn"}), 2, {"onedn", "did you mean onednn?"});
  expect_refused(lenet({"--batch", "1,x"}), 2, {"--batch x", "whole numbers"});
  expect_refused(lenet({"--against", "onednn", "--gpu-results", kResults}), 2, {"--gpu-results", "no cuda"});
  expect_refused({"compare", "lenet6"}, 2, {"lenet6", "did you mean lenet5?"});
}

TEST(Compare, OfANetworkWithPublishedRowsShowsThemAsCeilingsWithTheirSource) {
  const Json comparison = json_of(
      {"compare", "resnet50", "--chip", "tpu_v1", "--against", "cuda", "--check", "none", "--samples", "1"});
  const auto rows = rows_of(comparison, "published");
  ASSERT_FALSE(rows.empty());
  for (const Json& row : rows) {
    EXPECT_EQ(row["status"], "published");
    EXPECT_NE(row["source"].get<std::string>().find("ceiling"), std::string::npos) << row;
  }
  for (const Json& roof : comparison["rooflines"]) EXPECT_NE(roof["source"], "") << roof;
}

}  // namespace
}  // namespace nnp::test

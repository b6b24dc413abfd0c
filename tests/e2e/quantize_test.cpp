// SPDX-License-Identifier: Apache-2.0
// `nnpsim quantize` as other tools see it: the file, the JSON, what it refuses, and what it says where ONNX
// Runtime is not there.
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/environment_variable.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

Words keys(const Json& object) {
  Words names;
  for (const auto& [key, value] : object.items()) names.push_back(key);
  return names;
}

class Quantize : public testing::Test {
 protected:
  Words line(const Words& more = {}, const std::string& network = "lenet5") const {
    Words words{"quantize", network, "-o", folder_.path("out.onnx")};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Json json(Words more = {}) const {
    more.push_back("--json");
    const Outcome outcome = run_nnpsim(line(more));
    EXPECT_EQ(outcome.exit, 0) << reproducer(line(more)) << '\n' << outcome.err;
    return Json::parse(outcome.out);
  }
  /// Refused, and no file was left.
  void refused(const Words& more, int exit, const Words& words, const std::string& network = "lenet5") const {
    expect_refused(line(more, network), exit, words);
    for (const std::string& name : folder_.names())
      EXPECT_EQ(name.find("out.onnx"), std::string::npos)
          << reproducer(line(more, network)) << " left " << name;
  }
  TemporaryFolder folder_;
};

TEST_F(Quantize, HasTheDocumentedKeysInTheirOrder) {
  const Json result = json();
  EXPECT_EQ(keys(result), (Words{"schema", "network", "file", "bytes", "opset", "precision", "calibration",
                                 "test", "sqnr_db", "top1", "float_layers", "layers", "check", "float_check",
                                 "onnxruntime", "seed", "version"}));
  EXPECT_EQ(result["schema"], "nnpsim.quantize/1");
  EXPECT_EQ(keys(result["calibration"]), (Words{"method", "percentile", "inputs", "from"}));
  EXPECT_EQ(keys(result["top1"]), (Words{"answers", "agreeing", "agreement"}));
  ASSERT_FALSE(result["layers"].empty());
  for (const Json& layer : result["layers"])
    EXPECT_EQ(keys(layer), (Words{"name", "op", "dtype", "scale", "zero_point", "sqnr_db"}));
  EXPECT_EQ(result["calibration"]["method"], "minmax");
  EXPECT_EQ(result["calibration"]["inputs"], 8);
  EXPECT_EQ(result["test"]["from"], "random");
  EXPECT_EQ(result["bytes"], read_bytes(folder_.path("out.onnx")).size());
  EXPECT_EQ(result["opset"], 13);
  EXPECT_GT(result["sqnr_db"], 15.0) << "int8 of a shallow network";
}

// Exporter and importer are two rooms; between them nothing may be lost.
TEST_F(Quantize, WritesWhatRunsAsTheSameIntegersInTheSameCycles) {
  for (const std::string network : {"lenet5", "mobilenet_tiny", "bert_tiny"}) {
    EXPECT_EQ(run_nnpsim(line({}, network)).exit, 0) << reproducer(line({}, network));
    const auto run = [&](const std::string& what) {
      const Words words{"run", what, "--chip", "tpu_v1", "--input", "random:5", "--json"};
      const Outcome outcome = run_nnpsim(words);
      EXPECT_EQ(outcome.exit, 0) << reproducer(words) << '\n' << outcome.err;
      return Json::parse(outcome.out);
    };
    const Json direct = run(network), again = run(folder_.path("out.onnx"));
    EXPECT_EQ(again["cycles"], direct["cycles"]) << network;
    ASSERT_EQ(again["outputs"].size(), direct["outputs"].size());
    for (std::size_t i = 0; i < direct["outputs"].size(); ++i)
      EXPECT_EQ(again["outputs"][i]["sha256"], direct["outputs"][i]["sha256"]) << network;
  }
}

TEST_F(Quantize, WritesTheSameBytesTwiceAndOthersForAnotherRule) {
  json();
  const std::string first = read_bytes(folder_.path("out.onnx"));
  json();
  EXPECT_EQ(read_bytes(folder_.path("out.onnx")), first);
  for (const Words& rule :
       {Words{"--calibration", "percentile", "--percentile", "99"}, Words{"--calibration", "entropy"},
        Words{"--seed", "2"}, Words{"--samples", "2"}}) {
    json(rule);
    EXPECT_NE(read_bytes(folder_.path("out.onnx")), first) << rule[1];
  }
}

TEST_F(Quantize, TellsLayersAndCostsInATable) {
  const Outcome outcome = run_nnpsim(line({"--calibration", "percentile"}));
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  for (const char* word :
       {"lenet5 in int8", "percentile 99.99, 8 random inputs", "top-1", "SQNR", "Conv", "Gemm"})
    EXPECT_NE(outcome.out.find(word), std::string::npos) << word << '\n' << outcome.out;
}

TEST_F(Quantize, OfATrainedNetworkCalibratesOnItsDataAndKeepsItsAnswers) {
  const std::string trained = NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn";
  for (const char* rule : {"minmax", "percentile", "entropy"}) {
    const Words words = line({"--data", trained + "_calibration.npy", "--test", trained + "_inputs.npy",
                              "--calibration", rule, "--batch", "1", "--json"},
                             trained + ".onnx");
    const Outcome outcome = run_nnpsim(words);
    ASSERT_EQ(outcome.exit, 0) << reproducer(words) << '\n' << outcome.err;
    const Json result = Json::parse(outcome.out);
    EXPECT_EQ(result["calibration"]["from"], "data");
    EXPECT_EQ(result["calibration"]["inputs"], 64);
    EXPECT_EQ(result["test"]["inputs"], 500);
    EXPECT_EQ(result["top1"]["answers"], 500);
    EXPECT_GE(result["top1"]["agreement"], 0.98) << rule << ": the chip's accuracy is within 1 % of float's";
  }
}

TEST_F(Quantize, WritesSixteenBitCodesInOperatorSet21) {
  const Json wide = json({"--precision", "int8x16"});
  EXPECT_EQ(wide["precision"], "int8x16");
  EXPECT_EQ(wide["opset"], 21);
  for (const Json& layer : wide["layers"]) EXPECT_EQ(layer["dtype"], "int16") << layer;
  const Words words = line({"--batch", "1", "--seq-len", "5", "--json"},
                           NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_lstm.onnx");
  const Outcome lstm = run_nnpsim(words);
  ASSERT_EQ(lstm.exit, 0) << reproducer(words) << '\n' << lstm.err;
  EXPECT_EQ(Json::parse(lstm.out)["opset"], 21);
}

TEST_F(Quantize, RefusesWhatItCannotWriteAndLeavesNoFile) {
  refused({"--precision", "fp32"}, 2, {"--precision fp32", "int8"});
  refused({}, 2, {"'lenet'", "did you mean lenet5?"}, "lenet");
  refused({}, 3, {"nowhere.onnx"}, folder_.path("nowhere.onnx"));
  refused({"--calibration", "entropie"}, 2, {"--calibration entropie", "did you mean entropy?"});
  for (const char* percentile : {"0", "-1", "100.5", "much", "nan"})
    refused({"--calibration", "percentile", "--percentile", percentile}, 2,
            {std::string("--percentile ") + percentile, "above 0, at most 100"});
  refused({"--percentile", "99"}, 2, {"--percentile 99", "--calibration percentile", "minmax"});
  refused({"--samples", "0"}, 2, {"--samples 0", "1 to"});
  refused({"--check", "onednn"}, 2, {"--check onednn", "ort"});
  refused({"--data", folder_.path("none.npy")}, 3, {"none.npy", "no such file"});
  refused({"--data", folder_.file("text.npy", "hello")}, 3, {"text.npy", "not a .npy file"});
  refused({"--data", NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn_labels.npy"}, 2,
          {"--data", "tiny_cnn_labels.npy", "holds int64 500", "is float32 1x1x28x28"});
  refused({"--test", "y=" NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn_labels.npy"}, 2,
          {"--test y=", "no input 'y'"});
  expect_refused({"quantize", "lenet5"}, 2, {"-o"});
  expect_refused({"quantize", "lenet5", "-o", folder_.path("none/out.onnx")}, 3, {"none/out.onnx"});
  expect_refused({"quantize", "lenet5", "-o", folder_.path("")}, 3, {"is a folder"});
}

TEST_F(Quantize, LeavesAFileAsItWasWhereItFails) {
  folder_.file("out.onnx", "before");
  expect_refused(line({"--test", "y=" NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn_labels.npy"}), 2,
                 {"no input 'y'"});
  EXPECT_EQ(read_bytes(folder_.path("out.onnx")), "before");
  EXPECT_EQ(folder_.names(), Words{"out.onnx"});
}

TEST_F(Quantize, SkipsOnnxRuntimeWithAReasonWhereItIsNotInstalled) {
  const EnvironmentVariable nowhere("NNPSIM_ONNXRUNTIME", folder_.path("empty"));
  const Json check = json({"--check", "ort"})["check"].at(0);
  EXPECT_EQ(check["reference"], "ort");
  EXPECT_EQ(check["status"], "skipped");
  EXPECT_FALSE(check["reason"].get<std::string>().empty());
  EXPECT_EQ(run_nnpsim(line({"--check", "ort", "--strict"})).exit, 1);
  const Outcome run = run_nnpsim({"run", "lenet5", "--chip", "edge8", "--check", "ort", "--json"});
  EXPECT_EQ(run.exit, 0) << run.err;
  EXPECT_EQ(Json::parse(run.out)["check"][0]["status"], "skipped");
  const EnvironmentVariable none("NNPSIM_NODE", folder_.path("no-node"));
  EXPECT_NE(json({"--check", "ort"})["check"][0]["reason"].get<std::string>().find("NNPSIM_NODE"),
            std::string::npos);
}

TEST_F(Quantize, FailsWithTheReasonWhereOnnxRuntimesProcessEnds) {
  std::filesystem::create_directories(folder_.path("node_modules/onnxruntime-node"));
  folder_.file("node_modules/onnxruntime-node/package.json", "{}");
  const EnvironmentVariable folder("NNPSIM_ONNXRUNTIME", folder_.path(""));
  const EnvironmentVariable node("NNPSIM_NODE", "/bin/false");
  const Outcome outcome = run_nnpsim(line({"--check", "ort", "--json"}));
  EXPECT_EQ(outcome.exit, 1);
  EXPECT_NE(outcome.err.find("ended with exit code 1"), std::string::npos) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["check"][0]["status"], "failed");
}

TEST(RunCalibrated, RunsAndCompilesByTheRuleThatWasAskedFor) {
  const TemporaryFolder folder;
  const auto outputs = [](const Words& more) {
    Words words{"run", "lenet5", "--chip", "edge8", "--json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome outcome = run_nnpsim(words);
    EXPECT_EQ(outcome.exit, 0) << reproducer(words) << '\n' << outcome.err;
    const Json run = Json::parse(outcome.out);
    EXPECT_EQ(run["check"][0]["status"], "passed");
    return std::pair(run["outputs"][0]["sha256"].get<std::string>(), run["cycles"].get<std::uint64_t>());
  };
  const auto usual = outputs({}), same = outputs({"--calibration", "minmax", "--samples", "8"}),
             entropy = outputs({"--calibration", "entropy"});
  EXPECT_EQ(usual, same);
  EXPECT_NE(usual.first, entropy.first);
  EXPECT_EQ(usual.second, entropy.second) << "scales change values, not cycles";
  const Words compile{"compile",       "lenet5", "--chip", "edge8", "-o", folder.path("p.nnp"),
                      "--calibration", "entropy"};
  EXPECT_EQ(run_nnpsim(compile).exit, 0);
  const Outcome exec = run_nnpsim({"exec", folder.path("p.nnp"), "--chip", "edge8", "--json"});
  EXPECT_EQ(Json::parse(exec.out)["outputs"][0]["sha256"], entropy.first);
  expect_refused({"run", "lenet5", "--chip", "fp32ref", "--calibration", "entropy"}, 2,
                 {"--calibration", "fp32", "int8"});
}

}  // namespace
}  // namespace nnp::test

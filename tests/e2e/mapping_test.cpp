// SPDX-License-Identifier: Apache-2.0
// --search, --mapping and --mapping-output through the program.
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = run_nnpsim(words);
  EXPECT_EQ(outcome.exit, 0) << reproducer(words) << '\n' << outcome.err;
  return Json::parse(outcome.out);
}
const Words kRun{"run", "lenet5", "--chip", "edge8", "--json"};

TEST(MappingOption, ReplaysWhatARunWroteAndWhatCompileWrites) {
  const TemporaryFolder folder;
  const Json run = json_of(kRun, {"--search", "simulate", "--output", folder.path("run")});
  const std::string mapping = folder.path("run/mapping.toml");
  const Json again = json_of(kRun, {"--mapping", mapping});
  EXPECT_EQ(again["cycles"], run["cycles"]);
  EXPECT_EQ(again["outputs"], run["outputs"]);
  const Outcome compiled = run_nnpsim({"compile", "lenet5", "--chip", "edge8", "--search", "simulate", "-o",
                                       folder.path("l.nnp"), "--mapping-output", folder.path("m.toml")});
  ASSERT_EQ(compiled.exit, 0) << compiled.err;
  EXPECT_EQ(read_bytes(folder.path("m.toml")), read_bytes(mapping));
}

TEST(MappingOption, ChangesCyclesAndNoValue) {
  const TemporaryFolder folder;
  const auto one_position = folder.file("m.toml", "[layer.conv1]\nP = 1\nM = 6\nPQ = 1\nbuffers = 1\n");
  const Json best = json_of(kRun, {}), worse = json_of(kRun, {"--mapping", one_position});
  EXPECT_GT(worse["cycles"], best["cycles"]);
  EXPECT_EQ(worse["outputs"], best["outputs"]);
}

TEST(MappingOption, TakesATransformersBatchInThePartsThatItNames) {
  const TemporaryFolder folder;
  for (const char* network : {"bert_tiny", "gpt2_tiny"}) {
    const Words run{"run", network, "--chip", "tpu_v1", "--batch", "4", "--json"};
    const Json whole = json_of(run, {"--mapping", folder.file("whole.toml", "sub_batch = 4\n")}),
               parts = json_of(run, {"--mapping", folder.file("parts.toml", "sub_batch = 2\n")});
    EXPECT_EQ(parts["sub_batch"], 2) << network;
    EXPECT_EQ(parts["check"][0]["status"], "passed") << network;
    EXPECT_EQ(parts["outputs"], whole["outputs"]) << network;
  }
}

TEST(MappingOption, RefusesWhatTheNetworkOrTheChipDoesNotHave) {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& text, int exit, const Words& saying) {
    Words words{"run", "lenet5", "--chip", "edge8", "--mapping", folder.file("m.toml", text)};
    expect_refused(words, exit, saying);
  };
  refuses("[layer.conv11]\nP = 1\nM = 6\nPQ = 1\nbuffers = 1\n", 2,
          {"m.toml:2:1: ", "conv11", "did you mean conv1?"});
  refuses("[layer.conv1]\nP = 1\nM = 6\nPQ = 100000\nbuffers = 1\n", 2,
          {"m.toml:2:1: ", "100000", "not in [1, "});
  refuses("[layer.conv1\n", 2, {"m.toml:1:"});
  expect_refused({"run", "lenet5", "--mapping", folder.path("none.toml")}, 3,
                 {"none.toml", "cannot be read"});
  expect_refused({"run", "lenet5", "--search", "simulated"}, 2,
                 {"--search simulated", "did you mean simulate"});
}

TEST(MappingOption, ExplainsTheRunnersUpOfALayer) {
  const Json layer = json_of({"explain", "lenet5", "--chip", "edge8", "--layer", "conv2", "--json"}, {});
  const Json& mapping = layer["mapping"];
  EXPECT_EQ(mapping["loops"].size(), 6u);
  ASSERT_GT(mapping["ranking"].size(), 1u);
  EXPECT_GE(mapping["looked_at"], mapping["ranking"].size());
  for (const Json& candidate : mapping["ranking"]) EXPECT_GT(candidate["alone_cycles"], 0) << candidate;
}

}  // namespace
}  // namespace nnp::test

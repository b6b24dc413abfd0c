// SPDX-License-Identifier: Apache-2.0
// ONNX's own node tests on the chip fp32ref, through the command.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"

namespace nnp::test {
namespace {

constexpr const char* kFolder = "/usr/share/libonnx-testdata/data/node";  // Debian's libonnx-testdata

TEST(Conformance, OnAChipGivesNoWrongValue) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << kFolder << ": install libonnx-testdata";
  const Words arguments = {"conformance", kFolder, "--chip", "fp32ref", "--json"};
  const Outcome outcome = run_nnpsim(arguments);
  ASSERT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
  const auto report = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(report["schema"], "nnpsim.conformance/1");
  EXPECT_EQ(report["failed"], 0);
  std::size_t on_chip = 0, recurrent_on_chip = 0;
  for (const auto& result : report["cases"]) {
    EXPECT_NE(result["status"], "failed") << result["name"] << ": " << result["reason"];
    if (result["where"] == "chip" || result["where"] == "mixed") ++on_chip;
    const std::string name = result["name"];
    const bool recurrent = name.find("_lstm_") != name.npos || name.find("_gru_") != name.npos ||
                           name.find("_rnn_") != name.npos;
    if (recurrent) {
      EXPECT_EQ(result["where"], "chip") << name << ": " << result["reason"];
      ++recurrent_on_chip;
    }
    // A permutation that moves nothing is another name for its input.
    if (name.starts_with("test_transpose_") && name != "test_transpose_all_permutations_0") {
      EXPECT_EQ(result["where"], "chip") << name;
    }
    for (const char* renames : {"test_squeeze", "test_unsqueeze_", "test_flatten_", "test_reshape_"}) {
      if (name.starts_with(renames)) {
        EXPECT_EQ(result["where"], "none") << name;
      }
    }
    if (result["status"] == "unsupported") {
      EXPECT_NE(result["reason"], "") << result["name"];
    }
  }
  EXPECT_EQ(report["cases"].size(), 932u);  // as the package's list has them
  EXPECT_EQ(recurrent_on_chip, 12u);
  EXPECT_GE(on_chip, 362u);  // what was reached; fewer is a step back
}

TEST(Conformance, NamesTheFolderThatHoldsNoCase) {
  expect_refused({"conformance", "/no/such/folder", "--chip", "fp32ref"}, 3, {"/no/such/folder"});
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// `nnpsim report` and `run --report` as a user meets them.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::json;

class ReportCommand : public testing::Test {
 protected:
  Outcome run(Words more) const {
    Words words{"run", "lenet5", "--chip", "edge8", "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return run_nnpsim(words);
  }
  static Json manifest(const std::string& page) {
    const std::string open = R"(<script type="application/json" id="report">)";
    const std::size_t at = page.find(open);
    EXPECT_NE(at, std::string::npos);
    return Json::parse(page.substr(at + open.size(), page.find("</script>", at) - at - open.size()));
  }
  TemporaryFolder folder;
  std::string trace = folder.path("a.npt"), page = folder.path("a.html");
};

TEST_F(ReportCommand, WritesAPageOfOneTraceOrTwo) {
  ASSERT_EQ(run({"--trace", trace}).exit, 0);
  const Outcome one = run_nnpsim({"report", trace, "-o", page});
  EXPECT_EQ(one.exit, 0) << one.err;
  EXPECT_NE(one.out.find("open it in a browser"), std::string::npos) << one.out;
  EXPECT_EQ(manifest(read_bytes(page))["traces"].size(), 1u);
  EXPECT_EQ(run_nnpsim({"report", trace, trace, "-o", page}).exit, 0);
  const Json two = manifest(read_bytes(page));
  EXPECT_EQ(two["traces"].size(), 2u);
  EXPECT_EQ(two["traces"][1]["name"], "a.npt");
  EXPECT_EQ(two["traces"][1]["checks"], nullptr) << "a trace does not know of checks";
  EXPECT_EQ(folder.names(), (Words{"a.html", "a.npt"}));
}

TEST_F(ReportCommand, OfARunNeedsNoTraceFileAndKnowsTheChecks) {
  const Outcome outcome = run({"--report", page});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_EQ(folder.names(), Words{"a.html"}) << "the trace was a passing one";
  const Json trace_entry = manifest(read_bytes(page))["traces"][0];
  EXPECT_EQ(trace_entry["name"], "lenet5 on edge8");
  EXPECT_EQ(trace_entry["checks"][0]["reference"], "naive");
  EXPECT_EQ(trace_entry["checks"][0]["status"], "passed");
}

TEST_F(ReportCommand, OfARunKeepsTheTraceThatIsAskedForToo) {
  EXPECT_EQ(run({"--report", page, "--trace", trace, "--trace-level", "full"}).exit, 0);
  EXPECT_EQ(folder.names(), (Words{"a.html", "a.npt"}));
  EXPECT_EQ(manifest(read_bytes(page))["traces"][0]["bytes"], std::filesystem::file_size(trace));
}

TEST_F(ReportCommand, IsTheSamePageForTheSameRun) {
  EXPECT_EQ(run({"--report", page, "--trace", trace}).exit, 0);
  const std::string first = read_bytes(page);
  EXPECT_EQ(run({"--report", page, "--trace", trace, "--engine", "stepped"}).exit, 0);
  EXPECT_TRUE(first == read_bytes(page));
}

TEST_F(ReportCommand, RefusesWhatItCannotUseAndLeavesNothing) {
  ASSERT_EQ(run({"--trace", trace}).exit, 0);
  const std::string text = folder.file("text.npt", "hello");
  const std::string other = folder.file("other.json", R"({"schema": "nnpsim.run/1"})");
  const std::string broken = folder.file("broken.json", "{");
  expect_refused({"report", text, "-o", page}, 3, {"text.npt", "is not a trace"});
  expect_refused({"report", trace, trace, trace, "-o", page}, 2, {"two to compare", "3"});
  expect_refused({"report", trace, "-o", "/nowhere/a.html"}, 3, {"/nowhere/a.html"});
  expect_refused({"report", trace, "--compare", other, "-o", page}, 3, {"nnpsim.run/1", "nnpsim.compare/1"});
  expect_refused({"report", trace, "--compare", broken, "-o", page}, 3, {"broken.json", "compare --json"});
  expect_refused({"report", trace, "--compare", folder.path("none.json"), "-o", page}, 3, {"none.json"});
  expect_refused({"report", trace, "--whatif", other, "-o", page}, 3, {"nnpsim.run/1", "nnpsim.whatif/1"});
  expect_refused({"report", trace}, 2, {"-o"});
  expect_refused({"run", "lenet5", "--chip", "edge8", "--report", "/nowhere/a.html"}, 3, {"/nowhere/a.html"});
  EXPECT_EQ(folder.names(), (Words{"a.npt", "broken.json", "other.json", "text.npt"}));
}

TEST_F(ReportCommand, TakesWhatOtherCommandsFoundOut) {
  ASSERT_EQ(run({"--trace", trace}).exit, 0);
  const Outcome what_if = run_nnpsim({"whatif", "lenet5", "--chip", "edge8", "--ideal", "dram", "--json"});
  ASSERT_EQ(what_if.exit, 0) << what_if.err;
  EXPECT_EQ(run_nnpsim({"report", trace, "--whatif", folder.file("w.json", what_if.out), "-o", page}).exit,
            0);
  EXPECT_EQ(manifest(read_bytes(page))["what_if"], Json::parse(what_if.out));
}

TEST_F(ReportCommand, OfATraceThatEndsEarlySaysSoAndIsWritten) {
  ASSERT_EQ(run({"--trace", trace}).exit, 0);
  const std::string bytes = read_bytes(trace);
  const Outcome outcome =
      run_nnpsim({"report", folder.file("cut.npt", bytes.substr(0, bytes.size() / 2)), "-o", page});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("ends early"), std::string::npos) << outcome.err;
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// A report holds its traces whole, or their figures; a browser's part is tested in traces/explorer/test.
#include "traces/report/report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/temporary_folder.h"
#include "tests/unit/traces/small_trace.h"
#include "traces/format/trace_file.h"
#include "traces/report/base64.h"
#include "traces/report/page.h"

namespace nnp {
namespace {

using Json = nlohmann::json;
using traces::TraceFile;

std::string encoded(const std::string& text) {
  return traces::base64(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

TEST(Base64, IsThatOfRfc4648) {  // its section 10
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [text, code] : vectors) EXPECT_EQ(encoded(text), code);
  EXPECT_EQ(encoded("\xfb\xff\xbf"), "+/+/") << "the last two digits";
}

/// What stands between `open` and `close`, each time they occur.
std::vector<std::string> between(const std::string& text, const std::string& open, const std::string& close) {
  std::vector<std::string> parts;
  for (std::size_t at = text.find(open); at != std::string::npos; at = text.find(open, at)) {
    at += open.size();
    parts.push_back(text.substr(at, text.find(close, at) - at));
  }
  return parts;
}

class Report : public testing::Test {
 protected:
  Report() { test::write_small_trace(path_, test::seed_or(3)); }
  std::string page(std::uint64_t whole_bytes = traces::kWholeTraceBytes, std::string comparison = "") {
    std::ostringstream to;
    traces::write_report({{{path_, "a <b>.npt", ""}}, std::move(comparison), "", whole_bytes}, to);
    return to.str();
  }
  static Json manifest(const std::string& page) {
    const auto parts = between(page, R"(<script type="application/json" id="report">)", "</script>");
    EXPECT_EQ(parts.size(), 1u);
    return Json::parse(parts.at(0));
  }
  static std::vector<std::string> blocks(const std::string& page) {
    return between(page, R"(<script type="application/octet-stream" data-trace="0">)", "</script>");
  }
  test::TemporaryFolder folder_;
  std::string path_ = folder_.path("a.npt");
};

TEST_F(Report, IsTheExplorersPageWithTheTraceAsBase64InIt) {
  const std::string text = page();
  const std::string bytes = test::read_bytes(path_);
  EXPECT_EQ(blocks(text), std::vector<std::string>{encoded(bytes)});
  const Json trace = manifest(text)["traces"][0];
  EXPECT_EQ(trace["name"], "a <b>.npt");
  EXPECT_EQ(trace["bytes"], bytes.size());
  EXPECT_EQ(trace["file_bytes"], bytes.size());
  EXPECT_EQ(trace["whole"], true);
  EXPECT_EQ(trace["block_bytes"].get<std::uint64_t>() % 3, 0u) << "each block is base64 of its own";
  const std::string before(traces::explorer_page().substr(0, 100));
  EXPECT_TRUE(text.starts_with(before));
  EXPECT_EQ(text.find("a <b>"), std::string::npos) << "no text of a user is markup";
}

TEST_F(Report, TakesAComparisonAsItIs) {
  EXPECT_EQ(manifest(page())["comparison"], nullptr);
  const std::string text =
      page(traces::kWholeTraceBytes, R"({"schema": "nnpsim.compare/1", "rows": ["</script>"]})");
  EXPECT_EQ(manifest(text)["comparison"]["rows"][0], "</script>");
}

TEST_F(Report, OfALargeTraceHasItsFiguresOnly) {
  const std::string text = page(/*whole_bytes=*/10);
  EXPECT_EQ(manifest(text)["traces"][0]["whole"], false);
  const TraceFile whole(path_);
  const std::vector<std::uint8_t> figures = whole.figures();
  EXPECT_EQ(blocks(text), std::vector<std::string>{traces::base64(figures)});

  const TraceFile part(folder_.file("part.npt", std::string(figures.begin(), figures.end())));
  EXPECT_EQ(part.shortcoming(), whole.shortcoming());
  EXPECT_EQ(to_json(part.info()), to_json(whole.info()));
  EXPECT_EQ(to_json(*part.summary()), to_json(*whole.summary()));
  EXPECT_EQ(part.counters().size(), whole.counters().size());
  for (std::size_t unit = 0; unit < whole.info().units.size(); ++unit) {
    ASSERT_EQ(part.pyramid(unit).size(), whole.pyramid(unit).size());
    for (std::size_t i = 0; i < whole.pyramid(unit).size(); ++i)
      EXPECT_EQ(part.pyramid(unit)[i].shares, whole.pyramid(unit)[i].shares);
  }
  EXPECT_GT(whole.records_in_file(), 0u);
  EXPECT_EQ(part.records_in_file(), 0u);
  EXPECT_EQ(part.program_lines(), 0u);
}

}  // namespace
}  // namespace nnp

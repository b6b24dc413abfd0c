// SPDX-License-Identifier: Apache-2.0
// `nnpsim export` as a user meets it: what it writes, what it refuses, and that nothing half-written stays.
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

class Export : public testing::Test {
 protected:
  void SetUp() override {
    const Outcome run =
        run_nnpsim({"run", "lenet5", "--chip", "edge8", "--timing-only", "--quiet", "--trace", trace});
    ASSERT_EQ(run.exit, 0) << run.err;
  }
  Outcome exported(Words more) const {
    Words words{"export", trace};
    words.insert(words.end(), more.begin(), more.end());
    return run_nnpsim(words);
  }
  void expect_export_refused(Words more, int exit, const Words& words) const {
    Words arguments{"export", trace};
    arguments.insert(arguments.end(), more.begin(), more.end());
    expect_refused(arguments, exit, words);
  }
  TemporaryFolder folder;
  std::string trace = folder.path("x.npt");
};

TEST_F(Export, WritesEachFormatAndSaysWhatOpensIt) {
  const std::pair<const char*, const char*> formats[] = {
      {"--perfetto", "ui.perfetto.dev"}, {"--konata", "Konata"}, {"--vcd", "gtkwave"}};
  for (const auto& [format, word] : formats) {
    const Outcome outcome = exported({format, "-o", folder.path("out")});
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    EXPECT_NE(outcome.out.find(word), std::string::npos) << outcome.out;
    EXPECT_GT(std::filesystem::file_size(folder.path("out")), 1000u) << format;
  }
  EXPECT_EQ(folder.names(), (Words{"out", "x.npt"})) << "nothing else is left";
}

TEST_F(Export, WritesAFolderOfTables) {
  EXPECT_EQ(exported({"--csv", "-o", folder.path("tables")}).exit, 0);
  Words names;
  for (const auto& entry : std::filesystem::directory_iterator(folder.path("tables")))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (Words{"commands.csv", "counters.csv", "instructions.csv", "layers.csv", "passes.csv",
                          "states.csv", "tiles.csv", "transfers.csv"}));
  EXPECT_TRUE(
      read_bytes(folder.path("tables/states.csv")).starts_with("unit,clock,start_cycle,length_cycles,"));
}

TEST_F(Export, IsTheSameBytesEachTime) {
  for (const char* format : {"--perfetto", "--konata"}) {
    EXPECT_EQ(exported({format, "-o", folder.path("a")}).exit, 0);
    EXPECT_EQ(exported({format, "-o", folder.path("b")}).exit, 0);
    EXPECT_TRUE(read_bytes(folder.path("a")) == read_bytes(folder.path("b"))) << format;
  }
}

TEST_F(Export, AVcdHasTenThousandCyclesWhereNothingElseIsSaid) {
  EXPECT_EQ(exported({"--vcd", "-o", folder.path("a.vcd")}).exit, 0);
  EXPECT_TRUE(read_bytes(folder.path("a.vcd")).ends_with("#10001\n"));
  EXPECT_EQ(exported({"--vcd", "-o", folder.path("a.vcd"), "--from", "500", "--to", "600"}).exit, 0);
  EXPECT_TRUE(read_bytes(folder.path("a.vcd")).ends_with("#601\n"));
}

TEST_F(Export, RefusesWhatItCannotDo) {
  expect_export_refused({"-o", folder.path("o")}, 2, {"one of --perfetto, --konata, --csv, --vcd"});
  expect_export_refused({"--vcd", "--csv", "-o", folder.path("o")}, 2, {"one of"});
  expect_export_refused({"--perfetto"}, 2, {"-o"});
  expect_export_refused({"--perfeto", "-o", folder.path("o")}, 2, {"--perfetto"});
  expect_export_refused({"--csv", "--from", "9", "--to", "9", "-o", folder.path("o")}, 2, {"--to 9"});
  expect_export_refused({"--vcd", "--from", "99999999", "-o", folder.path("o")}, 2, {"ends at cycle"});
  expect_export_refused({"--vcd", "--from", "x", "-o", folder.path("o")}, 2, {"--from"});
  EXPECT_EQ(folder.names(), (Words{"x.npt"}));
}

TEST_F(Export, RefusesFilesThatItCannotReadOrWrite) {
  for (const char* format : {"--perfetto", "--konata", "--vcd"}) {
    expect_export_refused({format, "-o", folder.path("no/such/folder")}, 3, {"no/such/folder"});
    expect_export_refused({format, "-o", "/dev/null"}, 3, {"/dev/null", "not a file"});
    expect_export_refused({format, "-o", folder.path("")}, 3, {"not a file"});
  }
  expect_export_refused({"--csv", "-o", trace}, 3, {"x.npt", "not a folder"});
  expect_refused({"export", folder.path("none.npt"), "--csv", "-o", folder.path("o")}, 3, {"none.npt"});
  folder.file("text.npt", "no trace");
  expect_refused({"export", folder.path("text.npt"), "--csv", "-o", folder.path("o")}, 3, {"is not a trace"});
  EXPECT_EQ(folder.names(), (Words{"text.npt", "x.npt"}));
}

TEST_F(Export, OfATraceWithFiguresOnlyIsRefused) {
  const std::string summary = folder.path("s.npt");
  run_nnpsim({"run", "lenet5", "--chip", "edge8", "--timing-only", "--quiet", "--trace", summary,
              "--trace-level", "summary"});
  expect_refused({"export", summary, "--perfetto", "-o", folder.path("o")}, 3, {"s.npt", "level summary"});
}

TEST_F(Export, OfACutTraceSaysSoAndExportsWhatIsThere) {
  const std::string whole = read_bytes(trace);
  folder.file("cut.npt", whole.substr(0, whole.size() * 2 / 3));
  const Outcome outcome =
      run_nnpsim({"export", folder.path("cut.npt"), "--konata", "-o", folder.path("cut.konata")});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  EXPECT_NE(outcome.err.find("ends early"), std::string::npos) << outcome.err;
  EXPECT_TRUE(read_bytes(folder.path("cut.konata")).starts_with("Kanata\t0004\n"));
}

TEST_F(Export, TheReaderInTheGuideFindsTheAccountsOfTheQuery) {
  if (std::system("command -v python3 >/dev/null 2>&1") != 0) GTEST_SKIP() << "python3 is not installed";
  const std::string guide = read_bytes(std::string(NNPSIM_SOURCE_DIR) + "/docs/guide/trace-file.md");
  const std::string fence = "```python\n";
  const std::size_t begin = guide.find(fence) + fence.size();
  folder.file("reader.py", guide.substr(begin, guide.find("```", begin) - begin));
  const std::string command =
      fmt::format("python3 '{}' '{}' >'{}'", folder.path("reader.py"), trace, folder.path("sums"));
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const auto units = nlohmann::json::parse(run_nnpsim({"query", trace, "--json"}).out)["units"];
  std::istringstream lines(read_bytes(folder.path("sums")));
  std::size_t found = 0;
  for (std::string line; std::getline(lines, line); ++found) {
    std::istringstream words(line);
    std::string unit, state, cause;
    words >> unit >> state;
    if (state == "wait") words >> cause;
    std::uint64_t cycles = 0;
    words >> cycles;
    EXPECT_EQ(state == "wait" ? units[unit]["waits"][cause] : units[unit][state], cycles) << line;
  }
  EXPECT_GT(found, units.size());
}

}  // namespace
}  // namespace nnp::test

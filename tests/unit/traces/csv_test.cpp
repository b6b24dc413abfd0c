// SPDX-License-Identifier: Apache-2.0
// The CSV export has every record of the trace, under heads that name units.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/temporary_folder.h"
#include "tests/unit/traces/small_trace.h"
#include "traces/export/csv.h"
#include "traces/query/laws.h"

namespace nnp {
namespace {

using traces::CsvTable;
using Rows = std::vector<std::map<std::string, std::string>>;

/// By RFC 4180: fields in quotes may have commas, line ends and doubled quotes.
Rows read_csv(const std::string& text) {
  std::vector<std::vector<std::string>> lines(1);
  std::string field;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (quoted && text[at] == '"' && at + 1 < text.size() && text[at + 1] == '"') {
      field += text[++at];
    } else if (text[at] == '"') {
      quoted = !quoted;
    } else if (!quoted && (text[at] == ',' || text[at] == '\n')) {
      lines.back().push_back(std::exchange(field, ""));
      if (text[at] == '\n') lines.emplace_back();
    } else {
      field += text[at];
    }
  }
  lines.pop_back();  // the text ends in a line end
  Rows rows;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].size(), lines[0].size()) << "line " << i + 1;
    rows.emplace_back();
    for (std::size_t c = 0; c < lines[i].size(); ++c) rows.back()[lines[0][c]] = lines[i][c];
  }
  return rows;
}

class Csv : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    seed = test::seed_or(GetParam());
    test::write_small_trace(folder.path("x.npt"), seed);
    file.emplace(folder.path("x.npt"));
  }
  Rows exported(CsvTable table, traces::Window window = {}) const {
    std::ostringstream text;
    write_csv(*file, table, window, text);
    return read_csv(text.str());
  }
  /// f(unit id, name).
  template <typename F>
  void each_unit(F&& f) const {
    for (std::size_t unit = 0; unit < file->info().units.size(); ++unit)
      f(unit, file->info().units[unit].name);
  }
  std::string reproducer() const {
    return fmt::format("reproduce: NNPSIM_SEED={} test_trace_exports --gtest_filter='*Csv*/0'", seed);
  }
  std::uint64_t seed = 0;
  test::TemporaryFolder folder;
  std::optional<traces::TraceFile> file;
};

std::uint64_t number(const std::map<std::string, std::string>& row, const std::string& column) {
  return std::stoull(row.at(column));
}

TEST_P(Csv, StatesSumToTheAccountOfEachUnit) {
  SCOPED_TRACE(reproducer());
  std::map<std::string, traces::TraceAccount> sums;
  for (const auto& row : exported(CsvTable::states)) {
    traces::TraceAccount& sum = sums[row.at("unit")];
    const Cycles cycles = number(row, "length_cycles");
    EXPECT_EQ(number(row, "start_cycle"), sum.cycles) << "no gap";
    sum.cycles += cycles;
    if (row.at("state") == "busy") sum.busy += cycles;
    if (row.at("state") == "idle") sum.idle += cycles;
    if (row.at("state") == "wait") sum.waits[row.at("cause")] += cycles;
    EXPECT_EQ(row.at("ended_by").empty(), row.at("state") == "busy");
  }
  each_unit([&](std::size_t unit, const std::string& name) {
    EXPECT_EQ(sums[name], traces::account_of(file->states(unit))) << name;
  });
}

TEST_P(Csv, EachKindHasARowForEachRecordAndTheSumsOfTheTrace) {
  SCOPED_TRACE(reproducer());
  std::map<CsvTable, std::size_t> records;
  Bytes bytes = 0, exported_bytes = 0;
  std::uint64_t rows = 0, exported_rows = 0, times = 0, exported_times = 0;
  each_unit([&](std::size_t unit, const std::string&) {
    records[CsvTable::instructions] += file->instructions(unit).size();
    for (const sim::InstructionSpan& span : file->instructions(unit))
      times += span.dispatched + span.decoded + span.ready + span.started + span.ended + span.retired;
    records[CsvTable::transfers] += file->transfers(unit).size();
    for (const sim::TransferSpan& span : file->transfers(unit)) bytes += span.bytes;
    records[CsvTable::tiles] += file->tiles(unit).size();
    records[CsvTable::passes] += file->passes(unit).size();
    for (const sim::PassSpan& span : file->passes(unit)) rows += span.rows;
    records[CsvTable::commands] += file->commands(unit).size();
  });
  for (const traces::Counter& counter : file->counters())
    records[CsvTable::counters] += counter.samples.size();
  records[CsvTable::layers] = file->info().layers.size();
  for (const auto& [table, count] : records) EXPECT_EQ(exported(table).size(), count) << to_string(table);
  for (const auto& row : exported(CsvTable::transfers)) exported_bytes += number(row, "size_bytes");
  for (const auto& row : exported(CsvTable::passes)) exported_rows += number(row, "rows");
  for (const auto& row : exported(CsvTable::instructions))
    for (const char* time : {"dispatched", "decoded", "ready", "started", "ended", "retired"})
      exported_times += number(row, fmt::format("{}_core_cycle", time));
  EXPECT_EQ(exported_bytes, bytes);
  EXPECT_EQ(exported_rows, rows);
  EXPECT_EQ(exported_times, times);
}

TEST_P(Csv, InstructionsCarryTheirText) {
  SCOPED_TRACE(reproducer());
  for (const auto& row : exported(CsvTable::instructions))
    EXPECT_EQ(row.at("text"), file->instruction_text(static_cast<std::uint32_t>(number(row, "instruction"))));
}

TEST_P(Csv, AWindowHasTheRowsThatMeetIt) {
  SCOPED_TRACE(reproducer());
  const traces::Window window{file->summary()->cycles / 3, file->summary()->cycles / 2};
  std::size_t expected = 0, found = 0;
  each_unit([&](std::size_t unit, const std::string&) {
    if (!file->info().units[unit].memory_clock)
      for (const sim::StateRecord& r : file->states(unit))
        expected += window.meets(r.start, r.start + r.length);
  });
  for (const auto& row : exported(CsvTable::states, window)) found += row.at("clock") == "core";
  EXPECT_EQ(found, expected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Csv, testing::Range<std::uint64_t>(1, 5));

}  // namespace
}  // namespace nnp

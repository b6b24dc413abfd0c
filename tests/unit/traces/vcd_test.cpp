// SPDX-License-Identifier: Apache-2.0
// The VCD export, read back by a small parser, shows at each cycle what a query tells of it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <sstream>

#include "tests/support/temporary_folder.h"
#include "tests/unit/traces/small_trace.h"
#include "traces/export/vcd.h"
#include "traces/query/at_cycle.h"

namespace nnp {
namespace {

/// IEEE 1364, as much as SystemC writes: scopes, wires, times, scalar and binary values.
class Vcd {
 public:
  explicit Vcd(const std::string& text) {
    std::istringstream words(text);
    std::vector<std::string> scopes;
    std::string word;
    const auto skip = [&] {
      while (words >> word && word != "$end") {
      }
    };
    Cycle now = 0;
    while (words >> word) {
      if (word == "$scope") {
        words >> word >> word;
        scopes.push_back(word);
        skip();
      } else if (word == "$upscope") {
        scopes.pop_back();
        skip();
      } else if (word == "$timescale") {
        while (words >> word && word != "$end") scale_ += word;
      } else if (word == "$var") {
        std::string width, code, name;
        words >> word >> width >> code >> name;
        code_of_[(scopes.size() > 1 ? scopes.back() + "." : "") + name] = code;
        skip();
      } else if (word == "$comment" || word == "$date" || word == "$version" || word == "$enddefinitions") {
        skip();
      } else if (word == "$dumpvars" || word == "$end") {
        continue;
      } else if (word[0] == '#') {
        now = std::stoull(word.substr(1));
        EXPECT_TRUE(times_.empty() || now > times_.back());
        times_.push_back(now);
      } else if (word[0] == 'b') {
        std::string code;
        words >> code;
        changes_[code][now] = std::stoull(word.substr(1), nullptr, 2);
      } else {
        EXPECT_TRUE(word[0] == '0' || word[0] == '1') << word;
        changes_[word.substr(1)][now] = static_cast<std::uint64_t>(word[0] - '0');
      }
    }
  }
  std::uint64_t at(const std::string& signal, Cycle cycle) const {
    const auto& changes = changes_.at(code_of_.at(signal));
    return std::prev(changes.upper_bound(cycle))->second;
  }
  const std::string& scale() const { return scale_; }
  Cycle last() const { return times_.back(); }

 private:
  std::string scale_;
  std::map<std::string, std::string> code_of_;
  std::map<std::string, std::map<Cycle, std::uint64_t>> changes_;
  std::vector<Cycle> times_;
};

class VcdExport : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    seed = test::seed_or(GetParam());
    test::write_small_trace(folder.path("x.npt"), seed);
    file.emplace(folder.path("x.npt"));
    cycles = file->summary()->cycles;
  }
  Vcd exported(traces::Window window) const {
    write_vcd(*file, window, folder.path("x.vcd"));
    return Vcd(test::read_bytes(folder.path("x.vcd")));
  }
  void expect_as_queried(const Vcd& vcd, Cycle cycle) const {
    for (const traces::UnitAt& unit : at_cycle(*file, cycle)) {
      const std::string& name = file->info().units[unit.unit].name;
      const sim::UnitState state = unit.record ? unit.record->state : sim::UnitState{};
      EXPECT_EQ(vcd.at(name + ".state", cycle), static_cast<std::uint64_t>(state.state)) << name << cycle;
      EXPECT_EQ(vcd.at(name + ".cause", cycle), static_cast<std::uint64_t>(state.cause)) << name << cycle;
      EXPECT_EQ(vcd.at(name + ".layer", cycle), state.layer) << name << cycle;
      EXPECT_EQ(vcd.at(name + ".instruction", cycle), state.instruction) << name << cycle;
      EXPECT_EQ(vcd.at(name + ".queue", cycle), unit.queued) << name << cycle;
    }
  }
  std::string reproducer() const {
    return fmt::format("reproduce: NNPSIM_SEED={} test_trace_exports --gtest_filter='*VcdExport*/0'", seed);
  }
  std::uint64_t seed = 0;
  Cycle cycles = 0;
  test::TemporaryFolder folder;
  std::optional<traces::TraceFile> file;
};

TEST_P(VcdExport, ShowsAtRandomCyclesWhatAQueryTells) {
  SCOPED_TRACE(reproducer());
  const Vcd vcd = exported({0, cycles});
  EXPECT_EQ(vcd.scale(), "1ns");
  std::mt19937_64 random(seed);
  for (int i = 0; i < 50; ++i) expect_as_queried(vcd, random() % cycles);
  expect_as_queried(vcd, 0);
  expect_as_queried(vcd, cycles - 1);
}

TEST_P(VcdExport, AWindowKeepsTheCyclesOfTheRunAndIsMarked) {
  SCOPED_TRACE(reproducer());
  const traces::Window window{cycles / 3, cycles / 2};
  const Vcd vcd = exported(window);
  for (const Cycle cycle : {window.from, (window.from + window.to) / 2, window.to - 1}) {
    expect_as_queried(vcd, cycle);
    EXPECT_EQ(vcd.at("recorded", cycle), 1u);
  }
  EXPECT_EQ(vcd.at("recorded", window.from - 1), 0u);
  EXPECT_EQ(vcd.at("recorded", window.to), 0u);
  EXPECT_EQ(vcd.last(), window.to + 1);
}

TEST_P(VcdExport, IsReadByVcd2fst) {
  if (std::system("command -v vcd2fst >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "vcd2fst is not installed (Debian 12: package gtkwave)";
  write_vcd(*file, {0, cycles}, folder.path("x.vcd"));
  const std::string command =
      fmt::format("vcd2fst '{0}' '{1}' >/dev/null 2>&1 && fst2vcd '{1}' >'{2}' 2>/dev/null",
                  folder.path("x.vcd"), folder.path("x.fst"), folder.path("back.vcd"));
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
  const Vcd back(test::read_bytes(folder.path("back.vcd")));
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10; ++i) expect_as_queried(back, random() % cycles);
}

INSTANTIATE_TEST_SUITE_P(Seeds, VcdExport, testing::Range<std::uint64_t>(1, 5));

TEST(VcdFiles, AreRefusedWhereTheyCannotBeWritten) {
  const test::TemporaryFolder folder;
  test::write_small_trace(folder.path("x.npt"), 1);
  const traces::TraceFile file(folder.path("x.npt"));
  EXPECT_THROW(write_vcd(file, {0, 10}, folder.path("no/such/folder.vcd")), traces::TraceFileError);
  EXPECT_THROW(write_vcd(file, {0, 10}, folder.path("x.txt")), traces::TraceFileError);
  EXPECT_THROW(write_vcd(file, {10, 10}, folder.path("x.vcd")), traces::TraceFileError);
  EXPECT_THROW(write_vcd(file, {0, kNever}, folder.path("x.vcd")), traces::TraceFileError);
}

}  // namespace
}  // namespace nnp

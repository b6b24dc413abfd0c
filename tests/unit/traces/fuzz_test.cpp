// SPDX-License-Identifier: Apache-2.0
// A damaged trace gives answers or a message about the file: never a crash, a hang, or memory without bound.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "tests/support/temporary_folder.h"
#include "tests/unit/traces/small_trace.h"
#include "tests/unit/traces/trace_surgery.h"
#include "traces/export/csv.h"
#include "traces/export/konata.h"
#include "traces/export/perfetto.h"
#include "traces/export/vcd.h"
#include "traces/query/at_cycle.h"
#include "traces/query/critical_path.h"
#include "traces/query/extent.h"
#include "traces/query/laws.h"
#include "traces/query/stalls.h"

namespace nnp {
namespace {

using traces::TraceFile;
using traces::TraceFileError;

/// Takes what is written and counts it.
class Sink : public std::streambuf {
 public:
  std::uint64_t bytes = 0;

 private:
  int_type overflow(int_type c) override { return ++bytes, c; }
  std::streamsize xsputn(const char*, std::streamsize size) override {
    bytes += static_cast<std::uint64_t>(size);
    return size;
  }
};

/// Asks everything; each question may be answered or refused on its own.
class Questions {
 public:
  explicit Questions(const std::string& path) : path_(path) {}

  void ask() {
    try {
      file_.emplace(path_);
    } catch (const TraceFileError& error) {
      ++refusals;
      EXPECT_TRUE(std::string(error.what()).starts_with(path_)) << error.what();
      return;
    }
    for (std::size_t unit = 0; unit < file_->info().units.size(); ++unit) {
      question([&] { file_->states(unit); });
      question([&] { file_->instructions(unit); });
      question([&] { file_->transfers(unit); });
      question([&] { file_->tiles(unit); });
      question([&] { file_->passes(unit); });
      question([&] { file_->commands(unit); });
      question([&] { file_->pyramid(unit); });
    }
    question([&] { file_->counters(); });
    question([&] { file_->program_text(); });
    for (const std::uint32_t index : {0u, 7u, 1u << 20, ~0u})
      question([&] { file_->instruction_text(index); });
    question([&] { file_->records_in_file(); });
    question([&] { file_->figures(); });
    question([&] { end_ = recorded_cycles(*file_); });
    for (const Cycle cycle : {Cycle{0}, end_ / 2, end_ - 1, kNever})
      question([&] { at_cycle(*file_, cycle); });
    question([&] { stalls(*file_, {}); });
    question([&] { ask_graph(); });
    question([&] { breached_laws(*file_, traces::TraceGraph(*file_)); });
    export_all();
  }
  int answers = 0, refusals = 0;
  bool was_opened() const { return file_.has_value(); }

 private:
  template <typename F>
  void question(F&& ask) {
    try {
      ask();
      ++answers;
    } catch (const TraceFileError&) {
      ++refusals;
    }
  }
  void ask_graph() const {
    const traces::TraceGraph graph(*file_);
    Cycle at = 0;
    for (const traces::PathPiece& piece : critical_path(graph)) {
      EXPECT_EQ(piece.start, at);
      at += piece.cycles;
    }
    for (std::uint16_t unit = 0; unit < graph.units().size(); ++unit)
      for (std::size_t i = 0; i < std::min<std::size_t>(graph.units()[unit].states.size(), 20); ++i)
        chain(graph, unit, i);
  }
  void export_all() {
    for (const traces::Window window : {traces::Window{}, traces::Window{end_ / 3, end_ / 2}}) {
      Sink sink;
      std::ostream to(&sink);
      question([&] { write_perfetto(*file_, window, to); });
      question([&] { write_konata(*file_, window, to); });
      for (const traces::CsvTable table : traces::kCsvTables)
        question([&] { write_csv(*file_, table, window, to); });
    }
    const std::string vcd = path_ + ".vcd";
    question([&] { write_vcd(*file_, {0, std::min<Cycle>(end_, 10'000)}, vcd); });
    question([&] { write_vcd(*file_, {end_ / 2, end_}, vcd); });
  }

  std::string path_;
  std::optional<TraceFile> file_;
  Cycle end_ = 0;
};

class DamagedTraces : public testing::TestWithParam<std::uint64_t> {};

constexpr std::uint64_t kMutantsOfATest = 125;

TEST_P(DamagedTraces, AreAnsweredOrRefused) {
  const test::TemporaryFolder folder;
  test::write_small_trace(folder.path("whole.npt"), 2);
  const std::string whole = test::read_bytes(folder.path("whole.npt"));
  {
    Questions questions(folder.path("whole.npt"));
    questions.ask();
    EXPECT_EQ(questions.refusals, 0) << "of a whole trace";
  }
  std::uint64_t first = GetParam() * kMutantsOfATest, count = kMutantsOfATest;
  if (const char* only = std::getenv("NNPSIM_SEED")) first = std::strtoull(only, nullptr, 10), count = 1;
  std::uint64_t opened = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    test::Random random(seed);
    const test::Mutant mutant = test::mutated(whole, random);
    const std::string reproducer = fmt::format(
        "reproduce: NNPSIM_SEED={} test_trace_fuzz --gtest_filter='*/0' ({})", seed, mutant.story);
    SCOPED_TRACE(reproducer);
    Questions questions(folder.file("mutant.npt", mutant.bytes));
    const auto start = std::chrono::steady_clock::now();
    try {
      questions.ask();
    } catch (const std::exception& error) {
      ADD_FAILURE() << "not a message about the file: " << error.what();
    }
    opened += questions.was_opened();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    EXPECT_LT(took.count(), 20) << "seconds";
  }
  if (count > 1) {
    EXPECT_GT(opened, count / 3) << "mutants that reach what lies behind the first checks";
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  EXPECT_LT(usage.ru_maxrss, 1 << 20) << "KiB";
}

INSTANTIATE_TEST_SUITE_P(Mutants, DamagedTraces, testing::Range<std::uint64_t>(0, 8));

TEST(CutTraces, AreReadUpToTheirLastWholeChunk) {
  const test::TemporaryFolder folder;
  test::write_small_trace(folder.path("whole.npt"), 2);
  const std::string whole = test::read_bytes(folder.path("whole.npt"));
  const std::uint64_t records = TraceFile(folder.path("whole.npt")).records_in_file();
  std::uint64_t before = 0;
  for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 200) {
    const std::string path = folder.file("cut.npt", whole.substr(0, size));
    try {
      const TraceFile file(path);
      EXPECT_FALSE(file.shortcoming().empty());
      EXPECT_LE(before, file.records_in_file());
      before = file.records_in_file();
    } catch (const TraceFileError&) {
      EXPECT_EQ(before, 0u) << "once the metadata are there, the file can be read";
    }
  }
  EXPECT_EQ(before, records);
}

}  // namespace
}  // namespace nnp

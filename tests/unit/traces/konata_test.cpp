// SPDX-License-Identifier: Apache-2.0
// The Konata export keeps the rules of its format and has every instruction's cycles.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/temporary_folder.h"
#include "tests/unit/traces/konata_reader.h"
#include "tests/unit/traces/small_trace.h"
#include "traces/export/konata.h"

namespace nnp {
namespace {

class Konata : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override {
    seed = test::seed_or(GetParam());
    test::write_small_trace(folder.path("x.npt"), seed);
    file.emplace(folder.path("x.npt"));
  }
  std::vector<test::KonataOp> exported(traces::Window window = {}) const {
    std::ostringstream text;
    write_konata(*file, window, text);
    return test::read_konata(text.str());
  }
  std::map<std::uint64_t, sim::InstructionSpan> spans() const {
    std::map<std::uint64_t, sim::InstructionSpan> all;
    for (std::size_t unit = 0; unit < file->info().units.size(); ++unit)
      for (const sim::InstructionSpan& span : file->instructions(unit)) all[span.instruction] = span;
    return all;
  }
  std::string reproducer() const {
    return fmt::format("reproduce: NNPSIM_SEED={} test_trace_exports --gtest_filter='*Konata*/0'", seed);
  }
  std::uint64_t seed = 0;
  test::TemporaryFolder folder;
  std::optional<traces::TraceFile> file;
};

TEST_P(Konata, EachInstructionIsOneRowWithItsStagesCycles) {
  SCOPED_TRACE(reproducer());
  const auto all = spans();
  const auto ops = exported();
  ASSERT_EQ(ops.size(), all.size());
  for (const test::KonataOp& op : ops) {
    const sim::InstructionSpan& span = all.at(op.instruction);
    const bool works = span.ended > span.started;
    const Cycle worked = works ? span.ended : span.started + 1;  // CFG, WAIT and SIGNAL show for a cycle
    std::map<std::string, Cycles> expected{{"Q", span.decoded - span.dispatched},
                                           {"T", span.ready - span.decoded},
                                           {"S", span.started - span.ready},
                                           {"X", worked - span.started},
                                           {"P", span.retired + 1 - worked}};
    std::erase_if(expected, [](const auto& entry) { return entry.second == 0; });
    std::map<std::string, Cycles> stages;
    Cycle at = span.dispatched;
    for (const test::KonataStage& stage : op.lanes.at(0)) {
      EXPECT_EQ(stage.begin, at) << "stages follow each other";
      stages[stage.name] = stage.end - stage.begin;
      at = stage.end;
    }
    EXPECT_EQ(stages, expected) << op.label;
    EXPECT_EQ(op.begin, span.dispatched) << op.label;
    EXPECT_EQ(op.retired, span.retired + 1) << op.label;
    EXPECT_EQ(op.thread, span.unit);
    EXPECT_NE(op.label.find(file->instruction_text(span.instruction)), std::string::npos);
    EXPECT_NE(op.label.find(file->info().units[span.unit].name), std::string::npos);
  }
}

TEST_P(Konata, LaneOneHasTheWaitsOfTheInstructionsOwnUnit) {
  SCOPED_TRACE(reproducer());
  const auto all = spans();
  std::map<std::string, Cycles> expected, drawn;
  for (std::size_t unit = 0; unit < file->info().units.size(); ++unit)
    for (const sim::StateRecord& r : file->states(unit))
      if (const auto span = all.find(r.state.instruction);
          r.state.state == sim::State::wait && span != all.end() && span->second.unit == unit)
        expected[fmt::format("{} {}", r.state.instruction, to_string(r.state.cause))] += r.length;
  for (const test::KonataOp& op : exported())
    if (const auto lane = op.lanes.find(1); lane != op.lanes.end())
      for (const test::KonataStage& stage : lane->second)
        drawn[fmt::format("{} {}", op.instruction, stage.name)] += stage.end - stage.begin;
  EXPECT_EQ(drawn, expected);
}

TEST_P(Konata, AnArrowComesFromTheInstructionWhoseRetirementEndedTheWait) {
  SCOPED_TRACE(reproducer());
  const auto all = spans();
  std::multiset<std::string> expected, drawn;
  for (std::size_t unit = 0; unit < file->info().units.size(); ++unit)
    for (const sim::StateRecord& r : file->states(unit))
      if (const auto span = all.find(r.state.instruction); r.state.state == sim::State::wait &&
                                                           r.ended_by.kind == sim::Release::Kind::retired &&
                                                           span != all.end() && span->second.unit == unit)
        expected.insert(
            fmt::format("{} -> {} at {}", r.ended_by.number, r.state.instruction, r.start + r.length));
  const auto ops = exported();
  for (const test::KonataOp& op : ops)
    for (const auto& [producer, cycle] : op.producers) {
      drawn.insert(fmt::format("{} -> {} at {}", ops[producer].instruction, op.instruction, cycle));
      EXPECT_EQ(ops[producer].retired, cycle) << "seen one cycle after the retirement";
    }
  EXPECT_EQ(drawn, expected);
}

TEST_P(Konata, AWindowHasTheRowsThatMeetIt) {
  SCOPED_TRACE(reproducer());
  const traces::Window window{file->summary()->cycles / 3, file->summary()->cycles / 2};
  std::size_t expected = 0;
  for (const auto& [index, span] : spans()) expected += window.meets(span.dispatched, span.retired + 1);
  EXPECT_EQ(exported(window).size(), expected);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Konata, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace nnp

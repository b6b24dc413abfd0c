// SPDX-License-Identifier: Apache-2.0
// Rung: unit. States partition time.
#include <gtest/gtest.h>

#include "sim/kernel/accounting.h"

namespace nnp::sim {
namespace {

struct Recorder : TraceSink {
  void state(const StateRecord& record) override { records.push_back(record); }
  std::vector<StateRecord> records;
};

TEST(StateTrack, CoversTimeWithoutGapAndDropsStatesOfNoLength) {
  Recorder recorder;
  StateTrack track(3, &recorder);
  track.set(5, {State::busy, Cause::none, kNoUnit, 1, 10, kNoInstruction});
  track.set(9, {State::wait, Cause::raw, 2, 1, 11, kNoInstruction});
  track.set(9, {State::busy, Cause::none, kNoUnit, 1, 12, kNoInstruction});  // the last call of a cycle counts
  track.finish(20);
  ASSERT_EQ(recorder.records.size(), 3u);
  Cycle at = 0;
  for (const StateRecord& record : recorder.records) {
    EXPECT_EQ(record.start, at);
    EXPECT_EQ(record.unit, 3);
    at += record.length;
  }
  EXPECT_EQ(at, 20u);
  EXPECT_EQ(recorder.records[0].state.state, State::idle);
  EXPECT_EQ(recorder.records[2].state.instruction, 12u);
}

TEST(StateTrack, NamesWhatEndedAWait) {
  Recorder recorder;
  StateTrack track(0, &recorder);
  track.set(1, {State::wait, Cause::raw, 4, 0, 7, kNoInstruction});
  track.end_wait(99);
  track.set(6, {});
  track.finish(8);
  ASSERT_EQ(recorder.records.size(), 3u);
  EXPECT_EQ(recorder.records[1].state.blocker, 99u);
  EXPECT_EQ(recorder.records[2].state.blocker, kNoInstruction);
}

TEST(StateTrack, RefusesToGoBackInTime) {
  StateTrack track(0, nullptr);
  track.set(10, {State::busy, Cause::none, kNoUnit, 0, 0, kNoInstruction});
  EXPECT_THROW(track.set(9, {}), InternalError);
}

TEST(Causes, EachHasANameAndADefinition) {
  for (unsigned i = 0; i < static_cast<unsigned>(Cause::count); ++i) {
    EXPECT_STRNE(to_string(static_cast<Cause>(i)), "");
    EXPECT_STRNE(definition(static_cast<Cause>(i)), "");
  }
}

}  // namespace
}  // namespace nnp::sim

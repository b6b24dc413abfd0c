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
  track.set(5, {State::busy, Cause::none, kNoUnit, 1, 10});
  track.set(9, {State::wait, Cause::raw, 2, 1, 11});
  track.set(9, {State::busy, Cause::none, kNoUnit, 1, 12});  // the last call of a cycle counts
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

constexpr UnitState kAsks{State::busy, Cause::none, kNoUnit, 1, 10}, kAwaits{State::wait, Cause::memory};

TEST(StateTrack, EntersAForeseenStateByItself) {
  Recorder recorder;
  StateTrack track(3, &recorder);
  track.set(3, kAsks);
  track.foresee(4, kAwaits);
  EXPECT_EQ(track.foreseen(), 4u);
  EXPECT_EQ(track.at(3), kAsks);
  EXPECT_EQ(track.at(4), kAwaits);
  track.set(9, {});
  track.finish(10);
  ASSERT_EQ(recorder.records.size(), 4u);
  EXPECT_EQ(recorder.records[1].state, kAsks);
  EXPECT_EQ(recorder.records[1].length, 1u);
  EXPECT_EQ(recorder.records[2].state.cause, Cause::memory);
  EXPECT_EQ(recorder.records[2].start, 4u);
  EXPECT_EQ(recorder.records[2].length, 5u);
}

TEST(StateTrack, ForgetsAForeseenStateWhereAnotherIsSetByThen) {
  for (const Cycle set : {4u, 5u}) {
    Recorder recorder;
    StateTrack track(3, &recorder);
    track.set(3, kAsks);
    track.foresee(5, kAwaits);
    track.set(set, kAsks);
    track.finish(8);
    ASSERT_EQ(recorder.records.size(), 2u) << "set in " << set;
    EXPECT_EQ(recorder.records[1].state, kAsks);
    EXPECT_EQ(recorder.records[1].length, 5u);
  }
}

TEST(StateTrack, DropsAStateThatIsForeseenForTheEnd) {
  Recorder recorder;
  StateTrack track(3, &recorder);
  track.set(3, kAsks);
  track.foresee(4, kAwaits);
  track.finish(4);
  ASSERT_EQ(recorder.records.size(), 2u);
  EXPECT_EQ(recorder.records[1].state, kAsks);
}

TEST(StateTrack, NamesWhatEndedAWait) {
  Recorder recorder;
  StateTrack track(0, &recorder);
  track.set(1, {State::wait, Cause::raw, 4, 0, 7});
  track.released(5, Release::Kind::transfer, 9, 3);  // does not end the wait: the state stays
  track.released(6, Release::Kind::dispatched, 0, 98);
  track.released(6, Release::Kind::retired, 4, 99);  // the kind that a raw wait is for goes first
  track.set(6, {});
  track.finish(8);
  ASSERT_EQ(recorder.records.size(), 3u);
  EXPECT_EQ(recorder.records[1].ended_by, (Release{Release::Kind::retired, 4, 99}));
  EXPECT_EQ(recorder.records[2].ended_by.kind, Release::Kind::own);
}

TEST(StateTrack, NamesTheServerThatAWaitTurnsOutToHaveWaitedFor) {
  Recorder recorder;
  StateTrack track(2, &recorder);
  track.set(0, {State::wait, Cause::memory});
  track.released(5, Release::Kind::transfer, 8, 1);
  track.set(5, {State::wait, Cause::issue});
  track.set(7, {State::busy});
  track.finish(8);
  ASSERT_EQ(recorder.records.size(), 3u);
  EXPECT_EQ(recorder.records[0].state.resource, 8) << "the channel that answered";
  EXPECT_EQ(recorder.records[1].state.resource, 2) << "its own timer";
}

TEST(StateTrack, RefusesToGoBackInTime) {
  StateTrack track(0, nullptr);
  track.set(10, {State::busy, Cause::none, kNoUnit, 0, 0});
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

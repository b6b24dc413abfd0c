// SPDX-License-Identifier: Apache-2.0
// A walk that jumps ahead once it has settled ends where one ends that does not, and its memory is shared.
#include <gtest/gtest.h>

#include "compiler/cost/walk_state.h"

namespace nnp::compiler {
namespace {

constexpr auto kForEver = [](const WalkNumbers&) { return std::int64_t{1} << 40; };

TEST(WalkState, ManyEqualBodiesTakeAsLongAsSoManyOneByOne) {
  for (const std::int64_t count : {1, 2, 3, 5, 6, 7, 100, 1001}) {
    WalkState state;
    std::int64_t called = 0;
    // Two units, the second 7 cycles a body; the first gets at most 30 cycles ahead.
    const auto body = [&](std::int64_t) {
      ++called;
      state.stream_end = std::max(state.stream_end + 5, state.past.drained[3] - 30);
      state.drain_end = std::max(state.drain_end, state.stream_end) + 7;
      state.past.drained.push(state.drain_end);
    };
    state.repeat(count, body, kForEver);
    EXPECT_DOUBLE_EQ(state.drain_end, 5.0 + 7.0 * static_cast<double>(count)) << count << " bodies";
    EXPECT_DOUBLE_EQ(state.past.drained[0] - state.past.drained[1], count > 1 ? 7 : 12) << count << " bodies";
    EXPECT_LE(called, 60) << count << " bodies";
  }
}

TEST(WalkState, NoJumpGoesPastWhatTheCallerForesees) {
  WalkState state;
  state.memory.loads = 250;
  // What waits is served at 10 a body; then bodies are shorter.
  const auto body = [&](std::int64_t) {
    const double served = std::min(state.memory.loads, 10.0);
    state.memory.loads -= served, state.stream_end += 20 + served;
  };
  state.repeat(1000, body, [&](const WalkNumbers& change) {
    return change.memory.loads < 0 ? static_cast<std::int64_t>(state.memory.loads / -change.memory.loads)
                                   : std::int64_t{1} << 40;
  });
  EXPECT_DOUBLE_EQ(state.stream_end, 1000 * 20 + 250);
}

TEST(WalkState, AHistoryIsNewestFirstAndMovesAsAWhole) {
  History<3> history;
  for (const double value : {1.0, 2.0, 3.0, 4.0}) history.push(value);
  history.shift(10);
  EXPECT_DOUBLE_EQ(history[0], 14);
  EXPECT_DOUBLE_EQ(history[1], 13);
  EXPECT_DOUBLE_EQ(history[2], 12);
}

TEST(SharedMemory, WhatWaitsTogetherIsServedInEqualParts) {
  SharedMemory memory;
  memory.load(100), memory.store(30, 0, 1);
  EXPECT_DOUBLE_EQ(memory.weights(0, 50),
                   50 + 50 + 30);  // each of the three gets a third, the store until it is done
  EXPECT_DOUBLE_EQ(memory.loads, 50);
  EXPECT_DOUBLE_EQ(memory.stores, 0);
  memory.store(20, memory.now, 1);
  memory.idle_until(memory.now + 30);  // loads and stores by turns
  EXPECT_DOUBLE_EQ(memory.loads, 35);
  EXPECT_DOUBLE_EQ(memory.stores, 5);
}

TEST(SharedMemory, AStoreThatStartsLaterTakesNothingBefore) {
  SharedMemory memory;
  memory.load(100), memory.store(100, 60, 1);
  EXPECT_DOUBLE_EQ(memory.wait_for_load(0, 100, 0), 60 + 2 * 40);
  EXPECT_DOUBLE_EQ(memory.all_stores(), 60);
}

TEST(SharedMemory, ALoadIsServedFromItsStartOn) {
  SharedMemory memory;
  memory.load(100), memory.store(30, 0, 1);
  EXPECT_DOUBLE_EQ(memory.wait_for_load(200, 100, 0), 300);
  EXPECT_DOUBLE_EQ(memory.all_stores(), 0);
}

TEST(SharedMemory, WithoutASchedulerALoadWaitsForWhatWasAskedForBeforeItAlone) {
  SharedMemory memory;
  memory.window = 200;
  memory.store(60, 0, 30), memory.load(100);  // two a cycle are asked for, one is served
  const double before = 10 * 2 - 10;
  EXPECT_DOUBLE_EQ(memory.wait_for_load(10, 100, 0), 10 + before + 100);
  EXPECT_DOUBLE_EQ(memory.all_stores(), 60 - 10 - before);
}

TEST(SharedMemory, WithoutASchedulerALoadSharesWhatIsBehindItsWindow) {
  SharedMemory memory;
  memory.window = 40;
  memory.load(100), memory.store(1000, 0, 1);
  EXPECT_DOUBLE_EQ(memory.wait_for_load(0, 100, 0), 40 + 2 * 60);
}

TEST(SharedMemory, AStoreIsDoneWhenItsShareOfTheMemoryIs) {
  SharedMemory memory;
  memory.store(100, 0, 1);
  memory.idle_until(30);
  EXPECT_DOUBLE_EQ(memory.when_stored(100), 100);
  memory.load(50);
  EXPECT_DOUBLE_EQ(memory.when_stored(100), 150);
  EXPECT_DOUBLE_EQ(memory.when_stored(30), 0);
}

TEST(SharedMemory, WeightsThatCameWhileALoadWasWaitedForAreNotServedAgain) {
  SharedMemory memory;
  memory.weights_left = 1000;
  memory.load(100);
  EXPECT_DOUBLE_EQ(memory.wait_for_load(0, 100, 60), 160);  // the load, and 60 of weights that have room
  EXPECT_DOUBLE_EQ(memory.weights(160, 60), 0);
  EXPECT_DOUBLE_EQ(memory.weights(160, 10), 170);
}

}  // namespace
}  // namespace nnp::compiler

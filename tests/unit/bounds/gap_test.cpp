// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Gaps of accounts made by hand.
#include "host_runtime/bounds/gap.h"

#include <gtest/gtest.h>

namespace nnp::bounds {
namespace {

using device::Traffic;
using device::Work;
using device::Worker;

struct Account {
  device::LayerStatistics layer;
  Account& spent(Work work, Traffic traffic, Cycles cycles) {
    layer.turn.cells[static_cast<std::size_t>(work)][static_cast<std::size_t>(traffic)] += cycles;
    layer.turn.cycles += cycles;
    if (work == Work::array) busy(Worker::matrix, cycles, cycles);
    return *this;
  }
  Account& busy(Worker worker, Cycles in_turn, Cycles in_all) {
    layer.turn.busy[static_cast<std::size_t>(worker)] += in_turn;
    layer.busy[static_cast<std::size_t>(worker)] += in_all;
    return *this;
  }
};

LayerBounds bound(Resource resource, Cycles cycles) {
  LayerBounds bounds;
  bounds.bound_by = resource, bounds.cycles = cycles;
  bounds.cycles_of[static_cast<std::size_t>(resource)] = static_cast<double>(cycles);
  bounds.work.macs = 1;
  if (resource == Resource::compute) bounds.work.array_cycles = static_cast<double>(cycles);
  return bounds;
}

constexpr MemoryLosses kLosses{0.25, 0.25, 0.5};

TEST(Gap, OfAComputeBoundLayerIsWhatTheArrayStreamedTooMuchAndWhatItWaitedFor) {
  Account account;
  account.spent(Work::array, Traffic::none, 150)
      .spent(Work::fill, Traffic::none, 30)
      .spent(Work::vector, Traffic::none, 20);
  const Gap gap = gap_of(bound(Resource::compute, 100), account.layer, kLosses, 1);
  EXPECT_EQ(gap.count, 200u);
  EXPECT_EQ(gap.ahead, 0u);
  EXPECT_EQ(gap.cycles, 100u);
  EXPECT_EQ(gap.of(Cause::edge_tiles), 50u);
  EXPECT_EQ(gap.of(Cause::fill_drain), 30u);
  EXPECT_EQ(gap.of(Cause::vector), 20u);
}

// A quarter of the array's work was done before: a quarter of the bound is ahead, and so is a quarter of the
// edges.
TEST(Gap, CountsWhatWasDoneBeforeTheTurnAsAhead) {
  Account account;
  account.spent(Work::array, Traffic::none, 150).busy(Worker::matrix, 0, 50);
  const Gap gap = gap_of(bound(Resource::compute, 100), account.layer, kLosses, 1);
  EXPECT_EQ(gap.ahead, 25u);
  EXPECT_EQ(gap.cycles, 75u);
  EXPECT_EQ(gap.of(Cause::edge_tiles), 75u);
}

// 200 bytes at one a cycle, of which 100 are the least: out for 280 cycles, 80 of them lost.
TEST(Gap, OfAMemoryBoundLayerIsBytesBeyondTheLeastAndWhatTheMemoryLost) {
  Account account;
  account.spent(Work::weights, Traffic::own, 200)
      .spent(Work::array, Traffic::own, 80)
      .spent(Work::issue, Traffic::none, 7);
  account.layer.dram_read_bytes = 200;
  LayerBounds bounds = bound(Resource::memory, 100);
  bounds.work.weight_bytes = 100;
  const Gap gap = gap_of(bounds, account.layer, kLosses, 1);
  EXPECT_EQ(gap.cycles, 187u);
  EXPECT_EQ(gap.of(Cause::refetch), 100u);
  EXPECT_EQ(gap.of(Cause::refresh), 20u);
  EXPECT_EQ(gap.of(Cause::dram), 20u);
  EXPECT_EQ(gap.of(Cause::latency), 40u);
  EXPECT_EQ(gap.of(Cause::sync), 7u);
}

TEST(Gap, NamesTransfersThatDoNotHideBehindTheArray) {
  Account account;
  account.spent(Work::array, Traffic::none, 100).spent(Work::load, Traffic::own, 60);
  account.layer.dram_read_bytes = 60;
  LayerBounds bounds = bound(Resource::compute, 100);
  bounds.work.input_bytes = 60;
  const Gap gap = gap_of(bounds, account.layer, kLosses, 1);
  EXPECT_EQ(gap.of(Cause::not_overlapped), 60u);
  EXPECT_EQ(gap.cycles, 60u);
}

TEST(Gap, SetsWorkForLaterLayersApart) {
  Account account;
  account.spent(Work::array, Traffic::none, 100)
      .spent(Work::array_later, Traffic::none, 40)
      .spent(Work::issue, Traffic::later, 2);
  EXPECT_EQ(gap_of(bound(Resource::compute, 100), account.layer, kLosses, 1).of(Cause::later_layers), 42u);
}

TEST(MemoryLosses, AreTheBusesLostTimeWhileRequestsWereOut) {
  device::RunStatistics run;
  run.cycles = 1000;
  run.layers.push_back(Account().spent(Work::weights, Traffic::own, 700).layer);
  run.launch = Account().spent(Work::host, Traffic::none, 300).layer.turn;
  run.dram.bus_cycles = {{"data", 500}, {"refresh", 100}, {"row_cycling", 50}, {"no_requests", 350}};
  const MemoryLosses losses = memory_losses(run);
  EXPECT_DOUBLE_EQ(losses.refresh, 0.1);
  EXPECT_DOUBLE_EQ(losses.dram, 0.05);
  EXPECT_NEAR(losses.latency, 0.05, 1e-12);  // 35 % of the time, less 30 % in which nothing was out
}

}  // namespace
}  // namespace nnp::bounds

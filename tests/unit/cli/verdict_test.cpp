// SPDX-License-Identifier: Apache-2.0
// The sentence about what bounds a run, from accounts made by hand.
#include "host_runtime/cli/verdict.h"

#include <gtest/gtest.h>

namespace nnp::cli {
namespace {

/// 1000 cycles of a 10 x 10 array at 1 GHz.
RunRecord run_of(Cycles busy, std::map<std::string, Cycles> waits, double bandwidth, Cycles vector_busy = 0) {
  RunRecord run;
  run.chip.arch.array_rows = run.chip.arch.array_cols = 10;
  run.statistics.cycles = 1000;
  run.statistics.dram.bandwidth_utilization = bandwidth;
  Cycles idle = 1000 - busy;
  for (const auto& [cause, cycles] : waits) idle -= cycles;
  run.statistics.units = {{"matrix", 1000, busy, idle, waits},
                          {"vector", 1000, vector_busy, 1000 - vector_busy, {}}};
  isa::LayerInfo layer;
  layer.macs = busy * 50;  // half of the cells useful while it works
  run.layers = {layer};
  return run;
}

TEST(Verdict, WeightsFromABusyMemoryAreABandwidthBound) {
  EXPECT_EQ(verdict(run_of(410, {{"weight_stall", 380}, {"raw", 100}}, 0.93)).substr(0, 40),
            "The array works 41.0 % of the time with ");
  EXPECT_EQ(verdict(run_of(310, {{"weight_stall", 380}, {"raw", 100}}, 0.93)),
            "The array works 31.0 % of the time; 38.0 % of it waits for weights: device memory delivers 93.0 "
            "% of its peak bandwidth, so "
            "memory bandwidth bounds this run.");
}

TEST(Verdict, WeightsFromAMemoryAtRestAreALatencyBound) {
  EXPECT_NE(verdict(run_of(100, {{"weight_stall", 700}}, 0.2)).find("the latency of memory"),
            std::string::npos);
}

TEST(Verdict, AWorkingArrayIsAComputeBoundWithItsUsefulCells) {
  EXPECT_EQ(verdict(run_of(800, {{"raw", 100}}, 0.1)),
            "The array works 80.0 % of the time with 50.0 % of its cells useful: compute bounds this run.");
}

TEST(Verdict, WaitingForAnotherUnitNamesTheBusiestOne) {
  EXPECT_NE(verdict(run_of(100, {{"raw", 800}}, 0.1, 900)).find("vector, works 90.0 % and bounds this run"),
            std::string::npos);
  EXPECT_NE(verdict(run_of(100, {{"raw", 800}}, 0.1, 200)).find("the order of dependent steps bounds"),
            std::string::npos);
  EXPECT_NE(verdict(run_of(100, {}, 0.1, 900)).find("has no work"), std::string::npos);
}

TEST(Verdict, ARunWithoutCyclesDidNoWork) { EXPECT_EQ(verdict(RunRecord{}), "The chip did no work."); }

TEST(LayerBound, IsTheLargestShareOfTheArraysTime) {
  RunRecord run = run_of(100, {}, 0);
  device::LayerStatistics account;
  account.seen = true, account.array_active = 50, account.array_occupied = 90;
  account.array_waits = {{"raw", 40}, {"weight_stall", 45}};
  run.statistics.layers = {account};
  EXPECT_EQ(layer_bound(run, 0), "array");
  run.statistics.layers[0].array_waits["raw"] = 51;
  EXPECT_EQ(layer_bound(run, 0), "raw");
  EXPECT_DOUBLE_EQ(layer_utilization(run, 0), 100.0 * 50 / (90 * 100));
  run.statistics.layers[0].array_active = 0;
  EXPECT_EQ(layer_bound(run, 0), "vector");
  run.layers[0].on_host = true;
  EXPECT_EQ(layer_bound(run, 0), "host");
}

}  // namespace
}  // namespace nnp::cli

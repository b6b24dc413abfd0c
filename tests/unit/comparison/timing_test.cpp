// SPDX-License-Identifier: Apache-2.0
// How often a runner is asked, by a clock that the test holds.
#include "host_runtime/comparison/timing.h"

#include <gtest/gtest.h>

namespace nnp::comparison {
namespace {

/// A runner whose runs take `seconds` each, in turn; counts them.
struct Runner {
  std::vector<double> seconds;
  unsigned runs = 0;
  TimeRuns asked() {
    return [this](unsigned warm_up, unsigned repeats) {
      runs += warm_up;
      std::vector<double> times;
      for (unsigned i = 0; i < repeats; ++i) times.push_back(seconds[runs++ % seconds.size()]);
      return times;
    };
  }
};

TEST(TimeMedian, RunsAsOftenAsTheBudgetAllowsAndAnOddNumberOfTimes) {
  Runner half_a_second{{0.5}};
  const Timing timing = time_median(half_a_second.asked(), std::nullopt);
  EXPECT_EQ(timing.runs, 5u) << "six fit into 3 s";
  EXPECT_EQ(timing.runs + timing.warm_up, half_a_second.runs);
  Runner quick{{1e-6}};
  EXPECT_EQ(time_median(quick.asked(), std::nullopt).runs, kMostRuns);
}

TEST(TimeMedian, OfASlowRunnerIsOneRunBehindOneToWarmUp) {
  Runner slow{{20, 10}};
  const Timing timing = time_median(slow.asked(), std::nullopt);
  EXPECT_EQ(timing.runs, 1u);
  EXPECT_EQ(timing.median_s, 10);
  EXPECT_EQ(slow.runs, 2u);
}

TEST(TimeMedian, TakesTheMiddleOfTheRunsAskedFor) {
  Runner runner{{9, 9, 9, 5, 1, 3}};  // three warm up
  const Timing timing = time_median(runner.asked(), 3);
  EXPECT_EQ(timing.median_s, 3);
  EXPECT_EQ(timing.runs, 3u);
}

}  // namespace
}  // namespace nnp::comparison

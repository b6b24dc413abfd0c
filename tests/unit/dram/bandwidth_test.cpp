// SPDX-License-Identifier: Apache-2.0
// Rung 2: sustained bandwidth against closed forms of the timing symbols, on every preset, within 1 %. The
// forms, and the figures of docs/validation/dram.md, are those of tests/support/validation/dram.h.
#include <gtest/gtest.h>

#include "tests/support/dram_trace_run.h"
#include "tests/support/validation/dram.h"

namespace nnp::sim::test {
namespace {

using nnp::test::DramShare;

class Bandwidth : public ::testing::TestWithParam<std::string> {
 protected:
  void expect_the_law(const DramShare& share) const {
    EXPECT_EQ(share.violations, std::vector<std::string>{});
    EXPECT_NEAR(share.error(), 0, 0.01) << GetParam() << ": " << share.measured << " against " << share.law;
  }
};

TEST_P(Bandwidth, SequentialReadsReachThePeakMinusRefresh) {
  expect_the_law(nnp::test::sequential_share(GetParam(), false));
}

TEST_P(Bandwidth, SequentialWritesReachThePeakMinusRefresh) {
  expect_the_law(nnp::test::sequential_share(GetParam(), true));
}

TEST_P(Bandwidth, ConflictsOnOneBankComeOnceEveryRowCycle) {
  const DramShare conflicts = nnp::test::one_bank_share(GetParam());
  expect_the_law(conflicts);
  EXPECT_GT(wait_share(conflicts.result, BusWait::row_cycling), 0.8);
}

TEST_P(Bandwidth, NewRowsInAllBanksAreBoundByActivates) {
  const DramShare activates = nnp::test::all_banks_share(GetParam());
  expect_the_law(activates);
  EXPECT_GE(wait_share(activates.result, BusWait::tFAW), 0.7 * (1 - activates.burst_of_spacing));
}

TEST_P(Bandwidth, AStreamInOneBankGroupIsBoundByItsColumnSpacing) {
  if (!nnp::test::has_bank_groups(GetParam())) GTEST_SKIP() << "no bank groups";
  for (const bool write : {false, true}) {
    const DramShare stream = nnp::test::one_group_share(GetParam(), write);
    expect_the_law(stream);
    EXPECT_GT(wait_share(stream.result, BusWait::tCCD_L), 0.85 * (1 - stream.burst_of_spacing));
  }
}

TEST_P(Bandwidth, RandomAndMixedTrafficLiesBetweenDerivedBounds) {
  for (const std::uint32_t write_percent : {0u, 50u, 100u}) {
    const nnp::test::DramBounds bounds = nnp::test::random_share(GetParam(), write_percent);
    EXPECT_EQ(bounds.violations, std::vector<std::string>{});
    EXPECT_LE(bounds.measured, bounds.upper * 1.005) << GetParam() << " " << write_percent << " % writes";
    EXPECT_GE(bounds.measured, bounds.lower) << GetParam() << " " << write_percent << " % writes";
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, Bandwidth, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nnp::sim::test

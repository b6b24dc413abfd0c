// SPDX-License-Identifier: Apache-2.0
// Rung: property. A thousand random launches on tiny4 keep the engine laws. A failure prints its seed;
// NNPSIM_SEED=n runs that launch alone.
#include "tests/support/engine_laws.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "isa/program/happens_before.h"
#include "models/chips/chip_file.h"
#include "tests/support/random_launch.h"

namespace nnp {
namespace {

constexpr std::uint64_t kLaunches = 1000, kATest = 100;

class RandomLaunches : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomLaunches, AreTheSameInBothEnginesAndKeepTheirValuesUnderStalls) {
  const models::ChipSpec chip = models::load_chip("tiny4");
  std::uint64_t first = GetParam() * kATest, end = first + kATest;
  if (const char* only = std::getenv("NNPSIM_SEED"))
    first = std::strtoull(only, nullptr, 10), end = first + 1;
  for (std::uint64_t seed = first; seed < end; ++seed) {
    SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} test_engine_laws --gtest_filter='Seeds/*/0'", seed));
    const isa::Program program = test::random_launch(seed, chip);
    const auto races = isa::check_happens_before(program, program.launches.front(), chip.arch);
    ASSERT_TRUE(races.empty()) << races.front().message;
    const auto breach = test::breached_engine_law(program, chip, seed);
    ASSERT_FALSE(breach.has_value()) << to_string(breach->by) << ": " << breach->what;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomLaunches, testing::Range<std::uint64_t>(0, kLaunches / kATest));

// Else the laws would say nothing of stalls.
TEST(InjectedStalls, MakeNearlyEveryLaunchLonger) {
  const models::ChipSpec chip = models::load_chip("tiny4");
  int longer = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const isa::Program program = test::random_launch(seed, chip);
    const Cycles without = test::cycles_of(program, chip, {});
    EXPECT_EQ(without, test::cycles_of(program, chip, {seed, 0, 16})) << "launch " << seed;
    longer += test::cycles_of(program, chip, {seed, 300, 16}) > without;
  }
  EXPECT_GE(longer, 45) << "of 50 launches";
}

}  // namespace
}  // namespace nnp

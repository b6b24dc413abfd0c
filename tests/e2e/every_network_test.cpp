// SPDX-License-Identifier: Apache-2.0
// Rung: end to end. Every zoo network on every shipped chip, by rotation: today's slice of the pairs (days
// since 1970 choose it), slice N with NNPSIM_ROTATION=N, all with NNPSIM_ROTATION=all. Each is, at batch 1,
// compiled, run and held against the naive reference; a pair that cannot run says so before it starts.
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <numeric>

#include "tests/e2e/expect.h"
#include "tests/support/network_pairs.h"

namespace nnp::test {
namespace {

constexpr double kBudget = 60;  // seconds of CPU

std::vector<NetworkPair> chosen_pairs() {
  const auto all = slices(network_pairs(), kBudget);
  const char* wish = std::getenv("NNPSIM_ROTATION");
  if (wish != nullptr && std::string(wish) == "all") return network_pairs();
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::size_t number = wish != nullptr ? std::stoul(wish) % all.size()
                                             : slice_of_day(today.time_since_epoch().count(), all.size());
  fmt::print("slice {} of {}: {} pairs (NNPSIM_ROTATION={} runs it again)\n", number, all.size(),
             all[number].size(), number);
  return all[number];
}

TEST(EveryNetwork, OfTodaysSliceRunsOnItsChipOrSaysWhyNot) {
  std::size_t ran = 0, refused = 0;
  for (const NetworkPair& pair : chosen_pairs()) {
    const Words arguments = {"run", pair.network, "--chip", pair.chip, "--batch",
                             "1",   "--check",    "naive",  "--json"};
    const Outcome outcome = run_nnpsim(arguments);
    if (outcome.exit == 2) {  // cli.md: does not fit the chip
      ++refused;
      fmt::print("{} on {}: refused: {}", pair.network, pair.chip, outcome.err);
      EXPECT_EQ(outcome.out, "") << reproducer(arguments);
      EXPECT_NE(outcome.err.find("the chip has"), std::string::npos)
          << reproducer(arguments) << "\nsays not what is too small: " << outcome.err;
      continue;
    }
    ASSERT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
    ++ran;
    const auto report = nlohmann::json::parse(outcome.out);
    EXPECT_EQ(report["check"][0]["status"], "passed") << reproducer(arguments);
    EXPECT_GT(report["check"][0]["compared"], 0) << reproducer(arguments);
    fmt::print("{} on {}: {} cycles, {:.1f} s of CPU\n", pair.network, pair.chip,
               report["cycles"].get<std::uint64_t>(), report["cpu_s"]["total"].get<double>());
    std::fflush(stdout);
  }
  fmt::print("{} ran, {} were refused by name\n", ran, refused);
  EXPECT_GT(ran, 0u);
}

std::vector<std::vector<NetworkPair>> of(const std::vector<double>& seconds, double budget) {
  std::vector<NetworkPair> pairs;
  for (const double each : seconds) pairs.push_back({"network", std::to_string(pairs.size()), each});
  return slices(pairs, budget);
}

TEST(Slices, KeepTheBudgetUnlessOnePairAloneIsMore) {
  const auto cut = of({30, 30, 10, 90, 5, 50}, 60);
  ASSERT_EQ(cut.size(), 4u);
  EXPECT_EQ(cut[0].size(), 2u);
  EXPECT_EQ(cut[1].size(), 1u);
  EXPECT_EQ(cut[2].size(), 1u);
  EXPECT_EQ(cut[3].size(), 2u);
  EXPECT_TRUE(of({}, 60).empty());
}

TEST(Slices, HaveEveryPairOnceAndComeRoundInAsManyDays) {
  const auto pairs = network_pairs();
  const auto cut = slices(pairs, kBudget);
  std::vector<NetworkPair> again;
  for (const auto& slice : cut) again.insert(again.end(), slice.begin(), slice.end());
  EXPECT_EQ(again, pairs);
  std::vector<bool> seen(cut.size());
  for (std::size_t day = 0; day < cut.size(); ++day)
    seen[slice_of_day(20000 + static_cast<std::int64_t>(day), cut.size())] = true;
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), static_cast<std::ptrdiff_t>(cut.size()));
}

}  // namespace
}  // namespace nnp::test

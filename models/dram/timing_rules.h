// SPDX-License-Identifier: Apache-2.0
// The distances between commands as data: one table per standard, its expressions resolved to clocks once.
#pragma once

#include <array>
#include <span>

#include "models/dram/dram_config.h"

namespace nnp::dram {

/// Commands as the rules see them; PREA also follows the rules of PRE in every bank that it closes.
enum class RuleOp : std::uint8_t { ACT, PRE, PREA, RD, WR, REF, REFpb, count };
inline constexpr std::size_t kRuleOps = static_cast<std::size_t>(RuleOp::count);

enum class RuleLevel : std::uint8_t {
  bank,       // both commands to one bank
  group,      // both to one bank group
  rank,       // anywhere on one rank
  other_rank  // to two ranks of the channel
};
inline constexpr std::size_t kRuleLevels = 4;

/// `second` comes no earlier than `clocks` after the `window`-th last `first` at that level. `clocks` is a
/// sum, or difference, of timing symbols, numbers and BL/n (the clocks of one burst); below 1 it is no rule.
struct TimingRule {
  RuleLevel level;
  RuleOp first;
  RuleOp second;
  const char* clocks;
  std::uint32_t window = 1;
};

std::span<const TimingRule> timing_rules(DramStandard);

/// How long each command has the command bus, in clocks from its first, which is the one that the rules count
/// from.
struct CommandBus {
  std::array<std::uint8_t, kRuleOps> clocks;
  bool separate_columns;  // HBM: RD and WR have a bus of their own
};
const CommandBus& command_bus(DramStandard);

/// Into how many sets per_bank refresh divides the banks of a rank: bank b (group * banks + bank) is in set
/// b mod sets. 0 where the standard has no such refresh.
std::uint32_t refresh_sets(DramStandard, const DramOrganization&);

/// Distances in clocks; 0 where there is no rule. Same-bank commands also keep the distances of their group
/// and rank.
struct ResolvedRules {
  using Matrix = std::array<std::array<std::uint32_t, kRuleOps>, kRuleOps>;  // [first][second]
  std::array<Matrix, kRuleLevels> distance{};                                // [level]
  std::uint32_t four_activates = 0;  // the one rule with a window: tFAW

  std::uint32_t at(RuleLevel level, RuleOp first, RuleOp second) const {
    return distance[static_cast<std::size_t>(level)][static_cast<std::size_t>(first)]
                   [static_cast<std::size_t>(second)];
  }
};
ResolvedRules resolve(std::span<const TimingRule>, const DramConfig&);

/// Value of "tCWL + BL/n + tWR" and the like; a negative one is 0.
std::uint32_t evaluate(std::string_view expression, const DramConfig&);

}  // namespace nnp::dram

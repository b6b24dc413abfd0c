// SPDX-License-Identifier: Apache-2.0
// The distances between commands as data: one table per standard, its expressions resolved to clocks once.
#pragma once

#include <array>
#include <span>

#include "sim/units/dram/dram_config.h"

namespace nnp::sim {

/// Commands as the rules see them; PREA follows the rules of PRE in every bank.
enum class RuleOp : std::uint8_t { ACT, PRE, RD, WR, REF, count };
inline constexpr std::size_t kRuleOps = static_cast<std::size_t>(RuleOp::count);

enum class RuleLevel : std::uint8_t {
  bank,   // both commands to one bank
  group,  // both to one bank group
  rank    // anywhere on the rank
};

/// `second` comes no earlier than `clocks` after the `window`-th last `first` at that level. `clocks` is a
/// sum of timing symbols, numbers and BL/2.
struct TimingRule {
  RuleLevel level;
  RuleOp first;
  RuleOp second;
  const char* clocks;
  std::uint32_t window = 1;
};

std::span<const TimingRule> timing_rules(DramStandard);

/// Distances in clocks; 0 where there is no rule. Same-bank commands also keep the distances of their group
/// and rank.
struct ResolvedRules {
  using Matrix = std::array<std::array<std::uint32_t, kRuleOps>, kRuleOps>;  // [first][second]
  std::array<Matrix, 3> distance{};                                          // [level]
  std::uint32_t four_activates = 0;  // the one rule with a window: tFAW
};
ResolvedRules resolve(std::span<const TimingRule>, const DramConfig&);

/// Value of "CWL + BL/2 + tWR" and the like.
std::uint32_t evaluate(std::string_view expression, const DramConfig&);

}  // namespace nnp::sim

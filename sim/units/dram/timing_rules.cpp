// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/timing_rules.h"

#include <algorithm>
#include <charconv>

#include "sim/kernel/assert.h"

namespace nnp::sim {
namespace {

using enum RuleLevel;
using enum RuleOp;

// JESD79-3F: one bank group, so column and activate spacings hold on the whole rank.
constexpr TimingRule kDdr3[] = {
    {bank, ACT, RD, "tRCD"},
    {bank, ACT, WR, "tRCD"},
    {bank, ACT, PRE, "tRAS"},
    {bank, ACT, ACT, "tRC"},
    {bank, PRE, ACT, "tRP"},
    {bank, RD, PRE, "tRTP"},
    {bank, WR, PRE, "CWL + BL/2 + tWR"},
    {rank, ACT, ACT, "tRRD"},
    {rank, ACT, ACT, "tFAW", 4},
    {rank, RD, RD, "tCCD"},
    {rank, WR, WR, "tCCD"},
    {rank, RD, WR, "tRTW"},
    {rank, WR, RD, "CWL + BL/2 + tWTR"},
    {rank, PRE, REF, "tRP"},
    {rank, REF, REF, "tRFC"},
    {rank, REF, ACT, "tRFC"},
};

// JESD79-4: _L within a bank group, _S across groups.
constexpr TimingRule kDdr4[] = {
    {bank, ACT, RD, "tRCD"},
    {bank, ACT, WR, "tRCD"},
    {bank, ACT, PRE, "tRAS"},
    {bank, ACT, ACT, "tRC"},
    {bank, PRE, ACT, "tRP"},
    {bank, RD, PRE, "tRTP"},
    {bank, WR, PRE, "CWL + BL/2 + tWR"},
    {group, ACT, ACT, "tRRD_L"},
    {group, RD, RD, "tCCD_L"},
    {group, WR, WR, "tCCD_L"},
    {group, WR, RD, "CWL + BL/2 + tWTR_L"},
    {rank, ACT, ACT, "tRRD_S"},
    {rank, ACT, ACT, "tFAW", 4},
    {rank, RD, RD, "tCCD_S"},
    {rank, WR, WR, "tCCD_S"},
    {rank, RD, WR, "tRTW"},
    {rank, WR, RD, "CWL + BL/2 + tWTR_S"},
    {rank, PRE, REF, "tRP"},
    {rank, REF, REF, "tRFC"},
    {rank, REF, ACT, "tRFC"},
};

}  // namespace

std::span<const TimingRule> timing_rules(DramStandard standard) {
  switch (standard) {
    case DramStandard::ddr3:
      return kDdr3;
    case DramStandard::ddr4:
      return kDdr4;
    case DramStandard::ideal:
      break;
  }
  return {};
}

std::uint32_t evaluate(std::string_view expression, const DramConfig& config) {
  std::uint32_t sum = 0;
  while (!expression.empty()) {
    const std::size_t plus = expression.find(" + ");
    const std::string_view term = expression.substr(0, plus);
    std::uint32_t number = 0;
    if (term == "BL/2") {
      sum += config.organization.burst_length / 2;
    } else if (std::from_chars(term.data(), term.data() + term.size(), number).ec == std::errc{}) {
      sum += number;
    } else {
      sum += config.timing.at(term);
    }
    expression = plus == std::string_view::npos ? std::string_view{} : expression.substr(plus + 3);
  }
  return sum;
}

ResolvedRules resolve(std::span<const TimingRule> rules, const DramConfig& config) {
  ResolvedRules resolved;
  for (const TimingRule& rule : rules) {
    const std::uint32_t clocks = evaluate(rule.clocks, config);
    if (rule.window == 1) {
      std::uint32_t& distance =
          resolved.distance[static_cast<std::size_t>(rule.level)][static_cast<std::size_t>(rule.first)]
                           [static_cast<std::size_t>(rule.second)];
      distance = std::max(distance, clocks);
    } else {
      NNP_ASSERT(rule.window == 4 && rule.level == rank && rule.first == ACT && rule.second == ACT,
                 "only the four-activate window is known, not {} commands in {}", rule.window, rule.clocks);
      resolved.four_activates = clocks;
    }
  }
  return resolved;
}

}  // namespace nnp::sim

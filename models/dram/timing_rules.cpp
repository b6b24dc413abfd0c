// SPDX-License-Identifier: Apache-2.0
#include "models/dram/timing_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace nnp::dram {
namespace {

std::int64_t value_of(std::string_view term, const DramConfig& config) {
  std::uint32_t number = 0;
  if (term == "BL/n") return config.organization.burst_clocks();
  if (std::from_chars(term.data(), term.data() + term.size(), number).ec == std::errc{}) return number;
  return config.timing.at(term);
}

}  // namespace

std::uint32_t evaluate(std::string_view expression, const DramConfig& config) {
  std::int64_t sum = 0, sign = 1;
  while (true) {
    const std::size_t end = expression.find(' ');
    sum += sign * value_of(expression.substr(0, end), config);
    if (end == std::string_view::npos) break;
    sign = expression[end + 1] == '-' ? -1 : 1;
    expression.remove_prefix(end + 3);  // " + " or " - "
  }
  return static_cast<std::uint32_t>(std::max<std::int64_t>(sum, 0));
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
      if (rule.window != 4 || rule.level != RuleLevel::rank || rule.first != RuleOp::ACT ||
          rule.second != RuleOp::ACT)
        throw std::logic_error(fmt::format("only the four-activate window is known, not {} commands in {}",
                                           rule.window, rule.clocks));
      resolved.four_activates = clocks;
    }
  }
  return resolved;
}

}  // namespace nnp::dram

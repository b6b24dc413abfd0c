// SPDX-License-Identifier: Apache-2.0
#include "tests/support/event_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace nnp::test {
namespace {

/// Index of the first record that is not in both.
template <typename Record>
std::size_t mismatch(const std::vector<Record>& left, const std::vector<Record>& right) {
  const std::size_t both = std::min(left.size(), right.size());
  return static_cast<std::size_t>(
      std::mismatch(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(both), right.begin()).first -
      left.begin());
}

template <typename Record>
std::string span_difference(std::size_t unit, const char* kind, const std::vector<Record>& left,
                            const std::vector<Record>& right) {
  if (left == right) return {};
  return fmt::format("unit {}: {} number {} differs, {} against {} in all", unit, kind, mismatch(left, right),
                     left.size(), right.size());
}

std::string show(const std::vector<sim::StateRecord>& records, std::size_t i) {
  if (i >= records.size()) return "nothing";
  const sim::StateRecord& r = records[i];
  return fmt::format("[{}, +{}) {} {} instruction {} resource {} ended by {} of unit {}, kind {}", r.start,
                     r.length, sim::to_string(r.state.state), sim::to_string(r.state.cause),
                     r.state.instruction, r.state.resource, r.ended_by.number, r.ended_by.unit,
                     static_cast<int>(r.ended_by.kind));
}

}  // namespace

std::string first_difference(const EventLog& left, const EventLog& right) {
  const std::size_t units = std::max(left.units_.size(), right.units_.size());
  const auto of = [](const EventLog& log, std::size_t unit) {
    return unit < log.units_.size() ? log.units_[unit] : EventLog::Events{};
  };
  std::string text;
  Cycle earliest = kNever;
  for (std::size_t unit = 0; unit < units; ++unit) {
    const auto a = of(left, unit).states, b = of(right, unit).states;
    if (a == b) continue;
    const std::size_t i = mismatch(a, b);
    const Cycle at = std::min(i < a.size() ? a[i].start : kNever, i < b.size() ? b[i].start : kNever);
    if (at < earliest)
      earliest = at, text = fmt::format("unit {}, state {}: {} against {}", unit, i, show(a, i), show(b, i));
  }
  for (std::size_t unit = 0; unit < units && text.empty(); ++unit) {
    const EventLog::Events a = of(left, unit), b = of(right, unit);
    for (const std::string& difference :
         {span_difference(unit, "instruction", a.instructions, b.instructions),
          span_difference(unit, "transfer", a.transfers, b.transfers),
          span_difference(unit, "tile", a.tiles, b.tiles), span_difference(unit, "pass", a.passes, b.passes),
          span_difference(unit, "memory command", a.commands, b.commands)})
      if (text.empty()) text = difference;
  }
  return text;
}

}  // namespace nnp::test

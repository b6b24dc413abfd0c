// SPDX-License-Identifier: Apache-2.0
#include "sim/units/engine/tokens.h"

namespace nnp::sim {

std::string TokenFile::story(unsigned counter) const {
  const Counter& c = counters_[counter];
  std::string text = fmt::format("token {} holds {}, began with {}; ", counter, c.value, c.initial);
  if (c.expected == 0)
    text += "no instruction of this launch signals it";
  else if (c.signalled == c.expected)
    text +=
        fmt::format("{} has given all {} that it signals in this launch", c.source_unit->name(), c.expected);
  else
    text += fmt::format("{} has given {} of {}", c.source_unit->name(), c.signalled, c.expected);
  const std::size_t shown = std::min<std::size_t>(c.changes, kHistory);
  for (std::size_t i = c.changes - shown; i < c.changes; ++i) {
    const Change& change = c.history[i % kHistory];
    text += fmt::format("{}{:+} by instruction {} in cycle {}", i + shown == c.changes ? "; latest: " : ", ",
                        change.amount, change.instruction, change.cycle);
  }
  return text;
}

}  // namespace nnp::sim

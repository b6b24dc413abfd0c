// SPDX-License-Identifier: Apache-2.0
#include "traces/query/words.h"

#include <fmt/format.h>

namespace nnp::traces {

using Kind = sim::Release::Kind;

std::string unit_word(const TraceInfo& info, std::uint16_t unit) {
  if (unit < info.units.size()) return info.units[unit].name;
  return unit == sim::kHostLink ? "pcie" : "";
}

std::string layer_word(const TraceInfo& info, std::uint16_t layer) {
  return layer < info.layers.size() ? info.layers[layer].name : "";
}

std::string release_words(const TraceInfo& info, const sim::Release& release) {
  const std::string unit = unit_word(info, release.unit);
  switch (release.kind) {
    case Kind::own:
      return "its own timer";
    case Kind::retired:
      return fmt::format("instruction {} of {}, which retired", release.number, unit);
    case Kind::dispatched:
      return fmt::format("instruction {}, which {} dispatched", release.number, unit);
    case Kind::decoded:
      return fmt::format("instruction {}, which {} took from its queue", release.number, unit);
    case Kind::transfer:
      return fmt::format("the answer of {} to its transfer {}", unit, release.number);
    case Kind::tile_arrived:
      return fmt::format("weight tile {}, which {} delivered", release.number, unit);
    case Kind::tile_taken:
      return fmt::format("weight tile {}, which {} took from the FIFO", release.number, unit);
    case Kind::count:
      break;
  }
  return "";
}

const char* to_string(Kind kind) {
  constexpr const char* names[] = {"own",      "retired",      "dispatched", "decoded",
                                   "transfer", "tile_arrived", "tile_taken"};
  return kind < Kind::count ? names[static_cast<std::size_t>(kind)] : "";
}

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/trace_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {

std::string unit_word(const traces::TraceInfo& info, std::uint16_t unit) {
  if (unit < info.units.size()) return info.units[unit].name;
  return unit == sim::kHostLink ? "pcie" : "";
}

std::string layer_word(const traces::TraceInfo& info, std::uint16_t layer) {
  return layer < info.layers.size() ? info.layers[layer].name : "";
}

std::string release_words(const traces::TraceInfo& info, const sim::Release& release) {
  const std::string unit = unit_word(info, release.unit);
  switch (release.kind) {
    case sim::Release::Kind::own:
      return "its own timer";
    case sim::Release::Kind::retired:
      return fmt::format("instruction {} of {}, which retired", release.number, unit);
    case sim::Release::Kind::dispatched:
      return fmt::format("instruction {}, which {} dispatched", release.number, unit);
    case sim::Release::Kind::decoded:
      return fmt::format("instruction {}, which {} took from its queue", release.number, unit);
    case sim::Release::Kind::transfer:
      return fmt::format("the answer of {} to its transfer {}", unit, release.number);
    case sim::Release::Kind::tile_arrived:
      return fmt::format("weight tile {}, which {} delivered", release.number, unit);
    case sim::Release::Kind::tile_taken:
      return fmt::format("weight tile {}, which {} took from the FIFO", release.number, unit);
    case sim::Release::Kind::count:
      break;
  }
  return "";
}

std::uint16_t unit_named(const traces::TraceInfo& info, const std::string& name) {
  std::vector<std::string> names;
  for (const traces::TraceUnit& unit : info.units) names.push_back(unit.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw UsageError(fmt::format("--unit: no unit '{}'{}", name, instead_of(name, names, "Units")));
  return static_cast<std::uint16_t>(found - names.begin());
}

std::uint16_t layer_named(const traces::TraceInfo& info, const std::string& name) {
  std::vector<std::string> names;
  for (const traces::TraceLayer& layer : info.layers) names.push_back(layer.name);
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<std::uint16_t>(found - names.begin());
  for (std::size_t i = 0; i < info.layers.size(); ++i) {
    const auto& nodes = info.layers[i].onnx_nodes;
    if (std::find(nodes.begin(), nodes.end(), name) != nodes.end()) return static_cast<std::uint16_t>(i);
  }
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size() && number < info.layers.size()) return number;
  throw UsageError(fmt::format("--layer: no layer '{}'{}", name, instead_of(name, names, "Layers")));
}

sim::Cause cause_named(const std::string& name) {
  std::vector<std::string> names;
  for (unsigned i = 1; i < static_cast<unsigned>(sim::Cause::count); ++i)
    names.emplace_back(to_string(static_cast<sim::Cause>(i)));
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw UsageError(fmt::format("no cause '{}'{}", name, instead_of(name, names, "Causes")));
  return static_cast<sim::Cause>(found - names.begin() + 1);
}

}  // namespace nnp::cli

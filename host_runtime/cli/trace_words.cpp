// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/trace_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {

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

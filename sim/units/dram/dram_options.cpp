// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <stdexcept>

#include "models/dram/nearest.h"

namespace nnp::sim {
namespace {

constexpr const char* kPagePolicies[] = {"open", "closed"};
constexpr const char* kRefreshModes[] = {"all_bank", "per_bank", "off"};

double number(const std::string& name, const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument(fmt::format("{} = '{}' is no number", name, text.substr(0, 40)));
  return value;
}

std::uint32_t count(const std::string& name, const std::string& text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty())
    throw std::invalid_argument(fmt::format("{} = '{}' is no whole number from 0", name, text.substr(0, 40)));
  return value;
}

template <typename E, std::size_t N>
E word(const std::string& name, const std::string& text, const char* const (&words)[N]) {
  const auto at = std::find(std::begin(words), std::end(words), text);
  if (at == std::end(words)) {
    throw std::invalid_argument(fmt::format("{} = '{}'; allowed are {}", name, text.substr(0, 40),
                                            fmt::join(std::begin(words), std::end(words), ", ")));
  }
  return static_cast<E>(at - std::begin(words));
}

struct Setting {
  const char* name;
  void (*apply)(DramConfig&, const std::string& name, const std::string& text);
};
using Text = const std::string&;

constexpr Setting kSettings[] = {
    {"queue_depth", [](DramConfig& c, Text name, Text text) { c.queue_depth = count(name, text); }},
    {"row_hit_cap", [](DramConfig& c, Text name, Text text) { c.row_hit_cap = count(name, text); }},
    {"write_high_percent",
     [](DramConfig& c, Text name, Text text) { c.write_high_percent = count(name, text); }},
    {"write_low_percent",
     [](DramConfig& c, Text name, Text text) { c.write_low_percent = count(name, text); }},
    {"page_policy", [](DramConfig& c, Text name,
                       Text text) { c.page_policy = word<PagePolicy>(name, text, kPagePolicies); }},
    {"refresh",
     [](DramConfig& c, Text name, Text text) { c.refresh = word<RefreshMode>(name, text, kRefreshModes); }},
    {"ranks", [](DramConfig& c, Text name, Text text) { c.organization.ranks = count(name, text); }},
    {"ideal_bandwidth",
     [](DramConfig& c, Text name, Text text) { c.ideal_bandwidth_bytes_per_s = number(name, text); }},
    {"ideal_latency", [](DramConfig& c, Text name, Text text) { c.ideal_latency_s = number(name, text); }},
};

[[noreturn]] void unknown(const DramConfig& preset, const std::string& name) {
  std::vector<std::string> known;
  for (const TimingSymbol& symbol : preset.timing.symbols) known.push_back(symbol.name);
  for (const Setting& setting : kSettings) known.emplace_back(setting.name);
  throw std::invalid_argument(
      fmt::format("memory preset {}: unknown symbol or setting '{}'; nearest is '{}'; known: {}",
                  preset.preset, name.substr(0, 40), nearest(name, known), fmt::join(known, ", ")));
}

}  // namespace

DramConfig make_dram_config_from_text(std::string_view preset,
                                      const std::vector<std::pair<std::string, std::string>>& settings) {
  const DramConfig plain = make_dram_config(preset);
  std::map<std::string, double> timing;
  for (const auto& [name, text] : settings) {
    const auto same = [&name = name](const Setting& setting) { return setting.name == name; };
    if (std::any_of(std::begin(kSettings), std::end(kSettings), same)) continue;
    if (!is_timing_symbol(plain, name)) unknown(plain, name);
    timing[name] = number(name, text);
  }
  DramConfig config = make_dram_config(preset, timing);
  for (const auto& [name, text] : settings) {
    for (const Setting& setting : kSettings)
      if (setting.name == name) setting.apply(config, name, text);
  }
  check(config);
  return config;
}

const char* to_string(PagePolicy policy) { return kPagePolicies[static_cast<std::size_t>(policy)]; }
const char* to_string(RefreshMode mode) { return kRefreshModes[static_cast<std::size_t>(mode)]; }

}  // namespace nnp::sim

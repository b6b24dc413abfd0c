// SPDX-License-Identifier: Apache-2.0
#include "models/dram/dram_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

#include "models/dram/address_map.h"
#include "models/dram/nearest.h"
#include "models/dram/presets.h"
#include "models/dram/timing_rules.h"

namespace nnp::dram {
namespace {

constexpr double kMaxClocks = 1 << 20;

/// Clocks that cover a time; of tREFI, which is a maximum, those that it covers. The 2.5 % slack is the
/// standard's own rounding rule (JESD79-4, rounding algorithms): a table value that is rounded to 10 ps must
/// not cost a whole clock.
std::uint32_t clocks_of(const PresetSymbol& symbol, double tCK_ns) {
  const double clocks = symbol.ns / tCK_ns;
  const double whole =
      std::string_view(symbol.name) == "tREFI" ? std::floor(clocks + 0.025) : std::ceil(clocks - 0.025);
  return std::max(symbol.clocks, static_cast<std::uint32_t>(whole));
}

/// What data sheets also call a symbol; `tRCD` stands for both where reads and writes have one each.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"CL", "tCL"},      {"RL", "tCL"},      {"CWL", "tCWL"}, {"WL", "tCWL"},
    {"tRCD", "tRCDRD"}, {"tRCD", "tRCDWR"}, {"tCS", "tRTRS"}};

/// The overrides by the preset's own names.
std::map<std::string, double> by_own_names(const DramTiming& timing,
                                           const std::map<std::string, double>& overrides) {
  std::map<std::string, double> own;
  for (const auto& [key, value] : overrides) {
    bool known = timing.has(key);
    for (const auto& [other, name] : kOtherNames) {
      if (!timing.has(key) && other == key && timing.has(name)) known = own.emplace(name, value).second;
    }
    if (timing.has(key) || !known) own[key] = value;
  }
  return own;
}

[[noreturn]] void unknown_symbol(const DramTiming& timing, std::string_view name, const std::string& where) {
  std::vector<std::string> names;
  for (const TimingSymbol& symbol : timing.symbols) names.push_back(symbol.name);
  throw std::invalid_argument(fmt::format("{}: unknown timing symbol '{}'; nearest is '{}'; known: {}", where,
                                          name, nearest(name, names), fmt::join(names, ", ")));
}

void add_derived(DramTiming& timing, const char* name, std::int64_t value, const char* source) {
  timing.symbols.push_back({name, static_cast<std::uint32_t>(std::max<std::int64_t>(value, 1)), source});
}

std::uint32_t checked(const std::string& preset, const std::string& name, double value, double low,
                      double high) {
  if (!(value >= low && value <= high) || value != std::floor(value)) {
    throw std::invalid_argument(fmt::format("memory preset {}: {} = {}: must be a whole number from {} to {}",
                                            preset, name, value, low, high));
  }
  return static_cast<std::uint32_t>(value);
}

void check_count(const DramConfig& config, const char* what, std::uint32_t value, std::uint32_t high) {
  if (!std::has_single_bit(value) || value > high) {
    throw std::invalid_argument(fmt::format("memory preset {}: {} = {}: must be a power of two up to {}",
                                            config.preset, what, value, high));
  }
}

void check_range(const DramConfig& config, const char* what, double value, double low, double high) {
  if (!(value >= low && value <= high)) {
    throw std::invalid_argument(fmt::format("memory preset {}: {} = {}: must be from {} to {}", config.preset,
                                            what, value, low, high));
  }
}

void check_timing(const DramConfig& config) {
  const DramTiming& t = config.timing;
  const std::uint32_t burst = config.organization.burst_clocks();
  if (t.at("tRTW") + t.at("tCWL") < t.at("tCL") + burst) {
    throw std::invalid_argument(fmt::format(
        "memory preset {}: tRTW = {} lets write data (tCWL {}) meet read data (tCL {}): at least {}",
        config.preset, t.at("tRTW"), t.at("tCWL"), t.at("tCL"), t.at("tCL") + burst - t.at("tCWL")));
  }
  for (const char* name : {"tCCD", "tCCD_S", "tCCD_L", "tCCD_L_WR"}) {
    if (t.has(name) && t.at(name) < burst) {
      throw std::invalid_argument(
          fmt::format("memory preset {}: {} = {}: at least {}, the clocks of one burst", config.preset, name,
                      t.at(name), burst));
    }
  }
  // Between two refreshes every request must be able to make progress, whatever the symbols are.
  std::uint64_t sum = 0;
  for (const TimingSymbol& symbol : t.symbols) {
    if (symbol.name != "tREFI" && symbol.name != "tCK") sum += symbol.value;
  }
  if (sum * 2 > t.at("tREFI")) {
    throw std::invalid_argument(
        fmt::format("memory preset {}: tREFI = {} leaves no time for work: must be at least {}, twice the "
                    "sum of the other symbols",
                    config.preset, t.at("tREFI"), sum * 2));
  }
}

/// Per-bank refreshes must have room between each other.
void check_refresh(const DramConfig& config) {
  if (config.refresh != RefreshMode::per_bank) return;
  const std::uint32_t sets = refresh_sets(config.standard, config.organization);
  if (sets == 0) {
    throw std::invalid_argument(fmt::format(
        "memory preset {}: its standard has no per-bank refresh; refresh is all_bank or off", config.preset));
  }
  const ResolvedRules rules = resolve(timing_rules(config.standard), config);
  const std::uint32_t apart = rules.at(RuleLevel::rank, RuleOp::REFpb, RuleOp::REFpb);
  if (std::uint64_t{apart} * 2 * sets > config.timing.at("tREFI")) {
    throw std::invalid_argument(fmt::format(
        "memory preset {}: tREFI = {} is too short for the {} per-bank refreshes in it: at least {}",
        config.preset, config.timing.at("tREFI"), sets, std::uint64_t{apart} * 2 * sets));
  }
}

}  // namespace

std::uint32_t DramTiming::at(std::string_view name) const {
  for (const TimingSymbol& symbol : symbols) {
    if (symbol.name == name) return symbol.value;
  }
  unknown_symbol(*this, name, "memory timing");
}

bool DramTiming::has(std::string_view name) const {
  return std::any_of(symbols.begin(), symbols.end(),
                     [&](const TimingSymbol& symbol) { return symbol.name == name; });
}

Bytes DramConfig::capacity_bytes() const {
  return standard == DramStandard::ideal ? kNever : organization.capacity_bytes();
}

Bytes DramConfig::access_bytes() const {
  return standard == DramStandard::ideal ? 64 : organization.burst_bytes();
}

double DramConfig::peak_bytes_per_s() const {
  if (standard == DramStandard::ideal) return ideal_bandwidth_bytes_per_s;
  return static_cast<double>(frequency_khz) * 1e3 * organization.beats_per_clock * organization.channel_bits /
         8;
}

std::vector<std::string> dram_presets() {
  std::vector<std::string> names;
  for (const DramPreset& preset : preset_table()) names.emplace_back(preset.name);
  return names;
}

DramConfig make_dram_config(std::string_view name, const std::map<std::string, double>& overrides) {
  const auto& table = preset_table();
  const auto preset =
      std::find_if(table.begin(), table.end(), [&](const DramPreset& p) { return p.name == name; });
  if (preset == table.end()) {
    throw std::invalid_argument(fmt::format("unknown memory preset '{}'; nearest is '{}'; known: {}", name,
                                            nearest(name, dram_presets()), fmt::join(dram_presets(), ", ")));
  }
  DramConfig config;
  config.preset = preset->name;
  config.standard = preset->standard;
  config.frequency_khz = preset->frequency_khz;
  config.organization = preset->organization;

  DramTiming& timing = config.timing;
  timing.symbols.push_back(
      {"tCK", static_cast<std::uint32_t>(std::lround(preset->tCK_ns * 1e3)), "clock period in picoseconds"});
  for (const PresetSymbol& symbol : preset->symbols) {
    timing.symbols.push_back({symbol.name, clocks_of(symbol, preset->tCK_ns), symbol.source});
  }
  const bool commands = preset->standard != DramStandard::ideal;
  std::map<std::string, double> late;  // derived symbols
  for (const auto& [key, value] : by_own_names(timing, overrides)) {
    if (commands && (key == "tRC" || key == "tRTW")) {
      late[key] = value;
      continue;
    }
    const auto symbol = std::find_if(timing.symbols.begin(), timing.symbols.end(),
                                     [&](const TimingSymbol& s) { return s.name == key; });
    if (symbol == timing.symbols.end())
      unknown_symbol(timing, key, fmt::format("memory preset {}", preset->name));
    symbol->source = "overridden";
    if (key == "tCK") {
      symbol->value = checked(config.preset, key, value, 100, 100'000);
      config.frequency_khz = static_cast<std::uint64_t>(std::llround(1e9 / value));
    } else {
      symbol->value = checked(config.preset, key, value, 1, kMaxClocks);
    }
  }
  if (commands) {
    add_derived(timing, "tRC", std::int64_t{timing.at("tRAS")} + timing.at("tRP"), "tRAS + tRP");
    add_derived(timing, "tRTW",
                std::int64_t{timing.at("tCL")} + config.organization.burst_clocks() +
                    preset->read_to_write_gap - timing.at("tCWL"),
                "tCL + BL/n + gap - tCWL: read to write command, the preset's gap between their data");
    for (const auto& [key, value] : late) {
      auto symbol = std::find_if(timing.symbols.begin(), timing.symbols.end(),
                                 [&](const TimingSymbol& s) { return s.name == key; });
      *symbol = {key, checked(config.preset, key, value, 1, kMaxClocks), "overridden"};
    }
  }
  check(config);
  return config;
}

bool is_timing_symbol(const DramConfig& config, const std::string& name) {
  return by_own_names(config.timing, {{name, 1.0}}).count(name) == 0 || config.timing.has(name);
}

void check(const DramConfig& config) {
  if (config.standard == DramStandard::ideal) {
    check_range(config, "ideal_bandwidth_bytes_per_s", config.ideal_bandwidth_bytes_per_s, 0, 1e15);
    check_range(config, "ideal_latency_s", config.ideal_latency_s, 0, 1);
    return;
  }
  const DramOrganization& o = config.organization;
  check_count(config, "channel_bits", o.channel_bits, 1024);
  check_count(config, "burst_length", o.burst_length, 32);
  check_count(config, "beats_per_clock", o.beats_per_clock, 8);
  check_count(config, "bank_groups", o.bank_groups, 8);
  check_count(config, "banks", o.banks, 32 / o.bank_groups);
  check_count(config, "ranks", o.ranks, 64 / o.banks_per_rank());
  check_count(config, "rows", o.rows, 1u << 24);
  check_count(config, "columns", o.columns, 1u << 16);
  if (o.channel_bits < 8 || o.burst_length < o.beats_per_clock || o.columns < o.burst_length) {
    throw std::invalid_argument(
        fmt::format("memory preset {}: a channel of {} bits, bursts of {} and rows of {} columns do not fit",
                    config.preset, o.channel_bits, o.burst_length, o.columns));
  }
  check_range(config, "queue_depth", config.queue_depth, 1, 4096);
  check_range(config, "row_hit_cap", config.row_hit_cap, 1, 1u << 30);
  check_range(config, "write_high_percent", config.write_high_percent, 1, 100);
  check_range(config, "write_low_percent", config.write_low_percent, 0, config.write_high_percent);
  check_timing(config);
  check_refresh(config);
  AddressMap(config.address_map, o);  // throws where the text is wrong
}

}  // namespace nnp::dram

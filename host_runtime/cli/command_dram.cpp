// SPDX-License-Identifier: Apache-2.0
// nnpsim dram --preset P --trace FILE: the memory controller alone, and where the time of its data bus went.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/interrupt.h"
#include "sim/units/dram/dram_options.h"
#include "sim/units/dram/trace_driver.h"

namespace nnp::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Outcome {
  sim::DramConfig config;
  sim::TraceResult result;
  double bytes_per_s = 0;
  std::uint64_t folded = 0;  // requests beyond the memory
};

sim::DramConfig config_of(const DramOptions& options) {
  std::vector<std::pair<std::string, std::string>> settings;
  for (const std::string& text : options.settings) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw UsageError(fmt::format("--set {}: write SYMBOL=VALUE", text));
    settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  try {
    sim::DramConfig config = sim::make_dram_config_from_text(options.preset, settings);
    if (options.address_map) config.address_map = *options.address_map;
    sim::check(config);
    return config;
  } catch (const std::invalid_argument& error) {
    throw UsageError(error.what());
  }
}

Outcome simulate(const DramOptions& options) {
  Outcome outcome{config_of(options), {}, 0, 0};
  sim::RequestTrace trace(options.trace, outcome.config.capacity_bytes());
  std::uint64_t lines = 0;
  constexpr std::uint64_t kLook = 1 << 16;  // lines between two looks for Ctrl-C
  sim::TraceDriver driver(outcome.config);
  outcome.result = driver.run(
      [&](sim::TraceRequest& request) {
        if (++lines % kLook == 0) stop_if_interrupted();
        return trace.next(request);
      },
      options.window.value_or(0));
  outcome.folded = trace.folded();
  const double seconds =
      static_cast<double>(outcome.result.cycles) / (static_cast<double>(outcome.config.frequency_khz) * 1e3);
  const auto requests = static_cast<double>(outcome.result.reads + outcome.result.writes);
  outcome.bytes_per_s = share(requests * static_cast<double>(outcome.config.access_bytes()), seconds);
  return outcome;
}

/// Data first, then the waits; together the run's cycles. An ideal memory has no such account.
std::vector<std::pair<std::string, Cycles>> account(const Outcome& outcome) {
  if (outcome.config.standard == sim::DramStandard::ideal) return {};
  const sim::DramStatistics& s = outcome.result.statistics;
  std::vector<std::pair<std::string, Cycles>> parts{{"data", s.data_cycles}};
  for (std::size_t i = 0; i < sim::kBusWaits; ++i)
    parts.emplace_back(sim::to_string(static_cast<sim::BusWait>(i)), s.bus_waits[i]);
  return parts;
}

Json json_of(const Outcome& outcome) {
  const sim::TraceResult& result = outcome.result;
  const sim::DramConfig& config = outcome.config;
  const sim::DramStatistics& s = result.statistics;
  const sim::LatencyCounts& latency = result.read_latency;
  const bool read = latency.total() != 0;
  const auto known = [](bool is, auto value) { return is ? Json(value) : Json(nullptr); };
  Json timing = Json::object(), cycles = Json::object(), shares = Json::object();
  for (const sim::TimingSymbol& symbol : config.timing.symbols) timing[symbol.name] = symbol.value;
  for (const auto& [name, part] : account(outcome)) {
    cycles[name] = part;
    shares[name] = share(static_cast<double>(part), static_cast<double>(result.cycles));
  }
  const double peak = config.peak_bytes_per_s();
  return {{"schema", "nnpsim.dram/1"},
          {"preset", config.preset},
          {"requests", result.reads + result.writes},
          {"cycles", result.cycles},
          {"gbps", outcome.bytes_per_s / 1e9},
          {"peak_fraction", known(peak > 0, share(outcome.bytes_per_s, peak))},
          {"latency",
           {{"average", known(read, latency.average())},
            {"p50", known(read, latency.percentile(0.5))},
            {"p99", known(read, latency.percentile(0.99))},
            {"max", known(read, latency.largest())}}},
          {"row_hits", s.row_hits},
          {"row_misses", s.row_misses},
          {"row_conflicts", s.row_conflicts},
          {"commands", {{"act", s.act}, {"pre", s.pre}, {"rd", s.rd}, {"wr", s.wr}, {"ref", s.ref}}},
          {"timing", timing},
          {"reads", result.reads},
          {"writes", result.writes},
          {"folded", outcome.folded},
          {"access_bytes", config.access_bytes()},
          {"clock_khz", config.frequency_khz},
          {"peak_gbps", known(peak > 0, peak / 1e9)},
          {"bus_cycles", cycles},
          {"shares", shares},
          {"address_map", config.address_map},
          {"ranks", config.organization.ranks},
          {"queue_depth", config.queue_depth},
          {"row_hit_cap", config.row_hit_cap},
          {"write_high_percent", config.write_high_percent},
          {"write_low_percent", config.write_low_percent},
          {"page_policy", sim::to_string(config.page_policy)},
          {"refresh", sim::to_string(config.refresh)}};
}

/// Why bandwidth is what it is, in one sentence.
std::string reason(const Outcome& outcome) {
  auto parts = account(outcome);
  if (parts.empty() || outcome.result.cycles == 0) return {};
  const auto percent = [&](Cycles part) {
    return percent_text(share(static_cast<double>(part), static_cast<double>(outcome.result.cycles)));
  };
  std::stable_sort(parts.begin() + 1, parts.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  const char* told[][2] = {{"refresh", "refresh"},
                           {"tCCD_L", "columns too close in one bank group (tCCD_L)"},
                           {"tFAW", "activates too close (tFAW, tRRD)"},
                           {"turnaround", "turning between reads and writes"},
                           {"rank_switch", "switching between ranks"},
                           {"row_cycling", "closing and opening rows"},
                           {"command_bus", "the command bus"},
                           {"no_requests", "having no requests"}};
  std::vector<std::string> causes;
  for (std::size_t i = 1; i < parts.size() && parts[i].second != 0; ++i) {
    const auto entry = std::find_if(std::begin(told), std::end(told),
                                    [&](const auto& words) { return parts[i].first == words[0]; });
    causes.push_back(fmt::format("{} to {}", percent(parts[i].second), (*entry)[1]));
  }
  return fmt::format("\nThe data bus moves data in {} of the {} clocks{}{}.\n", percent(parts[0].second),
                     count_text(outcome.result.cycles), causes.empty() ? "" : "; it loses ",
                     fmt::join(causes, ", "));
}

std::string text_of(const Outcome& outcome) {
  const sim::TraceResult& result = outcome.result;
  const sim::DramStatistics& s = result.statistics;
  const sim::LatencyCounts& latency = result.read_latency;
  const double peak = outcome.config.peak_bytes_per_s();
  std::string text = outcome.config.preset + "\n\n";
  const auto add = [&text](const char* name, const std::string& value) {
    text += fmt::format("  {:<14}{}\n", name, value);
  };
  add("requests", fmt::format("{} reads, {} writes of {} bytes", count_text(result.reads),
                              count_text(result.writes), outcome.config.access_bytes()));
  add("clocks", fmt::format("{} at {:g} MHz", count_text(result.cycles),
                            static_cast<double>(outcome.config.frequency_khz) / 1000));
  add("bandwidth", peak > 0 ? fmt::format("{:.2f} GB/s, {} of the peak of {:.2f}", outcome.bytes_per_s / 1e9,
                                          percent_text(outcome.bytes_per_s / peak), peak / 1e9)
                            : fmt::format("{:.2f} GB/s", outcome.bytes_per_s / 1e9));
  if (latency.total() != 0)
    add("read latency", fmt::format("{:.1f} clocks on average, p50 {}, p99 {}, max {}", latency.average(),
                                    latency.percentile(0.5), latency.percentile(0.99), latency.largest()));
  add("rows", fmt::format("{} hits, {} misses, {} conflicts", count_text(s.row_hits),
                          count_text(s.row_misses), count_text(s.row_conflicts)));
  add("commands", fmt::format("{} ACT, {} PRE, {} RD, {} WR, {} REF", count_text(s.act), count_text(s.pre),
                              count_text(s.rd), count_text(s.wr), count_text(s.ref)));
  return text + reason(outcome);
}

}  // namespace

int dram(const DramOptions& options) {
  const Outcome outcome = simulate(options);
  if (outcome.folded != 0) {
    fmt::print(stderr, "nnpsim: {}: {} of {} requests lie beyond the memory's {}; they were folded into it\n",
               options.trace, count_text(outcome.folded),
               count_text(outcome.result.reads + outcome.result.writes),
               size_text(static_cast<double>(outcome.config.capacity_bytes())));
  }
  if (options.json)
    fmt::print("{}\n", json_of(outcome).dump(2, ' ', false, Json::error_handler_t::replace));
  else
    fmt::print("{}", text_of(outcome));
  return kOk;
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/text_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "host_runtime/cli/bound_text.h"
#include "host_runtime/cli/check_lines.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/option_values.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/verdict.h"

namespace nnp::cli {
namespace {

using Align = Table::Align;

constexpr std::size_t kShownLayers = 12, kNameWidth = 36;

std::string line(const char* what, const std::string& value, const std::string& note = "") {
  return fmt::format("  {:<16}{}{}\n", what, value, note.empty() ? "" : "  (" + note + ")");
}

/// Nothing where the values came from bulk kernels, as always but on request.
std::string array_line(const RunRecord& run) {
  const device::DrivenArrayStatistics& driven = run.statistics.array.driven;
  if (!driven.name.empty())
    return line("array", fmt::format("{}, {} clock edges", driven.name, count_text(driven.ticks)),
                fmt::format("{} sums of {} passes, each in its cycle", count_text(driven.sums),
                            count_text(driven.passes)));
  if (run.chip.array.model == models::ArrayModel::closed_form) return "";
  return line("array", "not driven", "timing only: no values, no operands");
}

std::string key_figures(const RunRecord& run) {
  const device::RunStatistics& statistics = run.statistics;
  const double seconds = run_seconds(run), frequency = static_cast<double>(run.chip.core_frequency_khz) * 1e3;
  const double peak = 2e-12 * peak_macs_per_cycle(run) * frequency;
  std::string text =
      line("cycles", count_text(statistics.cycles), fmt::format("core clock {:g} MHz", frequency * 1e-6));
  text += line("time", time_text(seconds), "doorbell to interrupt");
  text += line("inferences/s", rate_text(share(run.batch, seconds)));
  text += line("useful TOPS", fmt::format("{:.2f}", useful_tops(run)),
               fmt::format("{} of the array's {:.2f}", percent_text(utilization(run)), peak));
  text += line("load time", time_text(share(static_cast<double>(statistics.load_cycles), frequency)),
               "program and weights over PCIe, once");
  text += line("device memory", percent_text(statistics.dram.bandwidth_utilization) + " of peak bandwidth",
               fmt::format("{} read, {} written", size_text(static_cast<double>(statistics.dram.read_bytes)),
                           size_text(static_cast<double>(statistics.dram.write_bytes))));
  text += array_line(run);
  text += line("simulated in", time_text(run.simulation.wall_s),
               fmt::format("{} engine, {} cycles/s{}", to_string(run.engine),
                           rate_text(share(static_cast<double>(statistics.cycles), run.simulation.wall_s)),
                           run.compile.wall_s > 0 ? "; compiled in " + time_text(run.compile.wall_s) : ""));
  return text;
}

Cycles span(const RunRecord& run, std::size_t layer) {
  const device::LayerStatistics& account = layer_account(run, layer);
  return account.end_cycle - account.start_cycle;
}

/// In the order of the network; the longest ones only when there are many.
std::vector<std::size_t> layers_to_show(const RunRecord& run, bool all) {
  std::vector<std::size_t> order(run.layers.size());
  std::iota(order.begin(), order.end(), 0);
  if (all || order.size() <= kShownLayers) return order;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return span(run, left) > span(run, right); });
  order.resize(kShownLayers);
  std::sort(order.begin(), order.end());
  return order;
}

/// Whether the chip's layers are of several.
bool precisions_differ(const RunRecord& run) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < run.layers.size(); ++i)
    if (!run.layers[i].on_host && !run.layer_precisions[i].empty()) seen.insert(run.layer_precisions[i]);
  return seen.size() > 1;
}

std::string layer_table(const RunRecord& run, bool all) {
  const bool with_precision = precisions_differ(run);
  std::vector<Table::Column> columns{{"layer", Align::left}, {"op", Align::left}, {"where", Align::left}};
  if (with_precision) columns.push_back({"precision", Align::left});
  for (const char* figure : {"from cycle", "cycles", "turn"}) columns.push_back({figure});
  columns.push_back({"bound", Align::left});
  for (const char* figure : {"array active", "utilization", "weights KiB", "DRAM read KiB"})
    columns.push_back({figure});
  columns.push_back({"bound by", Align::left});
  Table table(std::move(columns));
  const auto shown = layers_to_show(run, all);
  for (const std::size_t i : shown) {
    const isa::LayerInfo& layer = run.layers[i];
    const device::LayerStatistics& account = layer_account(run, i);
    std::vector<std::string> cells{shortened(layer.name, kNameWidth), layer.op,
                                   layer.on_host ? "host" : "chip"};
    if (with_precision) cells.push_back(run.layer_precisions[i]);
    if (account.seen)
      for (const std::string& cell :
           {count_text(account.start_cycle), count_text(span(run, i)), count_text(account.turn.cycles),
            bound_cell(run, i), count_text(account.array_active),
            layer.macs == 0 ? "-" : percent_text(layer_utilization(run, i)), kib_text(account.weight_bytes),
            kib_text(account.dram_read_bytes)})
        cells.push_back(cell);
    else
      cells.insert(cells.end(), 8, "-");
    cells.push_back(layer_bound(run, i));
    table.add(std::move(cells));
  }
  std::string text = shown.size() == run.layers.size()
                         ? "Layers\n"
                         : fmt::format("Layers: the {} longest of {} (--layers shows all)\n", shown.size(),
                                       run.layers.size());
  return text + table.text();
}

std::string unit_table(const RunRecord& run) {
  Table table({{"unit", Align::left}, {"busy"}, {"idle"}, {"waits for", Align::left}});
  for (const device::UnitStatistics& unit : run.statistics.units) {
    const auto total = static_cast<double>(unit.cycles);
    std::vector<std::pair<std::string, Cycles>> waits(unit.waits.begin(), unit.waits.end());
    std::stable_sort(waits.begin(), waits.end(),
                     [](const auto& left, const auto& right) { return left.second > right.second; });
    std::string causes;
    for (const auto& [cause, cycles] : waits)
      if (const double part = share(static_cast<double>(cycles), total); part >= 0.0005)
        causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", cause, percent_text(part));
    table.add({unit.name, percent_text(share(static_cast<double>(unit.busy), total)),
               percent_text(share(static_cast<double>(unit.idle), total)), causes});
  }
  return "Units: where their time went\n" + table.text();
}

}  // namespace

std::string text_report(const RunRecord& run, bool all_layers) {
  const std::string parts = run.sub_batch == run.batch ? "" : fmt::format(", {} at a time", run.sub_batch);
  return fmt::format("{} on {}, {}, batch {}{}\n\n{}\n{}\n{}\n{}{}\n{}", run.network, run.chip.name,
                     isa::to_string(run.precision), run.batch, parts, key_figures(run),
                     layer_table(run, all_layers), unit_table(run),
                     run.checks.empty() ? "" : check_lines(run.checks) + '\n', verdict(run),
                     bound_sentence(run));
}

}  // namespace nnp::cli

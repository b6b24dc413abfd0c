// SPDX-License-Identifier: Apache-2.0
// A CompareRecord as tables: the rows, what is beside the chip's latency, roofs, layers, and the sentences.
#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/cli/check_lines.h"
#include "host_runtime/cli/compare_record.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/table.h"

namespace nnp::cli {
namespace {

using comparison::Position;
using comparison::Row;
constexpr auto kLeft = Table::Align::left;

template <typename T, typename Text>
std::string or_dash(const std::optional<T>& value, Text text) {
  return value ? text(*value) : std::string("-");
}

std::string tops_text(double per_s) { return fmt::format("{:.4g}", per_s * 1e-12); }

/// What is the same of all rows of a runner, once.
std::string methods(const CompareRecord& record) {
  std::vector<std::string> lines;
  const auto add = [&](const Row& row, const std::string& text) {
    std::string line = fmt::format("  {:<9}  {}\n", row.runner, text);
    if (!text.empty() && std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
  };
  for (const Row& row : record.rows) {
    if (!row.has_figures()) continue;
    add(row, row.method);
    if (row.peak_fraction) add(row, "of peak: " + row.peak_source);
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text.empty() ? "" : "\nWhat the figures are\n" + text;
}

std::string machine_text(const CompareRecord& record) {
  return fmt::format("\nThis machine: {}, {} processor{}, load {:.1f} before anything was timed\n",
                     record.processor, record.processors, record.processors == 1 ? "" : "s", record.load);
}

std::string rows_table(const CompareRecord& record) {
  Table table({{"runner", kLeft},
               {"device", kLeft},
               {"precision", kLeft},
               {"batch"},
               {"latency"},
               {"inferences/s"},
               {"of peak"},
               {"bytes moved"},
               {"status", kLeft},
               {"conditions", kLeft}});
  for (const Row& row : record.rows)
    table.add({row.runner, shortened(row.device, 32), row.precision,
               or_dash(row.batch, [](std::int64_t batch) { return fmt::format("{}", batch); }),
               or_dash(row.latency_s, time_text), or_dash(row.throughput_per_s, rate_text),
               or_dash(row.peak_fraction, percent_text),
               or_dash(row.memory_bytes,
                       [&](std::uint64_t bytes) {
                         return (row.memory_bytes_are_least ? ">= " : "") +
                                size_text(static_cast<double>(bytes));
                       }),
               to_string(row.status), row.has_figures() ? row.conditions : row.reason});
  return table.text();
}

std::string link_table(const CompareRecord& record) {
  Table table({{"batch"},
               {"latency, simulated"},
               {"without transfers, simulated"},
               {"over the link"},
               {"layers on the host, measured here"}});
  for (const Row& row : record.rows)
    if (row.runner == "chip" && row.has_figures())
      table.add({fmt::format("{}", *row.batch), time_text(*row.latency_s),
                 or_dash(row.without_transfers_s, time_text),
                 or_dash(row.host_link_bytes,
                         [](std::uint64_t bytes) { return size_text(static_cast<double>(bytes)); }),
                 or_dash(row.host_layers_s, time_text)});
  return table.empty() ? "" : fmt::format("\nHost and link of {}\n{}", record.chip, table.text());
}

std::string roofs_table(const CompareRecord& record) {
  Table table({{"device", kLeft},
               {"precision", kLeft},
               {"batch"},
               {"peak, TOPS"},
               {"GB/s"},
               {"operations/B"},
               {"no run below"},
               {"bound by", kLeft},
               {"ceilings from", kLeft}});
  for (const RoofRecord& roof : record.roofs) {
    // All of them are in the JSON: here those of the chip's precision, and fp16, GPUs' usual one.
    if (roof.kind == "data sheet" && roof.precision != record.precision && roof.precision != "fp16") continue;
    table.add({shortened(roof.device, 32), roof.precision, fmt::format("{}", roof.batch),
               tops_text(roof.ceilings.operations_per_s),
               fmt::format("{:.4g}", roof.ceilings.bytes_per_s * 1e-9),
               or_dash(roof.network.intensity, [](double value) { return fmt::format("{:.1f}", value); }),
               time_text(roof.network.least_s), roof.network.bound(), roof.ceilings.source});
  }
  return table.empty() ? "" : "\nRooflines (drawn from ceilings; not measurements)\n" + table.text();
}

std::vector<std::string> cells_of(const std::optional<Position>& position,
                                  const std::optional<double>& time) {
  if (!position) return {or_dash(time, time_text), "-", "-", "-", "-"};
  return {or_dash(time, time_text),
          or_dash(position->intensity, [](double value) { return fmt::format("{:.1f}", value); }),
          or_dash(position->attained, tops_text), or_dash(position->of_attainable(), percent_text),
          position->bound()};
}

std::string layers_table(const CompareRecord& record) {
  Table table({{"batch"},
               {"layer", kLeft},
               {"op", kLeft},
               {"on", kLeft},
               {"time"},
               {"operations/B"},
               {"TOPS"},
               {"of roof"},
               {"bound by", kLeft}});
  const auto add = [&](const LayerRecord& layer, const std::string& on, std::vector<std::string> cells) {
    std::vector<std::string> row{fmt::format("{}", layer.batch), shortened(layer.name, 28), layer.op,
                                 shortened(on, 28)};
    row.insert(row.end(), cells.begin(), cells.end());
    table.add(row);
  };
  for (const LayerRecord& layer : record.layers) {
    if (layer.where == "chip" && layer.time_s)
      add(layer, record.chip, cells_of(layer.position, layer.time_s));
    for (const LayerRecord::OnGpu& gpu : layer.gpus)
      add(layer, fmt::format("{} {}", gpu.precision, gpu.device), cells_of(gpu.position, gpu.time_s));
  }
  return table.empty() ? "" : "\nLayers under their roofs\n" + table.text();
}

}  // namespace

std::string compare_text(const CompareRecord& record, bool layers) {
  std::string text = fmt::format(
      "{} on {} in {}, and elsewhere\n\n{}{}{}", record.network, record.chip, record.precision,
      rows_table(record), machine_text(record) + methods(record) + link_table(record), roofs_table(record));
  if (layers) text += layers_table(record);
  if (!record.checks.empty())
    text += fmt::format("\n{}", check_lines(record.checks));
  else
    text += "\nNo values were checked.\n";
  for (const std::string& sentence : record.sentences()) text += '\n' + sentence + '\n';
  return text;
}

}  // namespace nnp::cli

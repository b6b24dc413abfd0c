// SPDX-License-Identifier: Apache-2.0
// nnpsim chips: the presets and what tells them apart.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/table.h"
#include "models/chips/chip_file.h"

namespace nnp::cli {
namespace {

double peak_tops(const models::ChipSpec& chip) {
  return 2e-9 * static_cast<double>(chip.arch.array_rows) * static_cast<double>(chip.arch.array_cols) *
         static_cast<double>(chip.core_frequency_khz);
}

nlohmann::ordered_json described(const models::ChipSpec& chip) {
  nlohmann::ordered_json precisions = nlohmann::ordered_json::array();
  for (const isa::Precision precision : chip.arch.precisions) precisions.push_back(isa::to_string(precision));
  return {{"name", chip.name},
          {"description", chip.description},
          {"array_rows", chip.arch.array_rows},
          {"array_cols", chip.arch.array_cols},
          {"core_frequency_hz", chip.core_frequency_khz * 1000},
          {"peak_tops", peak_tops(chip)},
          {"buffer_bytes", chip.arch.unified_buffer_bytes},
          {"memory", chip.memory.preset},
          {"memory_channels", chip.memory.channels},
          {"memory_bytes", chip.memory.capacity},
          {"precisions", precisions}};
}

}  // namespace

int list_chips(const ListOptions& options) {
  using Align = Table::Align;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  Table table({{"chip", Align::left},
               {"array"},
               {"clock MHz"},
               {"peak TOPS"},
               {"buffer"},
               {"memory", Align::left},
               {"what it is", Align::left}});
  for (const std::string& name : models::preset_names()) {
    const models::ChipSpec chip = models::load_chip(name);
    list.push_back(described(chip));
    table.add({name, fmt::format("{}x{}", chip.arch.array_rows, chip.arch.array_cols),
               fmt::format("{:g}", static_cast<double>(chip.core_frequency_khz) / 1000),
               fmt::format("{:.2f}", peak_tops(chip)),
               size_text(static_cast<double>(chip.arch.unified_buffer_bytes)),
               fmt::format("{} x {}", chip.memory.channels, chip.memory.preset), chip.description});
  }
  if (options.json)
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.chips/1"}, {"chips", list}}.dump(2));
  else
    fmt::print("{}", table.text(0));
  return kOk;
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/run_record.h"

#include <map>

#include "host_runtime/cli/figures.h"

namespace nnp::cli {

RunRecord record_of(const isa::Program& program, const ir::Graph& quantised, const models::ChipSpec& chip) {
  RunRecord record;
  record.network = program.network;
  record.chip = chip;
  record.precision = program.precision;
  record.batch = program.batch;
  record.sub_batch = program.sub_batch == 0 ? program.batch : program.sub_batch;
  record.instructions = program.instructions.size();
  record.layers = program.layers;
  record.layer_precisions = layer_precisions(program, quantised);
  return record;
}

double run_seconds(const RunRecord& run) {
  return share(static_cast<double>(run.statistics.cycles),
               static_cast<double>(run.chip.core_frequency_khz) * 1e3);
}

std::uint64_t network_macs(const RunRecord& run) {
  std::uint64_t macs = 0;
  for (const isa::LayerInfo& layer : run.layers) macs += layer.macs;
  return macs;
}

std::uint64_t chip_macs(const RunRecord& run) {
  std::uint64_t macs = 0;
  for (const isa::LayerInfo& layer : run.layers) macs += layer.on_host ? 0 : layer.macs;
  return macs;
}

double peak_macs_per_cycle(const RunRecord& run) {
  return static_cast<double>(run.chip.arch.array_rows) * static_cast<double>(run.chip.arch.array_cols);
}

double useful_tops(const RunRecord& run) {
  return share(2e-12 * static_cast<double>(chip_macs(run)), run_seconds(run));
}

double utilization(const RunRecord& run) {
  return share(static_cast<double>(chip_macs(run)),
               static_cast<double>(run.statistics.cycles) * peak_macs_per_cycle(run));
}

namespace {

std::string precision_of(ir::DType type) {
  switch (type) {
    case ir::DType::u8:
    case ir::DType::s8:
      return "int8";
    case ir::DType::s16:
      return "int8x16";
    case ir::DType::bf16:
      return "bf16";
    case ir::DType::f32:
      return "fp32";
    default:
      return "";
  }
}

}  // namespace

std::vector<std::string> layer_precisions(const isa::Program& program, const ir::Graph& graph) {
  std::map<std::string, std::string> by_name;
  for (const ir::Node& node : graph.nodes)
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) by_name.try_emplace(node.name, precision_of(graph.values[id].type));
  std::vector<std::string> precisions;
  for (const isa::LayerInfo& layer : program.layers) precisions.push_back(by_name[layer.name]);
  return precisions;
}

const device::LayerStatistics& layer_account(const RunRecord& run, std::size_t layer) {
  static const device::LayerStatistics kNothing;
  return layer < run.statistics.layers.size() ? run.statistics.layers[layer] : kNothing;
}

double layer_utilization(const RunRecord& run, std::size_t layer) {
  if (run.layers[layer].on_host) return 0;
  return share(static_cast<double>(run.layers[layer].macs),
               static_cast<double>(layer_account(run, layer).array_occupied) * peak_macs_per_cycle(run));
}

std::string layer_bound(const RunRecord& run, std::size_t layer) {
  if (run.layers[layer].on_host) return "host";
  const device::LayerStatistics& account = layer_account(run, layer);
  if (!account.seen) return "none";
  std::string bound = account.array_active > 0 ? "array" : "vector";
  if (account.array_active == 0) return bound;
  Cycles most = account.array_active;
  for (const auto& [cause, cycles] : account.array_waits)
    if (cycles > most) most = cycles, bound = cause;
  return bound;
}

}  // namespace nnp::cli

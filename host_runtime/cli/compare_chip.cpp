// SPDX-License-Identifier: Apache-2.0
// The chip's side of a comparison.
#include <fmt/format.h>

#include "host_runtime/bounds/layer_bounds.h"
#include "host_runtime/cli/compare_sides.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/comparison/timing.h"
#include "models/chips/idealise.h"

namespace nnp::cli {
namespace {

using comparison::Ceilings;

double core_hertz(const models::ChipSpec& chip) { return static_cast<double>(chip.core_frequency_khz) * 1e3; }

Ceilings ceilings_of(const models::ChipSpec& chip) {
  const double peak = 2 * static_cast<double>(chip.arch.array_rows) *
                      static_cast<double>(chip.arch.array_cols) * core_hertz(chip);
  return {peak, bounds::memory_bytes_per_cycle(chip) * core_hertz(chip),
          "the chip's array and memory channels, as configured"};
}

ExecutionChoice execution(std::uint64_t seed, const std::vector<std::string>& checks) {
  ExecutionChoice choice;
  choice.seed = seed, choice.checks = checks, choice.timing_only = checks.empty();
  return choice;
}

RunRecord simulated(const Batch& batch, const models::ChipSpec& chip, const ExecutionChoice& choice,
                    Progress& progress) {
  const std::vector<ir::Tensor> nothing(batch.inputs.size());
  return execute({batch.compiled.program, batch.compiled.quantised, &batch.compiled.optimised}, chip,
                 choice.timing_only ? nothing : batch.inputs, choice, progress)
      .record;
}

void add_layers(const RunRecord& run, const Ceilings& ceilings, std::int64_t batch, CompareRecord& record) {
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    const device::LayerStatistics& account = layer_account(run, i);
    LayerRecord layer;
    layer.batch = batch;
    layer.name = run.layers[i].name, layer.op = run.layers[i].op;
    layer.where = run.layers[i].on_host ? "host" : "chip";
    if (account.turn.cycles > 0)
      layer.time_s = static_cast<double>(account.turn.cycles) / core_hertz(run.chip);
    layer.position = comparison::position_of(
        static_cast<double>(run.layers[i].macs),
        static_cast<double>(account.dram_read_bytes + account.dram_write_bytes), ceilings, layer.time_s);
    record.layers.push_back(std::move(layer));
  }
}

}  // namespace

void add_chip(const Batch& batch, const models::ChipSpec& chip, std::uint64_t seed,
              const std::vector<std::string>& checks, CompareRecord& record, Progress& progress) {
  const RunRecord run = simulated(batch, chip, execution(seed, checks), progress);
  if (!checks.empty()) record.checks = run.checks, record.check_batch = batch.size;
  models::ChipSpec without_link = chip;
  models::idealise(without_link, models::Resource::pcie);
  const RunRecord ideal = simulated(batch, without_link, execution(seed, {}), progress);
  progress.phase("timing the host's layers");
  const comparison::HostLayers host = comparison::time_host_layers(batch.compiled.quantised, batch.inputs);

  const Ceilings ceilings = ceilings_of(chip);
  comparison::Row row;
  row.runner = "chip", row.device = chip.name, row.status = comparison::Status::simulated;
  row.batch = batch.size, row.precision = record.precision;
  row.latency_s = run_seconds(run), row.without_transfers_s = run_seconds(ideal);
  row.conditions = "simulated here";
  row.method =
      "doorbell to interrupt, inputs and outputs over the link included, weights in device memory, layers on "
      "the host not included";
  row.peak_operations_per_s = ceilings.operations_per_s, row.peak_source = "its array";
  row.memory_bytes = run.statistics.dram.read_bytes + run.statistics.dram.write_bytes;
  row.host_link_bytes = run.statistics.pcie.to_device_bytes + run.statistics.pcie.from_device_bytes;
  row.host_layers_s = host.seconds;
  const auto macs = static_cast<double>(chip_macs(run));
  comparison::complete(row, macs);
  record.roofs.push_back(
      {chip.name, record.precision, "chip", batch.size, ceilings,
       comparison::position_of(macs, static_cast<double>(*row.memory_bytes), ceilings, row.latency_s)});
  record.rows.push_back(std::move(row));
  add_layers(run, ceilings, batch.size, record);
}

}  // namespace nnp::cli

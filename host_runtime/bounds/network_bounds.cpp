// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/bounds/network_bounds.h"

#include <algorithm>
#include <cmath>

#include "sim/units/pcie/pcie_wire.h"

namespace nnp::bounds {
namespace {

using device::Traffic;
using device::Work;

/// The run as one layer. What its layers did for later ones it did for itself.
device::LayerStatistics as_one(const device::RunStatistics& run) {
  device::LayerStatistics all;
  const auto add = [&](const device::TurnStatistics& turn) {
    all.turn.cycles += turn.cycles;
    for (std::size_t work = 0; work < device::kWorks; ++work) {
      const Work as = static_cast<Work>(work) == Work::array_later    ? Work::array
                      : static_cast<Work>(work) == Work::vector_later ? Work::vector
                                                                      : static_cast<Work>(work);
      auto& to = all.turn.cells[static_cast<std::size_t>(as)];
      const auto& from = turn.cells[work];
      to[static_cast<std::size_t>(Traffic::own)] += from[0] + from[1];
      to[static_cast<std::size_t>(Traffic::none)] += from[2];
    }
  };
  add(run.launch);
  for (const device::LayerStatistics& layer : run.layers) {
    add(layer.turn);
    for (std::size_t worker = 0; worker < device::kWorkers; ++worker) all.busy[worker] += layer.busy[worker];
    all.dram_read_bytes += layer.dram_read_bytes, all.dram_write_bytes += layer.dram_write_bytes;
  }
  all.turn.busy = all.busy;
  return all;
}

/// Takes at most `cycles` out of a cell; returns what it took.
Cycles take(device::TurnStatistics& turn, Work work, Cycles cycles) {
  Cycles taken = 0;
  for (Cycles& cell : turn.cells[static_cast<std::size_t>(work)]) {
    const Cycles here = std::min(cell, cycles - taken);
    cell -= here, taken += here;
  }
  turn.cycles -= taken;
  return taken;
}

}  // namespace

NetworkBounds bounds_of(const ir::Graph& graph, const isa::Program& program, const models::ChipSpec& chip) {
  NetworkBounds bounds;
  bounds.layers = bounds_of(graph, chip, program.batch, program.sub_batch);
  bounds.sum = sum_of(bounds.layers, chip);
  const sim::PcieWire wire(chip.pcie);
  const double per_picosecond = static_cast<double>(chip.core_frequency_khz) * 1e-9;  // core cycles
  Bytes in = 0, out = 0;
  for (const isa::Launch& launch : program.launches) {
    for (const isa::HostTensor& tensor : launch.inputs) in += tensor.bytes;
    for (const isa::HostTensor& tensor : launch.outputs) out += tensor.bytes;
  }
  if (!chip.pcie.shared_memory)
    bounds.host_link_cycles = static_cast<double>(wire.time(std::max(in, out))) * per_picosecond;
  bounds.messages =
      static_cast<double>(2 * program.launches.size()) * chip.pcie.latency_s * 1e12 * per_picosecond;
  const double most = bounds.sum.cycles_of[static_cast<std::size_t>(bounds.sum.bound_by)];
  bounds.by_host_link = bounds.host_link_cycles > most;
  bounds.cycles =
      static_cast<Cycles>(std::ceil(std::max(most, bounds.host_link_cycles) + bounds.messages - 1e-6));
  return bounds;
}

NetworkGap gap_of(const NetworkBounds& bounds, const device::RunStatistics& run,
                  const models::ChipSpec& chip) {
  NetworkGap gap;
  const MemoryLosses losses = memory_losses(run);
  const double rate = memory_bytes_per_cycle(chip);
  static const device::LayerStatistics kNothing;
  for (std::size_t i = 0; i < bounds.layers.size(); ++i)
    gap.layers.push_back(
        gap_of(bounds.layers[i], i < run.layers.size() ? run.layers[i] : kNothing, losses, rate));
  // What nothing overlaps goes off first, from the cycles in which messages crossed the link.
  device::LayerStatistics all = as_one(run);
  const auto fixed = static_cast<Cycles>(std::llround(bounds.messages));
  Cycles taken = take(all.turn, Work::nothing, fixed);
  taken += take(all.turn, Work::host, fixed - taken);
  LayerBounds sum = bounds.sum;
  if (bounds.by_host_link) taken += take(all.turn, Work::host, bounds.cycles - taken), sum = {};
  sum.cycles = bounds.cycles - taken;
  gap.all = gap_of(sum, all, losses, rate);
  gap.all.count = run.cycles, gap.all.bound = bounds.cycles;
  return gap;
}

}  // namespace nnp::bounds

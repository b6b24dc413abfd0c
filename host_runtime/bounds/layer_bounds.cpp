// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/bounds/layer_bounds.h"

#include <algorithm>
#include <cmath>

#include "compiler/codegen/codegen.h"
#include "models/dram/dram_config.h"

namespace nnp::bounds {

const char* to_string(Resource resource) {
  constexpr const char* names[] = {"compute", "vector", "memory", "ports"};
  return names[static_cast<std::size_t>(resource)];
}
const char* in_words(Resource resource) {
  constexpr const char* names[] = {"the array's cells", "the vector unit's lanes", "device memory",
                                   "the buffer's ports"};
  return names[static_cast<std::size_t>(resource)];
}

double memory_bytes_per_cycle(const models::ChipSpec& chip) {
  dram::DramConfig config = dram::make_dram_config(chip.memory.preset, chip.memory.timing);
  config.ideal_bandwidth_bytes_per_s = chip.memory.ideal_bandwidth_bytes_per_s / chip.memory.channels;
  return config.peak_bytes_per_s() * chip.memory.channels /
         (static_cast<double>(chip.core_frequency_khz) * 1e3);
}

LayerBounds bounds_of(const LayerWork& work, const models::ChipSpec& chip) {
  LayerBounds bounds;
  bounds.work = work;
  const auto set = [&](Resource resource, double cycles) {
    bounds.cycles_of[static_cast<std::size_t>(resource)] = cycles;
  };
  set(Resource::compute, work.array_cycles);
  set(Resource::vector, work.vector_cycles);
  if (const double rate = memory_bytes_per_cycle(chip); rate > 0)
    set(Resource::memory, static_cast<double>(work.bytes()) / rate);
  double ports = work.bank_cycles;
  for (std::size_t worker = 0; worker < device::kWorkers; ++worker)
    if (work.port_cycles[worker] > ports)
      ports = work.port_cycles[worker], bounds.port = static_cast<device::Worker>(worker);
  set(Resource::ports, ports);
  const auto most = std::max_element(bounds.cycles_of.begin(), bounds.cycles_of.end());
  bounds.bound_by = static_cast<Resource>(most - bounds.cycles_of.begin());
  bounds.cycles = static_cast<Cycles>(std::ceil(*most - 1e-6));
  return bounds;
}

namespace {

void add(LayerWork& all, const LayerWork& work, std::uint64_t times) {
  const auto more = static_cast<double>(times);
  all.macs += times * work.macs;
  all.array_cycles += more * work.array_cycles;
  all.vector_cycles += more * work.vector_cycles;
  for (std::size_t i = 0; i < device::kWorkers; ++i) all.port_cycles[i] += more * work.port_cycles[i];
  all.bank_cycles += more * work.bank_cycles;
  all.weight_bytes += times * work.weight_bytes, all.parameter_bytes += times * work.parameter_bytes;
  all.input_bytes += times * work.input_bytes, all.output_bytes += times * work.output_bytes;
  all.weight_fetches += times * work.weight_fetches;
}

}  // namespace

std::vector<LayerBounds> bounds_of(const ir::Graph& graph, const models::ChipSpec& chip, std::uint32_t batch,
                                   std::uint32_t sub_batch) {
  const compiler::PlacedPart part(graph, chip.arch, batch, sub_batch);
  std::vector<LayerBounds> bounds;
  for (const ir::Node& node : part.graph().nodes) {
    LayerWork work;
    work.parts = sub_batch == 0 ? 1 : batch / sub_batch;
    add(work, work_of(part.graph(), node, chip, part.plan()), work.parts);
    bounds.push_back(bounds_of(work, chip));
  }
  return bounds;
}

LayerBounds sum_of(const std::vector<LayerBounds>& layers, const models::ChipSpec& chip) {
  LayerWork all;
  for (const LayerBounds& layer : layers) add(all, layer.work, 1);
  return bounds_of(all, chip);
}

}  // namespace nnp::bounds

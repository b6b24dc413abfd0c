// SPDX-License-Identifier: Apache-2.0
// What a layer takes at least on a chip, however it is mapped: the work of each resource over its rate, as if
// nothing else took time. docs/guide/bounds.md derives the formulas.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/tiling/memory_plan.h"
#include "host_runtime/device/turns.h"
#include "models/chips/chip_spec.h"

namespace nnp::bounds {

enum class Resource : std::uint8_t { compute, vector, memory, ports, count };
inline constexpr std::size_t kResources = static_cast<std::size_t>(Resource::count);
const char* to_string(Resource);  // as in JSON
const char* in_words(Resource);   // "device memory"

/// Work of a layer that no mapping saves.
struct LayerWork {
  std::uint64_t macs = 0;    // that the network asks for
  double array_cycles = 0;   // macs / PEs, twice where a step takes two cycles
  double vector_cycles = 0;  // elements / lanes
  /// Words that a worker's port moves, or sums / lanes: cycles, one port a worker, by device::Worker.
  std::array<double, device::kWorkers> port_cycles{};
  double bank_cycles = 0;  // all words over the buffer's banks
  Bytes weight_bytes = 0, parameter_bytes = 0, input_bytes = 0,
        output_bytes = 0;            // to and from device memory
  std::uint64_t weight_fetches = 0;  // of the weights: accumulators and fields hold only so many rows of sums
  std::uint64_t parts = 1;           // that the batch goes through the network in
  Bytes bytes() const { return weight_bytes + parameter_bytes + input_bytes + output_bytes; }
};

/// Zero for a node on the host and for one that only renames bytes.
LayerWork work_of(const ir::Graph&, const ir::Node&, const models::ChipSpec&, const compiler::MemoryPlan&);

/// Peak of device memory over all channels, in bytes a core cycle.
double memory_bytes_per_cycle(const models::ChipSpec&);

struct LayerBounds {
  LayerWork work;
  std::array<double, kResources> cycles_of{};  // core cycles, not rounded
  Cycles cycles = 0;                           // the largest, rounded up
  Resource bound_by = Resource::compute;
  std::optional<device::Worker> port;  // bound_by ports: whose; none: the banks
};
LayerBounds bounds_of(const LayerWork&, const models::ChipSpec&);

/// By node of a scheduled graph, as Program::layers; of a batch that goes in parts as those have their
/// values.
std::vector<LayerBounds> bounds_of(const ir::Graph&, const models::ChipSpec&, std::uint32_t batch = 1,
                                   std::uint32_t sub_batch = 0);

/// All layers as one: each resource's work summed, so that layers may overlap.
LayerBounds sum_of(const std::vector<LayerBounds>&, const models::ChipSpec&);

}  // namespace nnp::bounds

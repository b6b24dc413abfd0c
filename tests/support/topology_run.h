// SPDX-License-Identifier: Apache-2.0
// A SCALE-Sim topology on the chip of that tool, and the tool's fold law.
#pragma once

#include <string_view>

#include "compiler/frontend/topology.h"
#include "host_runtime/executor/executor.h"
#include "models/chips/chip_spec.h"

namespace nnp::test {

struct Topology {
  std::vector<compiler::TopologyLayer> layers;
  ir::Graph quantised;  // scheduled: host, chip, host
};
/// Calibrated on one random input.
Topology quantised_topology(std::string_view csv);

/// Chip `scalesim` with another array.
models::ChipSpec scalesim_chip(isa::ArrayKind, std::uint32_t rows, std::uint32_t cols);

/// The law of Samajdar et al., ISPASS 2020: every fold takes the whole array's time, folds do not overlap.
Cycles scalesim_cycles(const compiler::TopologyLayer&, isa::ArrayKind, std::uint32_t rows,
                       std::uint32_t cols);

struct TopologyRun {
  std::vector<Cycles> compute_cycles;  // of each layer of the topology
  executor::Inference inference;
};
/// Without values unless `inputs` are given.
TopologyRun run_topology(const Topology&, const models::ChipSpec&,
                         const std::vector<ir::Tensor>& inputs = {});

}  // namespace nnp::test

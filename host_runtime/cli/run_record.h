// SPDX-License-Identifier: Apache-2.0
// Everything a run found out: what the JSON and the tables are made from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/bounds/network_bounds.h"
#include "host_runtime/cli/stopwatch.h"
#include "host_runtime/compare/comparison.h"
#include "host_runtime/device/statistics.h"
#include "isa/program/program.h"
#include "models/chips/chip_spec.h"
#include "sim/kernel/clock_domain.h"

namespace nnp::cli {

struct OutputRecord {
  std::string name, dtype;
  ir::Shape shape;
  std::optional<std::string> sha256;  // of the elements' bytes, row-major; absent in a timing-only run
};

/// What integer layers were calibrated on.
struct CalibrationRecord {
  compiler::CalibrationRule rule;
  std::string from;  // "data", "input" or "random"
};

struct RunRecord {
  std::string network;
  models::ChipSpec chip;
  isa::Precision precision = isa::Precision::int8;
  std::uint32_t batch = 1;
  std::uint32_t sub_batch = 1;  // inferences that go through the network together
  std::uint64_t seed = 1;
  sim::Engine engine = sim::Engine::leap;
  bool timing_only = false;
  std::uint64_t instructions = 0;
  std::vector<isa::LayerInfo> layers;
  std::vector<std::string> layer_precisions;  // of what each layer makes; "" of codes that are no activations
  std::optional<CalibrationRecord> calibration;  // absent: the program came from a file, or is of reals
  device::RunStatistics statistics;
  std::optional<bounds::NetworkBounds> bounds;  // absent for a program whose graph this compiler would refuse
  bounds::NetworkGap gap;                       // where there are bounds
  std::vector<compare::Comparison> checks;
  std::vector<OutputRecord> outputs;
  Spent compile, simulation, total;
  std::uint64_t peak_rss_bytes = 0;
};

/// What is known of a run before it: of the program and the chip.
RunRecord record_of(const isa::Program&, const ir::Graph& quantised, const models::ChipSpec&);

// ---- figures that JSON and tables share

double run_seconds(const RunRecord&);
std::uint64_t network_macs(const RunRecord&);  // all layers, those on the host too
std::uint64_t chip_macs(const RunRecord&);     // layers on the chip
double peak_macs_per_cycle(const RunRecord&);
double useful_tops(const RunRecord&);  // 1e12 operations a second, two a MAC
double utilization(const RunRecord&);  // useful MACs over what the array could do in the whole run

/// By layer: "int8", "int8x16", "bf16" or "fp32", of its first result; "" of others (indices, flags).
std::vector<std::string> layer_precisions(const isa::Program&, const ir::Graph&);

/// A layer's account, zeros for one without instructions.
const device::LayerStatistics& layer_account(const RunRecord&, std::size_t layer);
/// Useful MACs over what the array could do while the layer occupied it.
double layer_utilization(const RunRecord&, std::size_t layer);
/// "host", "none" (no instructions), "array", a cause of waiting, or "vector" for a layer without matrix
/// work.
std::string layer_bound(const RunRecord&, std::size_t layer);

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// A network compiled for a chip, and what executing it costs.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "compiler/ir/graph.h"
#include "models/chips/chip_spec.h"
#include "sim/kernel/clock_domain.h"
#include "tests/bench/measure.h"

namespace nnp::bench {

struct Workload {
  std::string network;               // of the zoo, unless `graph` makes one
  std::function<ir::Graph()> graph;  // a float graph
  std::string chip;
  isa::Precision precision = isa::Precision::int8;
  std::int64_t batch = 0, steps = 0;  // 0: the network's own
};

struct Asked {
  bool values = true;     // with values too
  bool reference = true;  // R
  sim::Engine engine = sim::Engine::leap;
  int runs = kRuns;
};

/// {cycles, instructions, timing_s, values_s, load_s, reference_s, weight_bytes, activation_bytes,
/// timing_peak_bytes, values_peak_bytes}; what is not asked for is null. timing_s and values_s: device made,
/// program loaded, one inference; load_s: the file read, the graph decoded.
Json measure_workload(const Workload&, const Asked& = {});

/// Executes a program file in this process: {cycles, seconds, load_s}.
Json execute(const std::filesystem::path& program, const models::ChipSpec&, bool values, const Asked&);

}  // namespace nnp::bench

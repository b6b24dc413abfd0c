// SPDX-License-Identifier: Apache-2.0
// A small network on a small chip: its program, a run with every record kept, and the first record
// in which two runs differ.
#pragma once

#include <string>
#include <vector>

#include "host_runtime/executor/executor.h"
#include "sim/chip/systemc_host.h"
#include "tests/support/event_log.h"
#include "tests/support/random_network.h"

namespace nnp::test {

struct NetworkCase {
  ir::Graph graph;
  models::ChipSpec chip;  // its buffer as large as the network needs
  isa::Program program;
  std::vector<ir::Tensor> inputs;
};
/// Of a quantised graph, with random inputs.
NetworkCase make_case(ir::Graph graph, models::ChipSpec chip, std::uint64_t seed);
/// Of random_network(seed). `chip` is random_chip(seed), or that with changes.
NetworkCase random_case(std::uint64_t seed, models::ChipSpec chip);

struct RecordedRun {
  executor::Inference inference;
  EventLog log;
};
/// With accumulators unless options.values is false. `options.trace` is not used.
RecordedRun recorded_run(const NetworkCase&, sim::ChipOptions options, sim::Host host = sim::Host::plain);

/// Empty when all records are equal, unit by unit; else the earliest difference in one line.
std::string first_difference(const RecordedRun& a, const RecordedRun& b);

}  // namespace nnp::test

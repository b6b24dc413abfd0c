// SPDX-License-Identifier: Apache-2.0
#include "tests/support/tile_times.h"

#include <algorithm>

#include "host_runtime/executor/executor.h"
#include "sim/chip/systemc_host.h"

namespace nnp::test {
namespace {

struct Recorder : sim::TraceSink {
  void state(const sim::StateRecord&) override {}
  void tile(const sim::TileSpan& span) override {
    ++times.count;
    times.first_requested = std::min(times.first_requested, span.requested);
    times.last_pushed = std::max(times.last_pushed, span.pushed);
  }
  TileTimes times;
};

}  // namespace

TileTimes tile_times(const isa::Program& program, const ir::Graph& graph, const models::ChipSpec& chip) {
  Recorder recorder;
  sim::ChipOptions options;
  options.values = false;
  options.trace = &recorder;
  const auto device = sim::make_device(chip, options, sim::Host::plain);
  executor::Executor executor(*device, program, graph);
  executor.run(std::vector<ir::Tensor>(graph.inputs.size()), {false, false});
  return recorder.times;
}

}  // namespace nnp::test

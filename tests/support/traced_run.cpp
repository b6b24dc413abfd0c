// SPDX-License-Identifier: Apache-2.0
#include "tests/support/traced_run.h"

#include <fstream>
#include <sstream>

#include "compiler/compile.h"
#include "host_runtime/cli/trace_session.h"
#include "host_runtime/executor/executor.h"
#include "sim/chip/systemc_host.h"
#include "traces/query/critical_path.h"
#include "traces/query/laws.h"

namespace nnp::test {

TracedRun traced_run(const isa::Program& program, const ir::Graph& graph, const models::ChipSpec& chip,
                     const std::filesystem::path& file, sim::ChipOptions options, traces::TraceLevel level,
                     traces::Batches batches) {
  TracedRun run;
  {
    cli::TraceSession session({file.string(), level, batches}, program, chip, 1);
    options.values = false;
    options.trace = session.sink();
    options.trace_commands = session.wants_commands();
    const auto device = sim::make_device(chip, options, sim::Host::plain);
    executor::Executor executor(*device, program, graph);
    cli::RunRecord record = cli::record_of(program, graph, chip);
    record.statistics = executor.run(std::vector<ir::Tensor>(graph.inputs.size()), {false, false}).statistics;
    run.cycles = record.statistics.cycles;
    run.statistics = record.statistics;
    run.statistics.unit_ticks = 0;
    session.finish(record);
  }
  std::ifstream stream(file, std::ios::binary);
  run.bytes = (std::ostringstream() << stream.rdbuf()).str();
  const traces::TraceFile trace(file);
  const traces::TraceGraph graph_of_trace(trace);
  run.breaches = traces::breached_laws(trace, graph_of_trace);
  for (const traces::PathPiece& piece : traces::critical_path(graph_of_trace))
    run.path_cycles += piece.cycles;
  return run;
}

}  // namespace nnp::test

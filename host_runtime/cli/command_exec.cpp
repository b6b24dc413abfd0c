// SPDX-License-Identifier: Apache-2.0
// nnpsim exec FILE.nnp: simulates a compiled program; references work from the graph that travels in it.
#include <fmt/format.h>

#include <optional>

#include "host_runtime/cli/checks.h"
#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/inputs.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/cli/run_page.h"
#include "host_runtime/executor/program_check.h"
#include "isa/program/program_file.h"

namespace nnp::cli {
namespace {

void require_as_asked(const isa::Program& program, const ExecOptions& options) {
  if (options.precision && *options.precision != program.precision)
    throw UsageError(fmt::format("--precision {}: {} is compiled for {}", isa::to_string(*options.precision),
                                 options.program, isa::to_string(program.precision)));
  if (options.batch && *options.batch != program.batch)
    throw UsageError(fmt::format("--batch {}: {} is compiled for batch {}", *options.batch, options.program,
                                 program.batch));
}

/// The host may compute so much for a cycle that the chip may take, and use most of the machine's memory.
void require_bounded(const ir::Graph& graph, std::uint64_t max_cycles) {
  constexpr double kOperationsACycle = 100, kPartOfMemory = 0.75;
  try {
    executor::require_bounded(graph, {kPartOfMemory * static_cast<double>(physical_memory_bytes()),
                                      kOperationsACycle * static_cast<double>(max_cycles)});
  } catch (const executor::HostLimitError& error) {
    throw LimitReached(fmt::format("{}; --max-cycles N allows {:.0f} operations a cycle of N", error.what(),
                                   kOperationsACycle));
  }
}

}  // namespace

int exec(const ExecOptions& options) {
  const Stopwatch total;
  const models::ChipSpec chip = load_chip(options.chip);
  const isa::Program program = isa::read_program(options.program);
  require_as_asked(program, options);
  const auto constants = wanted_checks(options.execution).empty() ? executor::GraphConstants::of_host
                                                                  : executor::GraphConstants::all;
  const ir::Graph graph = executor::graph_of(program, chip.arch, chip.name, options.program, constants);
  require_bounded(graph, options.execution.max_cycles);
  const std::vector<ir::Tensor> inputs = InputChoice(options.execution).tensors_for(graph);
  std::optional<OutputFolder> folder;
  if (!options.execution.output.empty()) folder.emplace(options.execution.output);
  RunPage page(options.execution);
  Progress progress(!options.report.quiet);

  Execution execution = execute({program, graph}, chip, inputs, page.choice(), progress);
  progress.erase();
  execution.record.total = total.elapsed();
  execution.record.peak_rss_bytes = peak_rss_bytes();
  page.write(execution.record);
  return deliver(execution, folder ? &*folder : nullptr, options.execution, options.report);
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// nnpsim exec FILE.nnp: simulates a compiled program; references work from the graph that travels in it.
#include <fmt/format.h>

#include <optional>

#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/inputs.h"
#include "host_runtime/cli/run_flow.h"
#include "isa/program/program_file.h"

namespace nnp::cli {
namespace {

void require_same_chip(const isa::Program& program, const models::ChipSpec& chip, const std::string& path) {
  const std::uint64_t own = isa::hash(chip.arch);
  if (program.arch_hash == own) return;
  throw FileFault(
      fmt::format("{}: compiled for chip {} (architecture {:016x}), and {} has architecture {:016x}: name "
                  "the chip with --chip, "
                  "or compile the network again",
                  path, program.chip, program.arch_hash, chip.name, own));
}

void require_as_asked(const isa::Program& program, const ExecOptions& options) {
  if (options.precision && *options.precision != program.precision)
    throw UsageError(fmt::format("--precision {}: {} is compiled for {}", isa::to_string(*options.precision),
                                 options.program, isa::to_string(program.precision)));
  if (options.batch && *options.batch != program.batch)
    throw UsageError(fmt::format("--batch {}: {} is compiled for batch {}", *options.batch, options.program,
                                 program.batch));
}

ir::Graph graph_of(const isa::Program& program, const std::string& path) {
  ir::Graph graph;
  try {
    graph = ir::deserialize(program.graph);
  } catch (const std::exception& error) {
    throw FileFault(fmt::format("{}: its graph cannot be read: {}", path, error.what()));
  }
  if (const auto broken = ir::verify(graph); !broken.empty())
    throw FileFault(fmt::format("{}: its graph is not well formed: {}", path, broken.front()));
  if (graph.nodes.size() != program.layers.size())
    throw FileFault(fmt::format("{}: {} layers, but its graph has {} nodes", path, program.layers.size(),
                                graph.nodes.size()));
  return graph;
}

}  // namespace

int exec(const ExecOptions& options) {
  const Stopwatch total;
  const models::ChipSpec chip = load_chip(options.chip);
  const isa::Program program = isa::read_program(options.program);
  require_same_chip(program, chip, options.program);
  require_as_asked(program, options);
  const ir::Graph graph = graph_of(program, options.program);
  const std::vector<ir::Tensor> inputs = InputChoice(options.execution).tensors_for(graph);
  std::optional<OutputFolder> folder;
  if (!options.execution.output.empty()) folder.emplace(options.execution.output);
  Progress progress(!options.report.quiet);

  Execution execution = execute({program, graph}, chip, inputs, options.execution, progress);
  progress.erase();
  execution.record.total = total.elapsed();
  execution.record.peak_rss_bytes = peak_rss_bytes();
  return deliver(execution, folder ? &*folder : nullptr, options.execution, options.report);
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/workload.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>

#include "compiler/compile.h"
#include "compiler/mapping/by_model.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/executor/program_check.h"
#include "host_runtime/reference/reference.h"
#include "isa/program/program_file.h"
#include "models/chips/chip_file.h"
#include "models/networks/zoo.h"
#include "sim/chip/systemc_host.h"

namespace nnp::bench {
namespace {

/// A program file that goes when it is done with.
struct ProgramFile {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("bench_rows_{}.nnp", getpid());
  ~ProgramFile() { std::filesystem::remove(path); }
};

compiler::CompileRequest request_for(const Workload& work, const models::ChipSpec& chip) {
  compiler::CompileRequest request;
  request.network = work.network, request.chip = chip.name, request.arch = chip.arch;
  request.precision = work.precision;
  request.map = compiler::map_by_model(chip);
  request.calibration_runs = 1;  // speed does not depend on scales
  if (work.graph) {
    request.importer = [&work](const std::filesystem::path&, const compiler::ImportOptions&) {
      return work.graph();
    };
    return request;
  }
  request.model = models::network_file(work.network);
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == work.network) {
      request.import.batch = work.batch > 0 ? work.batch : info.default_batch;
      const std::int64_t steps = work.steps > 0 ? work.steps : info.default_steps;
      request.import.dims = {{"batch", request.import.batch}, {"steps", std::max<std::int64_t>(1, steps)}};
    }
  return request;
}

/// Bytes of constants, and of every other value once.
void count_bytes(const ir::Graph& graph, Json& into) {
  Bytes weights = 0, activations = 0;
  for (const ir::Value& value : graph.values)
    (value.constant ? weights : activations) +=
        static_cast<Bytes>(ir::element_count(value.shape)) * ir::size_of(value.type);
  into["weight_bytes"] = weights, into["activation_bytes"] = activations;
}

Json compile(const Workload& work, const models::ChipSpec& chip, const std::filesystem::path& file,
             const Asked& asked) {
  reference::OneDnn calibrates;
  const compiler::CompiledNetwork compiled = compiler::compile(request_for(work, chip), calibrates);
  isa::write_program(compiled.program, file);
  Json result{{"instructions", compiled.program.instructions.size()}};
  count_bytes(compiled.quantised, result);
  result["reference_s"] = nullptr;
  if (asked.reference) {
    const auto inputs = compiler::random_inputs(compiled.optimised, 1);
    reference::OneDnn runner(1, /*keep_weights=*/true);
    runner.run(compiled.optimised, inputs);  // kernels and layouts are made
    result["reference_s"] = best_seconds([&] { runner.run(compiled.optimised, inputs); }, asked.runs);
  }
  return result;
}

}  // namespace

Json execute(const std::filesystem::path& file, const models::ChipSpec& chip, bool values,
             const Asked& asked) {
  const double begin = cpu_seconds();
  const isa::Program program = isa::read_program(file);
  const ir::Graph graph =
      executor::graph_of(program, chip.arch, chip.name, file, executor::GraphConstants::of_host);
  const double load_s = cpu_seconds() - begin;
  sim::ChipOptions options;
  options.engine = asked.engine, options.values = values;
  const auto inputs = compiler::random_inputs(graph, 1);
  Cycles cycles = 0;
  const double seconds = best_seconds(
      [&] {
        const auto device = sim::make_device(chip, options);
        executor::Executor executor(*device, program, graph);
        cycles = executor.run(inputs, {values, false}).statistics.cycles;
      },
      asked.runs);
  return {{"cycles", cycles}, {"seconds", seconds}, {"load_s", load_s}};
}

Json measure_workload(const Workload& work, const Asked& asked) {
  const models::ChipSpec chip = models::load_chip(work.chip);
  const ProgramFile file;
  Json result = in_child([&] { return compile(work, chip, file.path, asked); });
  result.erase("peak_rss_bytes");
  const Json timing = in_child([&] { return execute(file.path, chip, false, asked); });
  result["cycles"] = timing["cycles"];
  result["load_s"] = timing["load_s"];
  result["timing_s"] = timing["seconds"];
  result["timing_peak_bytes"] = timing["peak_rss_bytes"];
  const Json values = asked.values ? in_child([&] { return execute(file.path, chip, true, asked); }) : Json();
  result["values_s"] = asked.values ? values["seconds"] : Json();
  result["values_peak_bytes"] = asked.values ? values["peak_rss_bytes"] : Json();
  return result;
}

}  // namespace nnp::bench

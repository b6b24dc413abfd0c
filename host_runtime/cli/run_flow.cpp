// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/run_flow.h"

#include <fmt/format.h>

#include <optional>

#include "compiler/compile_error.h"
#include "host_runtime/cli/calibration.h"
#include "host_runtime/cli/checks.h"
#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/import_choice.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/cli/interruptible_runner.h"
#include "host_runtime/cli/json_report.h"
#include "host_runtime/cli/mapping_choice.h"
#include "host_runtime/cli/npy.h"
#include "host_runtime/cli/precision_file.h"
#include "host_runtime/cli/sha256.h"
#include "host_runtime/cli/text_report.h"
#include "host_runtime/cli/trace_session.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/reference/reference.h"
#include "isa/program/happens_before.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"

namespace nnp::cli {
namespace {

constexpr std::size_t kSmallProgram = 200'000;  // instructions that are always checked for races

void require_ordered(const isa::Program& program, const isa::ArchSpec& arch) {
  for (const isa::Launch& launch : program.launches)
    if (const auto races = isa::check_happens_before(program, launch, arch, 1); !races.empty())
      throw sim::InternalError("the compiled program is not well ordered: " + races.front().message);
}

/// A program whose accesses race computes whatever the timing makes of it: then that is why a check failed.
void explain_by_races(const isa::Program& program, const isa::ArchSpec& arch) {
  if (program.instructions.size() >= kSmallProgram) return;
  constexpr std::size_t kMostRaces = 4;
  for (const isa::Launch& launch : program.launches)
    for (const isa::Race& race : isa::check_happens_before(program, launch, arch, kMostRaces))
      fmt::print(stderr, "nnpsim: values depend on timing: {}\n", race.message);
}

/// Names of graph outputs may hold anything; files may not.
std::string file_name_of(const std::string& output, std::size_t index) {
  std::string name = output.empty() ? fmt::format("output{}", index) : output;
  for (char& c : name)
    if (c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < ' ') c = '_';
  if (name.front() == '.') name.front() = '_';
  return name + ".npy";
}

void write_results(const Execution& execution, OutputFolder& folder) {
  for (std::size_t i = 0; i < execution.outputs.size(); ++i)
    if (execution.record.outputs[i].sha256)
      write_npy(execution.outputs[i], folder.staging() / file_name_of(execution.record.outputs[i].name, i));
  folder.write_text("chip.toml", models::to_toml(execution.record.chip));
  if (!execution.mapping.empty()) folder.write_text("mapping.toml", execution.mapping);
  folder.write_text("run.json", json_text(execution.record));
  stop_if_interrupted();
  folder.commit("run.json");
}

constexpr std::int64_t kMostElements = std::int64_t{1} << 28;  // of a value; a program file may claim any

void add_bounds(const Workload& work, RunRecord& record) try {
  for (const ir::Value& value : work.quantised.values)
    if (ir::element_count(value.shape) > kMostElements) return;
  record.bounds = bounds::bounds_of(work.quantised, work.program, record.chip);
  record.gap = bounds::gap_of(*record.bounds, record.statistics, record.chip);
} catch (const compiler::CompileError&) {
  // A program may be older than this compiler, or written by hand.
}

sim::DeadlockError with_layer_names(const sim::DeadlockError& error, const isa::Program& program) {
  std::string text = error.what();
  for (const std::uint16_t layer : error.layers)
    if (layer < program.layers.size())
      text += fmt::format("\n  layer {} is '{}' ({})", layer, program.layers[layer].name,
                          program.layers[layer].op);
  return sim::DeadlockError(text, error.layers);
}

executor::Inference simulate(const Workload& work, const models::ChipSpec& chip,
                             const std::vector<ir::Tensor>& inputs, const ExecutionChoice& choice,
                             Progress& progress, TraceSession* trace) {
  sim::ChipOptions options;
  options.engine = choice.engine;
  options.values = !choice.timing_only;
  options.max_cycles = choice.max_cycles;
  if (chip.array.model == models::ArrayModel::rtl) options.plugged = array_of_this_build();
  if (trace != nullptr) options.trace = trace->sink(), options.trace_commands = trace->wants_commands();
  const auto device = sim::make_device(chip, options);
  device->set_progress(progress.of_device(work.program));
  executor::Executor executor(*device, work.program, work.quantised);
  try {
    return executor.run(inputs, {.values = !choice.timing_only,
                                 .accumulators = !choice.timing_only && wants_accumulators(choice)});
  } catch (const sim::DeadlockError& error) {
    const sim::DeadlockError named = with_layer_names(error, work.program);
    if (trace != nullptr) trace->finish_early(named.what());
    throw named;
  } catch (const sim::CycleLimitError& error) {
    if (trace != nullptr) trace->finish_early(error.what());
    throw LimitReached(fmt::format("{}; --max-cycles N allows N", error.what()));
  } catch (const std::exception& error) {
    if (trace != nullptr) trace->finish_early(error.what());
    throw;
  }
}

/// A SCALE-Sim topology is cut as that tool cuts, into the largest tiles, unless another mapping is asked
/// for.
bool keeps_its_folds(const NetworkChoice& choice, const ResolvedNetwork& network) {
  return network.file.extension() == ".csv" && choice.mapping.file.empty() &&
         choice.mapping.search == compiler::Effort::model;
}

}  // namespace

compiler::CompiledNetwork compile_network(const NetworkChoice& choice, const models::ChipSpec& chip,
                                          std::uint64_t seed, bool always_verify, Progress& progress,
                                          const InputChoice* calibration) {
  compiler::PrecisionTable layers;
  if (!choice.precision_file.empty()) layers = read_precision_file(choice.precision_file);
  const SampleChoice data = calibration_samples(choice.calibration, seed);
  progress.phase("building " + choice.network);
  const ResolvedNetwork network = resolve_network(choice, seed);
  progress.phase("compiling " + network.name);
  reference::OneDnn onednn;
  InterruptibleRunner runner(onednn);
  compiler::CompileRequest request;
  request.model = network.file;
  request.network = network.name;
  request.import = network.import;
  request.importer = import_interruptibly;
  request.precision = choice.precision.value_or(compiler::default_precision(chip.arch));
  request.layers = std::move(layers);
  request.seed = seed;
  request.chip = chip.name;
  request.arch = chip.arch;
  if (!keeps_its_folds(choice, network)) request.map = mapper(choice.mapping, chip, progress);
  set_calibration(choice.calibration, data, calibration, request);
  compiler::CompiledNetwork compiled = compiler::compile(request, runner);
  progress.erase();
  for (const compiler::SentHome& home : compiled.sent_home)
    fmt::print(
        stderr,
        "nnpsim: layer '{}' ({}) runs on the host: its smallest piece needs {} bytes of the buffer, {} "
        "has {} for it\n",
        home.layer, home.op, home.needed, chip.name, home.there);
  compiled.program.batch = batch_of(compiled.optimised, choice, network.import);
  stop_if_interrupted();
  if (always_verify || compiled.program.instructions.size() < kSmallProgram) {
    progress.phase("checking the order of accesses");
    require_ordered(compiled.program, chip.arch);
  }
  return compiled;
}

Execution execute(const Workload& work, const models::ChipSpec& chip, const std::vector<ir::Tensor>& inputs,
                  const ExecutionChoice& choice, Progress& progress) {
  Execution execution;
  RunRecord& record = execution.record;
  record = record_of(work.program, work.quantised, chip);
  record.seed = choice.seed;
  record.engine = choice.engine;
  record.timing_only = choice.timing_only;

  progress.phase("loading " + work.program.network);
  const Stopwatch watch;
  std::optional<TraceSession> trace;
  if (!choice.trace.file.empty()) trace.emplace(choice.trace, work.program, chip, choice.seed);
  executor::Inference inference = simulate(work, chip, inputs, choice, progress, trace ? &*trace : nullptr);
  record.simulation = watch.elapsed();
  record.statistics = std::move(inference.statistics);
  add_bounds(work, record);
  if (trace) trace->finish(record);

  for (std::size_t i = 0; i < work.quantised.outputs.size(); ++i) {
    const ir::Value& value = work.quantised.values[work.quantised.outputs[i]];
    OutputRecord output{value.name, numpy_name(value.type), value.shape, std::nullopt};
    if (!choice.timing_only) output.sha256 = sha256(inference.outputs[i].bytes());
    record.outputs.push_back(std::move(output));
  }
  compare::ChipEvidence evidence{std::move(inference.outputs), std::move(inference.accumulators)};
  record.checks = run_checks(work, inputs, evidence, choice, progress);
  execution.outputs = std::move(evidence.outputs);
  if (!checks_hold(record.checks, /*strict=*/false)) explain_by_races(work.program, chip.arch);
  return execution;
}

int deliver(const Execution& execution, OutputFolder* folder, const ExecutionChoice& choice,
            const ReportChoice& report) {
  if (folder != nullptr) write_results(execution, *folder);
  if (report.json)
    fmt::print("{}", json_text(execution.record));
  else if (!report.quiet)
    fmt::print("{}", text_report(execution.record, report.layers));
  return checks_hold(execution.record.checks, choice.strict) ? kOk : kCheckFailed;
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/trace_session.h"

#include <fmt/format.h>

#include "host_runtime/cli/json_report.h"
#include "host_runtime/cli/verdict.h"
#include "host_runtime/cli/version.h"
#include "isa/program/assembler.h"
#include "models/chips/chip_file.h"
#include "sim/chip/chip_units.h"
#include "sim/units/dram/memories.h"
#include "traces/format/floorplan.h"
#include "traces/format/live_ranges.h"
#include "traces/format/metadata.h"

namespace nnp::cli {
namespace {

traces::TraceInfo describe(const TraceChoice& choice, const isa::Program& program,
                           const models::ChipSpec& chip, std::uint64_t seed) {
  traces::TraceInfo info;
  info.tool = version_line();
  info.network = program.network, info.chip = chip.name, info.chip_description = chip.description;
  info.chip_toml = models::to_toml(chip);
  info.chip_hash = fmt::format("{:016x}", models::full_hash(chip));
  info.precision = isa::to_string(program.precision), info.batch = program.batch, info.seed = seed;
  info.level = to_string(choice.level);
  info.core_frequency_khz = chip.core_frequency_khz;
  info.memory_frequency_khz = sim::make_dram_config(chip.memory.preset, chip.memory.timing).frequency_khz;
  info.array_rows = chip.arch.array_rows, info.array_cols = chip.arch.array_cols;
  info.instructions = static_cast<std::uint32_t>(program.instructions.size());
  for (const isa::Launch& launch : program.launches)
    info.launches.push_back({launch.first_instruction, launch.instruction_count});
  std::size_t channel = 0;
  for (const sim::UnitDescription& unit : sim::describe_units(chip))
    info.units.push_back(
        {unit.name, unit.kind, unit.description, unit.memory_clock,
         traces::floorplan_box(unit.name, unit.memory_clock ? channel++ : 0, chip.memory.channels)});
  for (const isa::LayerInfo& layer : program.layers)
    info.layers.push_back({layer.name, layer.op, layer.on_host, layer.macs, layer.onnx_nodes});
  return info;
}

traces::TraceSetup setup(const TraceChoice& choice, const isa::Program& program, const models::ChipSpec& chip,
                         std::uint64_t seed) {
  traces::TraceSetup setup;
  setup.level = choice.level, setup.batches = choice.batches;
  const traces::TraceInfo info = describe(choice, program, chip, seed);
  for (const traces::TraceUnit& unit : info.units) {
    setup.unit_names.push_back(unit.name);
    setup.memory_clock.push_back(unit.memory_clock);
  }
  setup.metadata = to_json(info);
  if (choice.level != traces::TraceLevel::summary)
    for (const isa::Instruction& instruction : program.instructions)
      setup.program_text.push_back(isa::disassemble(instruction));
  setup.live_ranges = traces::live_ranges(program, chip.arch);
  return setup;
}

}  // namespace

TraceSession::TraceSession(const TraceChoice& choice, const isa::Program& program,
                           const models::ChipSpec& chip, std::uint64_t seed)
    : choice_(choice), writer_(choice.file, setup(choice, program, chip, seed)) {}

void TraceSession::finish(const RunRecord& run) {
  traces::TraceSummary summary;
  summary.complete = true;
  summary.cycles = run.statistics.cycles;
  summary.verdict = verdict(run);
  for (const device::UnitStatistics& unit : run.statistics.units)
    summary.units[unit.name] = {unit.cycles, unit.busy, unit.idle, unit.waits};
  summary.run = machine_json_text(run);
  writer_.finish(to_json(summary));
}

void TraceSession::finish_early(const std::string& why) {
  traces::TraceSummary summary;
  summary.ended = why;
  try {
    writer_.finish(to_json(summary));
  } catch (const traces::TraceFileError&) {
    return;
  }
}

}  // namespace nnp::cli

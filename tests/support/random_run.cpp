// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/codegen/codegen.h"
#include "compiler/compile_error.h"
#include "sim/kernel/assert.h"

namespace nnp::test {
namespace {

struct Recorder : sim::TraceSink {
  void state(const sim::StateRecord& record) override { records.push_back(record); }
  std::vector<sim::StateRecord> records;
};

std::vector<ir::Tensor> inputs_for(const ir::Graph& graph, std::uint64_t seed) {
  std::mt19937 engine(static_cast<unsigned>(seed));
  std::vector<ir::Tensor> inputs;
  for (const ir::ValueId id : graph.inputs) {
    ir::Tensor tensor(ir::DType::f32, graph.values[id].shape);
    for (float& x : tensor.data<float>())
      x = static_cast<float>(static_cast<int>(engine() % 8000) - 4000) / 1000;
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

/// Records come in closing order, which may differ between units; per unit the sequence is what counts.
std::vector<std::vector<sim::StateRecord>> by_unit(const std::vector<sim::StateRecord>& records) {
  std::vector<std::vector<sim::StateRecord>> units(64);
  for (const auto& record : records) units[record.unit].push_back(record);
  return units;
}

}  // namespace

NetworkCase random_case(std::uint64_t seed, models::ChipSpec chip) {
  return make_case(random_network(seed), std::move(chip), seed);
}

NetworkCase make_case(ir::Graph graph, models::ChipSpec chip, std::uint64_t seed, isa::Precision precision) {
  NetworkCase made{std::move(graph), std::move(chip), {}, {}};
  compiler::schedule(made.graph);
  made.inputs = inputs_for(made.graph, seed);
  while (true) {
    try {
      made.program = compiler::generate(made.graph, made.chip.arch, {made.chip.name, precision, 1});
      return made;
    } catch (const compiler::CompileError&) {
      NNP_ASSERT(made.chip.arch.unified_buffer_bytes < Bytes{1} << 22, "seed {} fits no buffer", seed);
      made.chip.arch.unified_buffer_bytes *= 2;  // too small: the message is tested elsewhere
      if (made.chip.arch.accumulator_rows < 8) made.chip.arch.accumulator_rows = 8;
    }
  }
}

RecordedRun recorded_run(const NetworkCase& made, sim::ChipOptions options, sim::Host host) {
  Recorder recorder;
  options.trace = &recorder;
  const auto device = sim::make_device(made.chip, options, host);
  executor::Executor executor(*device, made.program, made.graph);
  RecordedRun run{executor.run(made.inputs, {options.values, options.values}), {}};
  run.records = std::move(recorder.records);
  return run;
}

std::string first_difference(const RecordedRun& a, const RecordedRun& b) {
  const auto left = by_unit(a.records), right = by_unit(b.records);
  std::string text;
  Cycle earliest = kNever;
  for (std::size_t unit = 0; unit < left.size(); ++unit)
    for (std::size_t i = 0; i < std::max(left[unit].size(), right[unit].size()); ++i) {
      const auto show = [&](const std::vector<sim::StateRecord>& records) {
        if (i >= records.size()) return std::string("nothing");
        const auto& r = records[i];
        return fmt::format("[{}, +{}) {} {} instruction {} resource {} ended by {} of unit {}, kind {}",
                           r.start, r.length, sim::to_string(r.state.state), sim::to_string(r.state.cause),
                           r.state.instruction, r.state.resource, r.ended_by.number, r.ended_by.unit,
                           static_cast<int>(r.ended_by.kind));
      };
      const bool equal =
          i < left[unit].size() && i < right[unit].size() && left[unit][i].start == right[unit][i].start &&
          left[unit][i].length == right[unit][i].length && left[unit][i].state == right[unit][i].state &&
          left[unit][i].ended_by == right[unit][i].ended_by;
      if (equal) continue;
      const Cycle at = std::min(i < left[unit].size() ? left[unit][i].start : kNever,
                                i < right[unit].size() ? right[unit][i].start : kNever);
      if (at < earliest)
        earliest = at,
        text = fmt::format("unit {} record {}: {} against {}", unit, i, show(left[unit]), show(right[unit]));
      break;
    }
  return text;
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_run.h"

#include "compiler/codegen/codegen.h"
#include "compiler/compile_error.h"
#include "sim/kernel/assert.h"

namespace nnp::test {
namespace {

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

}  // namespace

NetworkCase random_case(std::uint64_t seed, models::ChipSpec chip) {
  return make_case(random_network(seed), std::move(chip), seed);
}

NetworkCase make_case(ir::Graph graph, models::ChipSpec chip, std::uint64_t seed) {
  NetworkCase made{std::move(graph), std::move(chip), {}, {}};
  compiler::schedule(made.graph);
  made.inputs = inputs_for(made.graph, seed);
  while (true) {
    try {
      made.program =
          compiler::generate(made.graph, made.chip.arch, {made.chip.name, isa::Precision::int8, 1});
      return made;
    } catch (const compiler::CompileError&) {
      NNP_ASSERT(made.chip.arch.unified_buffer_bytes < Bytes{1} << 22, "seed {} fits no buffer", seed);
      made.chip.arch.unified_buffer_bytes *= 2;  // too small: the message is tested elsewhere
      if (made.chip.arch.accumulator_rows < 8) made.chip.arch.accumulator_rows = 8;
    }
  }
}

RecordedRun recorded_run(const NetworkCase& made, sim::ChipOptions options, sim::Host host) {
  EventLog log;
  options.trace = &log;
  const auto device = sim::make_device(made.chip, options, host);
  executor::Executor executor(*device, made.program, made.graph);
  executor::Inference inference = executor.run(made.inputs, {options.values, options.values});
  return {std::move(inference), std::move(log)};
}

std::string first_difference(const RecordedRun& a, const RecordedRun& b) {
  return first_difference(a.log, b.log);
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/topology_run.h"

#include <algorithm>
#include <stdexcept>

#include "compiler/codegen/codegen.h"
#include "compiler/compile.h"
#include "compiler/passes/passes.h"
#include "host_runtime/reference/reference.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"

namespace nnp::test {

Topology quantised_topology(std::string_view csv) {
  Topology topology{compiler::parse_topology(csv, "topology.csv"), {}};
  ir::Graph graph = compiler::topology_graph(topology.layers, 1);
  compiler::optimise(graph);
  reference::OneDnn runner;
  topology.quantised =
      compiler::quantize(graph, {compiler::random_inputs(graph, 3)}, runner, isa::Precision::int8);
  compiler::partition(topology.quantised);
  compiler::schedule(topology.quantised);
  return topology;
}

models::ChipSpec scalesim_chip(isa::ArrayKind kind, std::uint32_t rows, std::uint32_t cols) {
  models::ChipSpec chip = models::load_chip("scalesim");
  chip.arch.array_kind = kind, chip.arch.array_rows = rows, chip.arch.array_cols = cols;
  return chip;
}

Cycles scalesim_cycles(const compiler::TopologyLayer& layer, isa::ArrayKind kind, std::uint32_t rows,
                       std::uint32_t cols) {
  const Cycles R = rows, C = cols, M = static_cast<Cycles>(layer.m), K = static_cast<Cycles>(layer.k),
               N = static_cast<Cycles>(layer.n);
  switch (kind) {
    case isa::ArrayKind::weight_stationary:
      return ceil_div(K, R) * ceil_div(N, C) * (2 * R + C + M - 2);
    case isa::ArrayKind::input_stationary:
      return ceil_div(K, R) * ceil_div(M, C) * (2 * R + C + N - 2);
    case isa::ArrayKind::output_stationary:
      return ceil_div(M, R) * ceil_div(N, C) * (R + C + K - 2);
    default:
      throw std::invalid_argument("SCALE-Sim has no such dataflow");
  }
}

TopologyRun run_topology(const Topology& topology, const models::ChipSpec& chip,
                         const std::vector<ir::Tensor>& inputs) {
  const bool values = !inputs.empty();
  const isa::Program program =
      compiler::generate(topology.quantised, chip.arch, {chip.name, isa::Precision::int8, 1});
  sim::ChipOptions options;
  options.values = values;
  const auto device = sim::make_device(chip, options);
  executor::Executor executor(*device, program, topology.quantised);
  TopologyRun run;
  run.inference = executor.run(values ? inputs : std::vector<ir::Tensor>(topology.quantised.inputs.size()),
                               {values, values});
  const auto& statistics = run.inference.statistics.layers;
  for (const compiler::TopologyLayer& layer : topology.layers) {
    const auto at = std::find_if(program.layers.begin(), program.layers.end(),
                                 [&](const isa::LayerInfo& info) { return info.name == layer.name; });
    const auto index = static_cast<std::size_t>(at - program.layers.begin());
    run.compute_cycles.push_back(index < statistics.size() ? statistics[index].array_occupied : 0);
  }
  return run;
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/cost_layers.h"

#include <algorithm>
#include <set>

#include "compiler/compile.h"
#include "compiler/mapping/problem_key.h"
#include "compiler/passes/passes.h"
#include "host_runtime/executor/launch_timer.h"
#include "host_runtime/reference/reference.h"
#include "models/networks/zoo.h"
#include "sim/chip/systemc_host.h"

namespace nnp::test {
namespace {

ir::Graph placed(ir::Graph graph, const models::ChipSpec& chip) {
  compiler::partition(graph, compiler::default_precision(chip.arch));
  compiler::send_home_what_does_not_fit(graph, chip.arch);
  compiler::schedule(graph);
  return graph;
}

}  // namespace

NetworkLayers::NetworkLayers(ir::Graph quantised, const models::ChipSpec& chip)
    : chip_(chip),
      graph_(placed(std::move(quantised), chip)),
      plan_(compiler::place_values(graph_, chip_.arch)) {}

std::vector<MacLayer> NetworkLayers::distinct() const {
  std::vector<MacLayer> layers;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const ir::Node& node = graph_.nodes[i];
    const auto problem = compiler::mac_problem(graph_, node, plan_, chip_.arch);
    if (problem && seen.insert(compiler::problem_key(graph_, node, *problem)).second)
      layers.push_back({node.name, i, *problem, graph_.values[node.inputs[0]].type});
  }
  return layers;
}

device::RunStatistics NetworkLayers::simulate(const MacLayer& layer,
                                              const compiler::MacTiling& tiling) const {
  compiler::CodegenOptions options{chip_.name, compiler::default_precision(chip_.arch), 1, {}};
  options.mapping.mac[graph_.nodes[layer.node].name] = tiling;
  executor::LaunchTimer timer([&] {
    sim::ChipOptions timing_only;
    timing_only.values = false;
    return sim::make_device(chip_, timing_only, sim::Host::plain);
  });
  return timer.statistics(compiler::generate_layer(graph_, layer.node, plan_, chip_.arch, options));
}

NetworkLayers::Traffic NetworkLayers::traffic(const MacLayer& layer, const device::RunStatistics& run) const {
  const auto of = [&](std::size_t node) {
    return Traffic{run.layers[node].dram_read_bytes, run.layers[node].dram_write_bytes};
  };
  const compiler::FusedTail* tail = plan_.tail_taking(graph_.nodes[layer.node].outputs[0]);
  const Traffic own = of(layer.node), added = tail != nullptr ? of(tail->node) : Traffic{};
  return {own.read + added.read, own.written + added.written};
}

ir::Graph quantised_network(const std::string& name, isa::Precision precision) {
  compiler::CompileRequest request;
  request.network = name;
  request.model = models::network_file(name);
  request.precision = precision;
  request.calibration_runs = 1;
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == name) {
      request.import.batch = info.default_batch;
      request.import.dims = {{"batch", info.default_batch},
                             {"steps", std::max<std::int64_t>(1, info.default_steps)}};
    }
  reference::OneDnn runner;
  return compiler::quantize_network(request, runner).quantised;
}

}  // namespace nnp::test

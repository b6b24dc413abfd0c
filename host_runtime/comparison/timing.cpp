// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/comparison/timing.h"

#include <algorithm>
#include <chrono>

#include "host_runtime/reference/reference.h"

namespace nnp::comparison {
namespace {

double median_of(std::vector<double> seconds) {
  std::ranges::sort(seconds);
  const std::size_t half = seconds.size() / 2;
  return seconds.size() % 2 == 1 ? seconds[half] : (seconds[half - 1] + seconds[half]) / 2;
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// One run of all host layers.
double host_layers_once(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs) {
  reference::Tensors values = reference::initial_values(graph);
  std::vector<bool> known(graph.values.size(), false);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    values[graph.inputs[i]] = inputs[i], known[graph.inputs[i]] = true;
  double seconds = 0;
  for (const ir::Node& node : graph.nodes) {
    if (!node.on_host) continue;
    for (const ir::ValueId id : node.inputs)
      if (id != ir::kNoValue && !graph.values[id].constant && !known[id])
        values[id] = ir::Tensor(graph.values[id].type, graph.values[id].shape), known[id] = true;
    seconds += seconds_of([&] { reference::run_node(graph, node, values); });
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) known[id] = true;
  }
  return seconds;
}

}  // namespace

Timing time_median(const TimeRuns& run, std::optional<unsigned> runs) {
  const std::vector<double> first = run(1, 1);
  unsigned count = runs.value_or(1);
  if (!runs) {
    const double fit = std::min<double>(kTimingBudget_s / std::max(first.front(), 1e-9), kMostRuns);
    count = std::max(1u, static_cast<unsigned>(fit));
    count -= count % 2 == 0 ? 1 : 0;
  }
  if (count == 1) return {first.front(), 1, 1};
  return {median_of(run(1, count)), count, 3};  // those of the first look warmed up too
}

TimeRuns timed(std::function<void()> work) {
  return [work = std::move(work)](unsigned warm_up, unsigned repeats) {
    for (unsigned i = 0; i < warm_up; ++i) work();
    std::vector<double> seconds;
    for (unsigned i = 0; i < repeats; ++i) seconds.push_back(seconds_of(work));
    return seconds;
  };
}

HostLayers time_host_layers(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs) {
  HostLayers result;
  for (const ir::Node& node : graph.nodes) result.layers += node.on_host ? 1 : 0;
  if (result.layers == 0) return result;
  std::vector<double> seconds;
  for (int i = 0; i < 3; ++i) seconds.push_back(host_layers_once(graph, inputs));
  result.seconds = median_of(std::move(seconds));
  return result;
}

}  // namespace nnp::comparison

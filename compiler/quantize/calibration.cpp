// SPDX-License-Identifier: Apache-2.0
// Minimum and maximum of every value over the calibration samples.
#include "compiler/quantize/calibration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

void observe(const ir::Graph& graph, ir::ValueId id, const ir::Tensor& tensor, Ranges& ranges) {
  if (tensor.type() != ir::DType::f32) return;
  Range range;
  bool finite = true;
  for (const float value : tensor.data<float>()) {
    finite &= std::isfinite(value);
    range.include(value);
  }
  if (!finite)
    throw CompileError(
        fmt::format("value '{}' is not finite for a calibration input", graph.values[id].name));
  ranges.values[id].include(range);
}

void check_sample(const ir::Graph& graph, std::size_t index, const std::vector<ir::Tensor>& sample) {
  if (sample.size() != graph.inputs.size()) {
    throw CompileError(fmt::format("calibration sample {} has {} tensors; the network has {} inputs", index,
                                   sample.size(), graph.inputs.size()));
  }
  for (std::size_t i = 0; i < sample.size(); ++i) {
    const ir::Value& input = graph.values[graph.inputs[i]];
    if (sample[i].type() == input.type && sample[i].shape() == input.shape) continue;
    throw CompileError(fmt::format("calibration sample {}: input '{}' is {} [{}]; expected {} [{}]", index,
                                   input.name, ir::to_string(sample[i].type()),
                                   fmt::join(sample[i].shape(), ", "), ir::to_string(input.type),
                                   fmt::join(input.shape, ", ")));
  }
}

}  // namespace

Ranges calibrate(const ir::Graph& graph, const std::vector<std::vector<ir::Tensor>>& samples,
                 FloatRunner& runner) {
  if (samples.empty()) throw CompileError("quantisation needs at least one calibration sample");
  Ranges ranges;
  ranges.values.resize(graph.values.size());
  for (ir::ValueId id = 0; id < graph.values.size(); ++id) {
    if (graph.values[id].constant) observe(graph, id, *graph.values[id].constant, ranges);
  }
  FloatRunner::Observer observer;
  observer.see = [&](ir::ValueId id, const ir::Tensor& tensor) { observe(graph, id, tensor, ranges); };
  observer.see_cell = [&](std::size_t node, std::span<const float> cells) {
    float& peak = ranges.cell_peaks[node];
    for (const float cell : cells) peak = std::max(peak, std::abs(cell));
  };
  for (std::size_t i = 0; i < samples.size(); ++i) {
    check_sample(graph, i, samples[i]);
    for (std::size_t k = 0; k < samples[i].size(); ++k)
      observe(graph, graph.inputs[k], samples[i][k], ranges);
    runner.run(graph, samples[i], observer);
  }
  return ranges;
}

}  // namespace nnp::compiler

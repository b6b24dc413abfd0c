// SPDX-License-Identifier: Apache-2.0
// What every value was over the calibration samples: first minimum and maximum, then, where the rule asks for
// it, a histogram between the two.
#include "compiler/quantize/calibration.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>

#include "compiler/compile_error.h"
#include "compiler/quantize/clipping.h"
#include "compiler/quantize/plan.h"

namespace nnp::compiler {
namespace {

using Samples = std::vector<std::vector<ir::Tensor>>;

void observe(const ir::Graph& graph, ir::ValueId id, std::span<const float> elements, Ranges& ranges) {
  if (!ranges.values[id].include_all(elements))
    throw CompileError(
        fmt::format("value '{}' is not finite for a calibration input", graph.values[id].name));
}

/// Those that stand where activations do; weights have scales of their own.
void observe_constants(const ir::Graph& graph, Ranges& ranges) {
  for (const ir::Node& node : graph.nodes)
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (!is_activation_input(graph, node, k)) continue;
      const auto& constant = graph.values[node.inputs[k]].constant;
      if (constant && constant->type() == ir::DType::f32)
        observe(graph, node.inputs[k], constant->data<float>(), ranges);
    }
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

void run_all(const ir::Graph& graph, const Samples& samples, FloatRunner& runner,
             const FloatRunner::Observer& observer) {
  for (const auto& sample : samples) {
    for (std::size_t k = 0; k < sample.size(); ++k) observer.show(graph.inputs[k], sample[k]);
    runner.run(graph, sample, observer);
  }
}

/// The ranges of all that is computed, narrowed by the rule.
void clip(const ir::Graph& graph, const Samples& samples, FloatRunner& runner, const CalibrationRule& rule,
          std::vector<Range>& ranges) {
  const bool of_magnitudes = rule.method == CalibrationMethod::entropy;
  std::vector<std::optional<Histogram>> histograms(ranges.size());
  for (ir::ValueId id = 0; id < ranges.size(); ++id) {
    if (graph.values[id].constant || !ranges[id].seen() || ranges[id].lo == ranges[id].hi) continue;
    histograms[id].emplace(of_magnitudes ? Range{0, ranges[id].magnitude()} : ranges[id]);
  }
  FloatRunner::Observer observer;
  observer.see_elements = [&](ir::ValueId id, std::span<const float> elements) {
    if (!histograms[id]) return;
    of_magnitudes ? histograms[id]->add_magnitudes(elements) : histograms[id]->add(elements);
  };
  run_all(graph, samples, runner, observer);
  for (ir::ValueId id = 0; id < ranges.size(); ++id) {
    if (!histograms[id]) continue;
    ranges[id] = of_magnitudes ? entropy_range(*histograms[id], ranges[id])
                               : percentile_range(*histograms[id], rule.percentile);
  }
}

}  // namespace

const char* to_string(CalibrationMethod method) {
  switch (method) {
    case CalibrationMethod::minmax:
      return "minmax";
    case CalibrationMethod::percentile:
      return "percentile";
    case CalibrationMethod::entropy:
      return "entropy";
  }
  return "?";
}

Ranges calibrate(const ir::Graph& graph, const Samples& samples, FloatRunner& runner,
                 const CalibrationRule& rule) {
  if (samples.empty()) throw CompileError("quantisation needs at least one calibration sample");
  for (std::size_t i = 0; i < samples.size(); ++i) check_sample(graph, i, samples[i]);
  Ranges ranges;
  ranges.values.resize(graph.values.size());
  observe_constants(graph, ranges);
  FloatRunner::Observer observer;
  observer.see_elements = [&](ir::ValueId id, std::span<const float> elements) {
    observe(graph, id, elements, ranges);
  };
  observer.see_cell = [&](std::size_t node, std::span<const float> cells) {
    float& peak = ranges.cell_peaks[node];
    for (const float cell : cells) peak = std::max(peak, std::abs(cell));
  };
  run_all(graph, samples, runner, observer);
  if (rule.method != CalibrationMethod::minmax) clip(graph, samples, runner, rule, ranges.values);
  return ranges;
}

}  // namespace nnp::compiler

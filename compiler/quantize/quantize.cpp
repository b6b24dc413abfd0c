// SPDX-License-Identifier: Apache-2.0
// The steps of quantisation in their order.
#include "compiler/quantize/quantize.h"

#include <optional>

#include "compiler/compile_error.h"
#include "compiler/quantize/borders.h"
#include "compiler/quantize/calibration.h"
#include "compiler/quantize/cell_states.h"
#include "compiler/quantize/integer_graph.h"

namespace nnp::compiler {

ir::Graph quantize(const ir::Graph& optimised, const std::vector<std::vector<ir::Tensor>>& calibration,
                   FloatRunner& runner, isa::Precision precision, const CalibrationRule& rule) {
  if (precision != isa::Precision::int8 && precision != isa::Precision::int8x16) {
    throw CompileError("precision: quantisation makes int8 or int8x16");
  }
  LayerPrecisions precisions;
  precisions.otherwise = precision == isa::Precision::int8 ? LayerPrecision::int8 : LayerPrecision::int8x16;
  if (has_prescription(optimised)) precisions.otherwise = LayerPrecision::as_model;
  return quantize(optimised, calibration, runner, precisions, rule);
}

ir::Graph quantize(const ir::Graph& optimised, const std::vector<std::vector<ir::Tensor>>& calibration,
                   FloatRunner& runner, const LayerPrecisions& precisions, const CalibrationRule& rule) {
  const bool borders = has_prescription(optimised) || !precisions.layers.empty();
  std::optional<ir::Graph> changed;  // a copy has all the weights: only where there is something to change
  if (borders || has_cell_states(optimised)) changed = separate_cell_states(optimised);
  QuantizationTask task{changed ? *changed : optimised, {}, precisions};
  task.prescription = read_prescription(task.graph);
  if (borders) insert_borders(*changed, task);
  ScaleClasses scales(task);
  Ranges ranges;
  if (!has_prescription(optimised) || scales.needs_ranges())
    ranges = calibrate(task.graph, calibration, runner, rule);
  scales.choose(std::move(ranges));
  return integer_graph(task, scales);
}

}  // namespace nnp::compiler

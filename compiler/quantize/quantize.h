// SPDX-License-Identifier: Apache-2.0
// Post-training quantisation: float graph + calibration inputs -> integer graph of compiler/ir/graph.h.
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/quantize/layer_precision.h"
#include "isa/arch/arch_spec.h"

namespace nnp::compiler {

/// Runs a float graph for calibration; host_runtime/reference implements it. `see` is called with every value
/// a node makes, `see_cell` with the cell states of an LSTM node after each step.
class FloatRunner {
 public:
  virtual ~FloatRunner() = default;
  struct Observer {
    std::function<void(ir::ValueId, const ir::Tensor&)> see;
    std::function<void(std::size_t node, std::span<const float>)> see_cell;
    /// The elements of an f32 value in any order: a runner shows them as they lie.
    std::function<void(ir::ValueId, std::span<const float>)> see_elements = {};

    /// For a runner whose values are plain tensors.
    void show(ir::ValueId id, const ir::Tensor& tensor) const {
      if (see) see(id, tensor);
      if (see_elements && tensor.type() == ir::DType::f32) see_elements(id, tensor.data<float>());
    }
  };
  /// Returns the graph's outputs.
  virtual std::vector<ir::Tensor> run(const ir::Graph&, const std::vector<ir::Tensor>& inputs,
                                      const Observer&) = 0;
};

/// How the values seen become the range that codes cover.
enum class CalibrationMethod : std::uint8_t {
  minmax,      // all of them
  percentile,  // the middle `percentile` % of them
  entropy,     // the range whose codes lose least information (clipping.h)
};
struct CalibrationRule {
  CalibrationMethod method = CalibrationMethod::minmax;
  double percentile = 99.99;  // above 0, at most 100
};
const char* to_string(CalibrationMethod);

/// Throws CompileError (compiler/compile_error.h) for what cannot be quantised.
/// precision int8: 8-bit activations, s16 around recurrent layers; int8x16: s16 activations wherever the chip
/// runs them.
ir::Graph quantize(const ir::Graph& optimised, const std::vector<std::vector<ir::Tensor>>& calibration,
                   FloatRunner&, isa::Precision, const CalibrationRule& = {});

/// The same layer by layer. What the graph's own QuantizeLinear and DequantizeLinear nodes say of values and
/// weights holds; calibration gives the rest, and is not run where nothing is left.
ir::Graph quantize(const ir::Graph& optimised, const std::vector<std::vector<ir::Tensor>>& calibration,
                   FloatRunner&, const LayerPrecisions&, const CalibrationRule& = {});

}  // namespace nnp::compiler

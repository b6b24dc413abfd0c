// SPDX-License-Identifier: Apache-2.0
// The scales of an integer graph: which values share one, and what it is.
#pragma once

#include "compiler/quantize/borders.h"
#include "compiler/quantize/calibration.h"
#include "compiler/quantize/number_formats.h"
#include "compiler/quantize/plan.h"

namespace nnp::compiler {

/// The values that share one scale.
struct ScaleClass {
  Range range;
  bool wide = false;
  bool symmetric = false, stationary = false;  // zero point 0; s8
  bool reaches_one = false;  // holds a result of RNN, GRU, LSTM, Sigmoid or Tanh: |x| < 1 whatever was seen
  float cell_peak = -1;      // an LSTM's cell states: the largest that was seen, at least 0
  std::int64_t largest_code = kLargestCode16;  // 16 bit: the readers' sums must not overflow
  std::optional<CodeFormat> prescribed;        // by the network itself
  ir::QuantParams params;
  ir::DType type() const {
    if (prescribed && prescribed->type == ir::DType::u8) {
      const bool zero = prescribed->params.zero_point == 128;
      return stationary || (symmetric && zero) ? ir::DType::s8 : ir::DType::u8;
    }
    if (wide) return ir::DType::s16;
    return stationary || (symmetric && range.lo < 0) ? ir::DType::s8 : ir::DType::u8;
  }
};

class ScaleClasses {
 public:
  /// `task` must outlive this.
  explicit ScaleClasses(const QuantizationTask& task);

  /// Whether calibration has anything to say.
  bool needs_ranges();
  /// Chooses every scale. Throws CompileError for values that were not seen, and layers whose 32-bit sums no
  /// scale keeps from overflowing.
  void choose(Ranges ranges);

  const Plan& plan() const { return plan_; }
  const ScaleClass& of(ir::ValueId id) const { return classes_[plan_.scale_of[id]]; }
  bool same(ir::ValueId a, ir::ValueId b) const { return plan_.scale_of[a] == plan_.scale_of[b]; }
  /// The power of two at which an LSTM, a node by index, keeps its cell.
  float cell_scale_of(std::size_t node) const;

 private:
  ScaleClass& class_of(ir::ValueId id) { return classes_[plan_.scale_of[id]]; }
  template <typename Visit>
  void for_each_code(Visit visit);
  void gather();
  void add(ir::ValueId);
  void limit_codes();
  void choose_params();

  const ir::Graph& source_;
  const Prescription& prescription_;
  Plan plan_;
  std::vector<ScaleClass> classes_;  // by representative
  Ranges ranges_;
};

/// Conv, Gemm and the recurrent ones.
bool has_weights(ir::Op);

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// What quantisation costs: the integer graph beside the float one on the same inputs, layer by layer, and how
// often both give the same answer.
#pragma once

#include "host_runtime/compare/comparison.h"
#include "host_runtime/reference/reference.h"

namespace nnp::compare {

struct Noise {
  double signal = 0, noise = 0;  // sums of squares over all elements of all inputs
  /// 10 log10(signal / noise), in dB; infinite where there is no noise.
  double sqnr_db() const;
};

struct LayerNoise {
  std::string layer, op;
  ir::ValueId codes = ir::kNoValue;  // in the quantised graph
  Noise noise;
};

class QuantisationNoise {
 public:
  /// Graphs before and after compiler::quantize; both must outlive this.
  QuantisationNoise(const ir::Graph& optimised, const ir::Graph& quantised);

  /// Runs both graphs; one input's values are held at a time. Both work on their own values: noise adds up
  /// from layer to layer.
  void add(const std::vector<ir::Tensor>& inputs, compiler::FloatRunner& float_runner,
           compiler::FloatRunner& integer_runner);

  /// Every node that makes codes, in order.
  const std::vector<LayerNoise>& layers() const { return layers_; }
  const Noise& outputs() const { return outputs_; }
  /// Top-1: the index of the largest number along the classes (axis 1 of images, else the last axis) of the
  /// first output. No answers where that output has one class or is not real.
  std::uint64_t answers() const { return answers_; }
  std::uint64_t agreeing() const { return agreeing_; }

 private:
  void compare_answers(const ir::Tensor& real, const ir::Tensor& integer);
  const ir::Graph &optimised_, &quantised_;
  std::vector<LayerNoise> layers_;
  std::vector<ir::ValueId> float_of_;  // by value of the quantised graph: its twin in the float one
  Noise outputs_;
  std::uint64_t answers_ = 0, agreeing_ = 0;
};

}  // namespace nnp::compare

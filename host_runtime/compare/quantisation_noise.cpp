// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/quantisation_noise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/ir/quantized.h"
#include "host_runtime/compare/sqnr.h"

namespace nnp::compare {
namespace {

void add_noise(const ir::Tensor& real, const ir::Tensor& integer, Noise& sum) {
  if (real.type() != ir::DType::f32 || integer.type() != ir::DType::f32 || real.shape() != integer.shape() ||
      real.bytes().empty())
    return;
  const auto a = real.data<float>(), b = integer.data<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double x = a[i], e = x - static_cast<double>(b[i]);
    sum.signal += x * x, sum.noise += e * e;
  }
}

/// Index of the largest of `count` numbers that lie `step` apart.
std::size_t best_of(const float* first, std::size_t count, std::size_t step) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < count; ++i)
    if (first[i * step] > first[best * step]) best = i;
  return best;
}

// Quantisation keeps the names of values and nodes, not their numbers.

ir::ValueId value_named(const ir::Graph& graph, const std::string& name) {
  const auto value =
      std::ranges::find_if(graph.values, [&](const ir::Value& v) { return v.name == name && !v.constant; });
  return value == graph.values.end() ? ir::kNoValue : static_cast<ir::ValueId>(value - graph.values.begin());
}

ir::ValueId result_of(const ir::Graph& graph, const std::string& node_name) {
  const auto node = std::ranges::find(graph.nodes, node_name, &ir::Node::name);
  return node == graph.nodes.end() ? ir::kNoValue : node->outputs[0];
}

}  // namespace

double Noise::sqnr_db() const {
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

QuantisationNoise::QuantisationNoise(const ir::Graph& optimised, const ir::Graph& quantised)
    : optimised_(optimised), quantised_(quantised), float_of_(quantised.values.size(), ir::kNoValue) {
  for (const ir::Node& node : quantised.nodes) {
    const ir::ValueId codes = node.outputs[0];
    if (codes == ir::kNoValue || !ir::is_quantized(quantised.values[codes].type)) continue;
    float_of_[codes] = node.op == ir::Op::quantize_linear
                           ? value_named(optimised, quantised.values[node.inputs[0]].name)
                           : result_of(optimised, node.name);
    if (float_of_[codes] != ir::kNoValue) layers_.push_back({node.name, ir::operator_name(node), codes, {}});
  }
}

void QuantisationNoise::add(const std::vector<ir::Tensor>& inputs, compiler::FloatRunner& float_runner,
                            compiler::FloatRunner& integer_runner) {
  std::vector<bool> wanted(optimised_.values.size());
  for (const ir::ValueId id : float_of_)
    if (id != ir::kNoValue) wanted[id] = true;
  reference::Tensors real(optimised_.values.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) real[optimised_.inputs[i]] = inputs[i];
  const auto float_outputs = float_runner.run(optimised_, inputs,
                                              {[&](ir::ValueId id, const ir::Tensor& tensor) {
                                                 if (wanted[id]) real[id] = tensor;
                                               },
                                               {}});
  std::vector<LayerNoise*> layer_of(quantised_.values.size());
  for (LayerNoise& layer : layers_) layer_of[layer.codes] = &layer;
  const auto integer_outputs = integer_runner.run(
      quantised_, inputs,
      {[&](ir::ValueId id, const ir::Tensor& tensor) {
         if (layer_of[id] != nullptr)
           add_noise(real[float_of_[id]], real_numbers(tensor, quantised_.values[id]), layer_of[id]->noise);
       },
       {}});
  for (std::size_t i = 0; i < float_outputs.size(); ++i)
    add_noise(float_outputs[i], integer_outputs[i], outputs_);
  if (!float_outputs.empty()) compare_answers(float_outputs[0], integer_outputs[0]);
}

void QuantisationNoise::compare_answers(const ir::Tensor& real, const ir::Tensor& integer) {
  const ir::Shape& shape = real.shape();
  if (real.type() != ir::DType::f32 || integer.type() != ir::DType::f32 || shape.empty()) return;
  const std::size_t axis = shape.size() == 4 ? 1 : shape.size() - 1;
  const auto classes = static_cast<std::size_t>(shape[axis]);
  const auto step = static_cast<std::size_t>(
      ir::element_count({shape.begin() + static_cast<std::ptrdiff_t>(axis) + 1, shape.end()}));
  if (classes < 2 || step == 0) return;
  for (std::size_t first = 0; first < real.size(); first += classes * step)
    for (std::size_t i = 0; i < step; ++i) {
      ++answers_;
      agreeing_ += best_of(real.data<float>().data() + first + i, classes, step) ==
                   best_of(integer.data<float>().data() + first + i, classes, step);
    }
}

}  // namespace nnp::compare

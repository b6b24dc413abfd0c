// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/code_agreement.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"
#include "host_runtime/compare/difference.h"
#include "host_runtime/compare/step_distance.h"

namespace nnp::compare {
namespace {

bool makes_codes(const ir::Graph& graph, const ir::Node& node) {
  return std::ranges::any_of(node.outputs, [&](ir::ValueId id) {
    return id != ir::kNoValue && graph.values[id].quant && ir::is_quantized(graph.values[id].type);
  });
}

std::vector<std::int64_t> whole_numbers(const ir::Tensor& codes) {
  return ir::with_element_type(codes.type(), [&](auto element) -> std::vector<std::int64_t> {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>) return {codes.data<T>().begin(), codes.data<T>().end()};
    return {};
  });
}

/// `allowed`: by element, or one for all. `what`: of the layer's results, where it has several.
void compare_codes(const ir::Tensor& ours, const ir::Tensor& theirs, const std::vector<std::int64_t>& allowed,
                   const std::string& their_name, const std::string& what, LayerAgreement& layer) {
  if (ours.type() != theirs.type() || ours.shape() != theirs.shape()) {
    layer.compared += ours.size(), layer.beyond += ours.size();
    if (layer.first_beyond.empty())
      layer.first_beyond =
          fmt::format("{} gave {} elements of {}, expected {} of {}", their_name, theirs.size(),
                      ir::to_string(theirs.type()), ours.size(), ir::to_string(ours.type()));
    return;
  }
  const auto a = whole_numbers(ours), b = whole_numbers(theirs);
  if (!allowed.empty()) layer.allowed = std::max(layer.allowed, *std::ranges::max_element(allowed));
  for (std::size_t i = 0; i < a.size(); ++i) {
    const std::int64_t apart = std::abs(a[i] - b[i]), most = allowed[allowed.size() == 1 ? 0 : i];
    ++layer.compared;
    layer.exact += apart == 0;
    layer.largest = std::max(layer.largest, apart);
    if (apart <= most) continue;
    ++layer.beyond;
    if (layer.first_beyond.empty())
      layer.first_beyond = fmt::format("first at {}{}: naive {}, {} {}", what, index_text(i, ours.shape()),
                                       a[i], their_name, b[i]);
  }
}

/// Step by step, from the runner's own codes of the layer's input.
void compare_steps(const reference::naive::Operands& node, const StepRunner& run,
                   const std::string& their_name, LayerAgreement& layer) {
  reference::naive::RecurrentCodes ours = reference::naive::recurrent_codes(node);
  const RecurrentSteps steps = recurrent_steps(node, ours);
  const StepDistances allowed = step_distances(node, ours);
  reference::Tensors theirs = run(steps.graph, steps.inputs);
  const ir::Shape& x = node.input_value(ir::recurrent_input::kX).shape;
  const auto compare = [&](ir::Tensor& mine, ir::ValueId id, const std::vector<std::int64_t>& most,
                           const char* what) {
    const ir::Shape shape{x[0], x[1], mine.shape()[1]};  // [T, B, H]
    mine.reshape(shape);
    if (theirs.at(id).size() == mine.size()) theirs[id].reshape(shape);
    compare_codes(mine, theirs[id], most, their_name, what, layer);
  };
  // h follows from c: what is wrong in both is told of c.
  if (steps.c != ir::kNoValue) compare(ours.c, steps.c, allowed.c, "c of step ");
  compare(ours.h, steps.h, allowed.h, "h of step ");
}

LayerAgreement layer_agreement(const ir::Graph& graph, const ir::Node& node, const reference::Tensors& theirs,
                               const std::string& their_name, const StepRunner& run_steps) {
  LayerAgreement layer;
  layer.layer = node.name, layer.op = ir::operator_name(node);
  reference::Tensors values(graph.values.size());
  for (const ir::ValueId id : node.inputs)
    if (id != ir::kNoValue && !graph.values[id].constant) values[id] = theirs.at(id);
  const reference::naive::Operands operands(graph, node, values);
  if (ir::is_recurrent(node.op) && run_steps) {
    compare_steps(operands, run_steps, their_name, layer);
    return layer;
  }
  reference::run_node(graph, node, values);
  for (const ir::ValueId id : node.outputs)
    if (id != ir::kNoValue && graph.values[id].quant)
      compare_codes(values[id], theirs.at(id),
                    run_steps ? allowed_distances(operands, values[id]) : std::vector{kAllowedLsb},
                    their_name, "", layer);
  return layer;
}

/// The step of the codes that a graph output is made of; 0 where it is made otherwise.
double step_of(const ir::Graph& graph, ir::ValueId output) {
  for (const ir::Node& node : graph.nodes)
    if (node.op == ir::Op::dequantize_linear && node.outputs[0] == output)
      if (const auto& quant = graph.values[node.inputs[0]].quant; quant && quant->scale.size() == 1)
        return static_cast<double>(quant->scale[0]);
  return 0;
}

std::string reason(const LayerAgreement& layer) {
  std::string apart;
  if (layer.largest > kAllowedLsb) {
    const std::string than =
        layer.allowed == kAllowedLsb
            ? fmt::format("more than {} LSB apart", kAllowedLsb)
            : fmt::format("further apart than their bounds, {} LSB at most", layer.allowed);
    apart = fmt::format("{} of {} codes {}, largest by {}, ", fmt::group_digits(layer.beyond),
                        fmt::group_digits(layer.compared), than, layer.largest);
  }
  return fmt::format("layer '{}' ({}): {}{}", layer.layer, layer.op, apart, layer.first_beyond);
}

}  // namespace

std::vector<ir::ValueId> judged_values(const ir::Graph& graph) {
  std::vector<bool> wanted(graph.values.size());
  for (const ir::Node& node : graph.nodes) {
    if (!makes_codes(graph, node)) continue;
    for (const auto* ids : {&node.inputs, &node.outputs})
      for (const ir::ValueId id : *ids)
        if (id != ir::kNoValue && !graph.values[id].constant) wanted[id] = true;
  }
  for (const ir::ValueId id : graph.inputs) wanted[id] = false;
  std::vector<ir::ValueId> ids;
  for (ir::ValueId id = 0; id < wanted.size(); ++id)
    if (wanted[id]) ids.push_back(id);
  return ids;
}

std::vector<LayerAgreement> code_agreement(const ir::Graph& graph, const reference::Tensors& theirs,
                                           const std::string& their_name, const StepRunner& run_steps) {
  std::vector<LayerAgreement> layers;
  for (const ir::Node& node : graph.nodes)
    if (makes_codes(graph, node))
      layers.push_back(layer_agreement(graph, node, theirs, their_name, run_steps));
  return layers;
}

AgreementWatch::AgreementWatch(const ir::Graph& graph, const reference::Tensors& inputs,
                               std::string their_name)
    : graph_(graph),
      their_name_(std::move(their_name)),
      lifetimes_(graph),
      values_(reference::values_from_inputs(graph, inputs)) {}

void AgreementWatch::see(ir::ValueId id, const ir::Tensor& value) {
  values_.at(id) = value;
  const ir::Node& node = graph_.nodes.at(node_);
  const auto results = std::ranges::count_if(node.outputs, [](ir::ValueId y) { return y != ir::kNoValue; });
  if (++seen_ < static_cast<std::size_t>(results)) return;
  if (makes_codes(graph_, node)) layers_.push_back(layer_agreement(graph_, node, values_, their_name_, {}));
  for (const ir::ValueId ended : lifetimes_.ends_at(node_)) values_[ended] = {};
  ++node_, seen_ = 0;
}

void add_agreement(std::vector<LayerAgreement>& total, const std::vector<LayerAgreement>& more) {
  if (total.empty()) {
    total = more;
    return;
  }
  for (std::size_t i = 0; i < total.size(); ++i) {
    LayerAgreement& sum = total[i];
    sum.compared += more[i].compared, sum.exact += more[i].exact, sum.beyond += more[i].beyond;
    sum.largest = std::max(sum.largest, more[i].largest),
    sum.allowed = std::max(sum.allowed, more[i].allowed);
    if (sum.first_beyond.empty()) sum.first_beyond = more[i].first_beyond;
  }
}

Comparison settle(const std::string& reference, const std::vector<LayerAgreement>& layers) {
  Comparison comparison;
  comparison.reference = reference;
  comparison.status = Status::passed;
  comparison.layers_compared = layers.size();
  for (const LayerAgreement& layer : layers) {
    comparison.compared += layer.compared, comparison.mismatches += layer.beyond;
    comparison.exact += layer.exact;
    comparison.max_abs_error = std::max(comparison.max_abs_error, static_cast<double>(layer.largest));
    comparison.bound = std::max(comparison.bound, static_cast<double>(layer.allowed));
    if (layer.beyond != 0 && comparison.reason.empty()) comparison.reason = reason(layer);
  }
  if (comparison.mismatches != 0) comparison.status = Status::failed;
  if (comparison.compared == 0) comparison.status = Status::skipped, comparison.reason = "no layer has codes";
  return comparison;
}

double largest_distance(const ir::Tensor& a, const ir::Tensor& b) {
  double largest = 0;
  if (a.type() != ir::DType::f32 || b.type() != ir::DType::f32 || a.size() != b.size()) return largest;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(
        largest, std::abs(static_cast<double>(a.data<float>()[i]) - static_cast<double>(b.data<float>()[i])));
  return largest;
}

double outputs_apart(const ir::Graph& graph, const reference::Tensors& ours,
                     const reference::Tensors& theirs) {
  double apart = 0;
  for (std::size_t k = 0; k < graph.outputs.size(); ++k)
    if (const double step = step_of(graph, graph.outputs[k]); step > 0)
      apart = std::max(apart, largest_distance(ours.at(k), theirs.at(k)) / step);
  return std::round(apart);
}

}  // namespace nnp::compare

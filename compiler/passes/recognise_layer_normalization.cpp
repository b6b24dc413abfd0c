// SPDX-License-Identifier: Apache-2.0
// LayerNormalization as PyTorch writes it before operator set 17 becomes one node:
//   d = x - mean(x), d / sqrt(mean(d^2) + epsilon) * scale + shift, means over the last axes.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::BinaryFunction;
using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

class Recogniser {
 public:
  explicit Recogniser(Graph& graph) : graph_(graph), makers_(producers(graph)), uses_(use_counts(graph)) {}

  void run() {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (const auto found = match(graph_.nodes[i].outputs.at(0))) rewrite(i, *found);
    }
  }

 private:
  struct Match {
    ValueId x;
    std::int64_t axis;
    float epsilon;
  };

  const Node* maker(ValueId id) const {
    return id == ir::kNoValue || makers_[id] == kNoNode ? nullptr : &graph_.nodes[makers_[id]];
  }
  const Node* binary(ValueId id, BinaryFunction function) const {
    const Node* node = maker(id);
    const auto* attributes = node == nullptr ? nullptr : std::get_if<ir::BinaryAttributes>(&node->attributes);
    return attributes != nullptr && attributes->function == function ? node : nullptr;
  }
  std::optional<float> number(ValueId id) const {
    const auto& constant = graph_.values[id].constant;
    if (!constant || constant->type() != ir::DType::f32 || constant->size() != 1) return std::nullopt;
    return constant->data<float>()[0];
  }

  /// The first axis of a mean over the last axes that keeps them.
  std::optional<std::int64_t> mean_axis(const Node* node) const {
    if (node == nullptr || node->op != Op::reduce) return std::nullopt;
    const auto& a = std::get<ir::ReduceAttributes>(node->attributes);
    const auto rank = static_cast<std::int64_t>(graph_.values[node->inputs[0]].shape.size());
    const bool last = !a.axes.empty() && a.axes.back() == rank - 1 &&
                      a.axes.back() - a.axes.front() + 1 == static_cast<std::int64_t>(a.axes.size());
    if (a.function != ir::ReduceFunction::mean || !a.keepdims || !last) return std::nullopt;
    return a.axes.front();
  }

  /// x of x - mean(x).
  std::optional<Match> centred(ValueId id) const {
    const Node* difference = binary(id, BinaryFunction::sub);
    if (difference == nullptr) return std::nullopt;
    const Node* mean = maker(difference->inputs[1]);
    const auto axis = mean_axis(mean);
    if (!axis || mean->inputs[0] != difference->inputs[0]) return std::nullopt;
    return Match{difference->inputs[0], *axis, 0};
  }

  /// The operand of a square.
  std::optional<ValueId> square(ValueId id) const {
    if (const Node* power = binary(id, BinaryFunction::pow);
        power != nullptr && number(power->inputs[1]) == 2.0f)
      return power->inputs[0];
    const Node* node = maker(id);
    if (node != nullptr && node->op == Op::mul && node->inputs[0] == node->inputs[1]) return node->inputs[0];
    return std::nullopt;
  }

  std::optional<Match> match(ValueId id) const {
    const Node* quotient = id == ir::kNoValue ? nullptr : binary(id, BinaryFunction::div);
    if (quotient == nullptr || graph_.values[id].type != ir::DType::f32) return std::nullopt;
    auto found = centred(quotient->inputs[0]);
    const Node* root = maker(quotient->inputs[1]);
    const auto* function = root == nullptr ? nullptr : std::get_if<ir::UnaryAttributes>(&root->attributes);
    if (!found || function == nullptr || function->function != ir::UnaryFunction::sqrt) return std::nullopt;
    const Node* sum = maker(root->inputs[0]);
    if (sum == nullptr || sum->op != Op::add || sum->clamp.active()) return std::nullopt;
    for (const std::size_t side : {0U, 1U}) {
      const auto epsilon = number(sum->inputs[side]);
      const Node* mean = maker(sum->inputs[1 - side]);
      if (!epsilon || mean_axis(mean) != found->axis) continue;
      const auto squared = square(mean->inputs[0]);
      const auto again = squared ? centred(*squared) : std::nullopt;
      if (!again || again->x != found->x || again->axis != found->axis) continue;
      found->epsilon = *epsilon;
      return found;
    }
    return std::nullopt;
  }

  /// The only reader of a value, when it combines it with a constant that fits the normalised axes.
  std::optional<std::pair<std::size_t, ValueId>> parameter(ValueId id, Op op,
                                                           const ir::Shape& normalised) const {
    if (uses_[id] != 1 || is_graph_output(graph_, id)) return std::nullopt;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      if (node.op != op || node.clamp.active() || std::ranges::find(node.inputs, id) == node.inputs.end())
        continue;
      const ValueId other = node.inputs[node.inputs[0] == id ? 1 : 0];
      const ir::Value& value = graph_.values[other];
      if (value.constant && (value.shape == normalised || value.constant->size() == 1) &&
          value.shape.size() <= normalised.size())
        return std::pair{i, other};
    }
    return std::nullopt;
  }

  void rewrite(std::size_t index, const Match& found) {
    const ir::Shape& shape = graph_.values[found.x].shape;
    const ir::Shape normalised(shape.begin() + found.axis, shape.end());
    std::vector<ValueId> inputs{found.x};
    std::size_t last = index;
    std::vector<std::size_t> absorbed;
    if (const auto scale = parameter(graph_.nodes[last].outputs[0], Op::mul, normalised)) {
      absorbed.push_back(last), last = scale->first, inputs.push_back(scale->second);
      if (const auto shift = parameter(graph_.nodes[last].outputs[0], Op::add, normalised))
        absorbed.push_back(last), last = shift->first, inputs.push_back(shift->second);
    } else {
      const float one = 1;
      inputs.push_back(
          add_constant(graph_, graph_.nodes[index].name + ".scale", ir::Tensor::of<float>({}, {&one, 1})));
      makers_.push_back(kNoNode), uses_.push_back(1);
    }
    Node& node = graph_.nodes[last];
    for (const std::size_t i : absorbed) absorb_origin(node, graph_.nodes[i]);
    node.op = Op::layer_normalization, node.inputs = std::move(inputs);
    node.attributes = ir::NormalizationAttributes{found.axis, found.epsilon};
  }

  Graph& graph_;
  std::vector<std::size_t> makers_, uses_;
};

}  // namespace

void recognise_layer_normalization(Graph& graph) {
  Recogniser(graph).run();
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler

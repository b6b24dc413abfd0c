// SPDX-License-Identifier: Apache-2.0
// Activations that exporters write as several nodes become one: a product of x and a function of x.
//   SiLU       x Sigmoid(x)
//   HardSwish  x HardSigmoid(x; 1/6, 1/2), x Clip(x + 3, 0, 6) / 6
//   GELU       x (1 + Erf(x / sqrt 2)) / 2
//   GELU       x (1 + Tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2
#include <algorithm>
#include <cmath>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::BinaryFunction;
using ir::Graph;
using ir::Node;
using ir::Op;
using ir::UnaryFunction;
using ir::ValueId;

/// A product taken apart: constant factors of one number together, the others as they are.
struct Product {
  double factor = 1;
  std::vector<ValueId> values;
};

class Recogniser {
 public:
  explicit Recogniser(Graph& graph) : graph_(graph), makers_(producers(graph)), uses_(use_counts(graph)) {}

  void run() {
    for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
      if (!is_product(graph_.nodes[i]) || graph_.values[graph_.nodes[i].outputs[0]].type != ir::DType::f32)
        continue;
      Product product;
      take_apart(graph_.nodes[i].outputs[0], product, true);
      if (product.values.size() != 2) continue;
      for (const std::size_t side : {0U, 1U}) {
        const auto function = function_of(product.factor, product.values[side], product.values[1 - side]);
        if (!function ||
            graph_.values[product.values[side]].shape != graph_.values[graph_.nodes[i].outputs[0]].shape)
          continue;
        Node& node = graph_.nodes[i];
        node.op = Op::unary, node.attributes = ir::UnaryAttributes{*function, 0, 0};
        node.inputs = {product.values[side]};
        break;
      }
    }
  }

 private:
  const Node* maker(ValueId id) const {
    return makers_[id] == kNoNode ? nullptr : &graph_.nodes[makers_[id]];
  }

  bool is_product(const Node& node) const {
    if (node.clamp.active()) return false;
    if (node.op == Op::mul) return true;
    const auto* binary = std::get_if<ir::BinaryAttributes>(&node.attributes);
    return binary != nullptr && binary->function == BinaryFunction::div && number(node.inputs[1]).has_value();
  }

  /// The one number that a constant holds.
  std::optional<double> number(ValueId id) const {
    const auto& constant = graph_.values[id].constant;
    if (!constant || constant->type() != ir::DType::f32 || constant->size() != 1) return std::nullopt;
    return static_cast<double>(constant->data<float>()[0]);
  }

  /// Through nodes that only the product reads; its root may be read by anyone.
  void take_apart(ValueId id, Product& product, bool is_root = false) const {
    if (const auto value = number(id)) {
      product.factor *= *value;
      return;
    }
    const Node* node = maker(id);
    if (node == nullptr || !is_product(*node) || (!is_root && uses_[id] != 1)) {
      product.values.push_back(id);
    } else if (node->op == Op::mul) {
      take_apart(node->inputs[0], product), take_apart(node->inputs[1], product);
    } else {
      take_apart(node->inputs[0], product);
      product.factor /= *number(node->inputs[1]);
    }
  }

  /// The operand that stands beside a constant `addend` in an Add.
  std::optional<ValueId> beside(ValueId id, double addend) const {
    const Node* node = maker(id);
    if (node == nullptr || node->op != Op::add || node->clamp.active()) return std::nullopt;
    for (const std::size_t side : {0U, 1U}) {
      if (const auto value = number(node->inputs[side]); value && near(*value, addend))
        return node->inputs[1 - side];
    }
    return std::nullopt;
  }

  static bool near(double a, double b) { return std::abs(a - b) <= 1e-3 * std::abs(b); }

  const Node* unary(ValueId id, UnaryFunction function) const {
    const Node* node = maker(id);
    const auto* attributes = node == nullptr ? nullptr : std::get_if<ir::UnaryAttributes>(&node->attributes);
    return attributes != nullptr && attributes->function == function ? node : nullptr;
  }

  /// id = factor * x.
  bool is_multiple(ValueId id, ValueId x, double factor) const {
    Product product;
    take_apart(id, product, true);
    return product.values == std::vector<ValueId>{x} && near(product.factor, factor);
  }

  bool is_cube(ValueId id, ValueId x, double factor) const {
    Product product;
    take_apart(id, product, true);
    if (!near(product.factor, factor)) return false;
    if (product.values.size() == 3) return std::ranges::count(product.values, x) == 3;
    if (product.values.size() == 2) {  // x times its square
      const auto other = std::ranges::find_if(product.values, [&](ValueId v) { return v != x; });
      return other != product.values.end() && std::ranges::count(product.values, x) == 1 &&
             is_power(*other, x, 2);
    }
    return product.values.size() == 1 && is_power(product.values[0], x, 3);
  }

  bool is_power(ValueId id, ValueId x, double exponent) const {
    const Node* node = maker(id);
    if (node == nullptr) return false;
    if (node->op == Op::mul && exponent == 2) return node->inputs[0] == x && node->inputs[1] == x;
    const auto* binary = std::get_if<ir::BinaryAttributes>(&node->attributes);
    return binary != nullptr && binary->function == BinaryFunction::pow && node->inputs[0] == x &&
           number(node->inputs[1]) == exponent;
  }

  /// k (x + 0.044715 x^3)
  bool is_tanh_argument(ValueId id, ValueId x) const {
    Product product;
    take_apart(id, product, true);
    if (product.values.size() != 1 || !near(product.factor, std::sqrt(2 / M_PI))) return false;
    const Node* sum = maker(product.values[0]);
    if (sum == nullptr || sum->op != Op::add) return false;
    return (sum->inputs[0] == x && is_cube(sum->inputs[1], x, 0.044715)) ||
           (sum->inputs[1] == x && is_cube(sum->inputs[0], x, 0.044715));
  }

  bool is_hard_gate(ValueId id, ValueId x) const {
    const Node* node = maker(id);
    if (node == nullptr || node->op != Op::clip || beside(node->inputs[0], 3) != x) return false;
    const auto range = range_of(graph_, *node);
    return range && range->lo == 0 && range->hi == 6;
  }

  /// What factor * x * gate is, where gate is a function of x.
  std::optional<UnaryFunction> function_of(double factor, ValueId x, ValueId gate) const {
    const Node* node = maker(gate);
    if (node == nullptr) return std::nullopt;
    if (near(factor, 1)) {
      if (node->op == Op::sigmoid && node->inputs[0] == x) return UnaryFunction::silu;
      if (const Node* hard = unary(gate, UnaryFunction::hard_sigmoid);
          hard != nullptr && hard->inputs[0] == x) {
        const auto& a = std::get<ir::UnaryAttributes>(hard->attributes);
        if (near(static_cast<double>(a.alpha), 1.0 / 6) && a.beta == 0.5f) return UnaryFunction::hard_swish;
      }
    }
    if (near(factor, 1.0 / 6) && is_hard_gate(gate, x)) return UnaryFunction::hard_swish;
    if (!near(factor, 0.5)) return std::nullopt;
    const auto inner = beside(gate, 1);
    if (!inner) return std::nullopt;
    if (const Node* erf = unary(*inner, UnaryFunction::erf);
        erf != nullptr && is_multiple(erf->inputs[0], x, std::sqrt(0.5)))
      return UnaryFunction::gelu;
    const Node* tanh = maker(*inner);
    if (tanh != nullptr && tanh->op == Op::tanh && is_tanh_argument(tanh->inputs[0], x))
      return UnaryFunction::gelu_tanh;
    return std::nullopt;
  }

  Graph& graph_;
  std::vector<std::size_t> makers_, uses_;
};

}  // namespace

void recognise_activations(Graph& graph) {
  Recogniser(graph).run();
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler

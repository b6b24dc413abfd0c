// SPDX-License-Identifier: Apache-2.0
// verify(): values on their own, then order and ids, then each node's shapes and types.
#include <fmt/ranges.h>

#include <cmath>
#include <unordered_set>

#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"
#include "compiler/ir/verify_rules.h"

namespace nnp::ir {

std::optional<std::uint64_t> checked_element_count(const Shape& shape) {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 40;
  std::uint64_t product = 1;
  bool empty = false;
  for (const std::int64_t dim : shape) {
    if (dim < 0 || static_cast<std::uint64_t>(dim) > kLimit) return std::nullopt;
    if (dim == 0) {
      empty = true;
    } else if ((product *= static_cast<std::uint64_t>(dim)) > kLimit) {
      return std::nullopt;  // no overflow before: both factors are at most 2^40 and 2^40 * 2^24 already ends
                            // here
    }
  }
  return empty ? 0 : product;
}

namespace {

// ---- Values.

void check_quant(const Value& value, Faults& faults) {
  const QuantParams& quant = *value.quant;
  const auto rank = static_cast<std::int32_t>(value.shape.size());
  if (quant.axis < -1 || quant.axis >= rank) {
    faults.add("value '{}': quantisation axis {} is not in [-1, {})", value.name, quant.axis, rank);
    return;
  }
  const std::int64_t expected = quant.axis < 0 ? 1 : value.shape[static_cast<std::size_t>(quant.axis)];
  if (static_cast<std::int64_t>(quant.scale.size()) != expected) {
    faults.add("value '{}': {} scales where {} belong", value.name, quant.scale.size(), expected);
  }
  for (const float scale : quant.scale) {
    if (!std::isfinite(scale) || scale <= 0) {
      faults.add("value '{}': scale {} is not a positive number", value.name, scale);
      break;
    }
  }
  if (quant.axis >= 0 && quant.zero_point != 0) {
    faults.add("value '{}': scales per channel need zero point 0, not {}", value.name, quant.zero_point);
  }
  if (is_quantized(value.type)) {
    const auto range = type_range(value.type);
    if (quant.zero_point < range.lo || quant.zero_point > range.hi) {
      faults.add("value '{}': zero point {} is outside of {} [{}, {}]", value.name, quant.zero_point,
                 to_string(value.type), range.lo, range.hi);
    }
  } else if (value.type != DType::i32 && !(value.type == DType::f32 && value.constant)) {  // reals of codes
    faults.add("value '{}': {} carries a quantisation", value.name, to_string(value.type));
  }
}

/// Whether nodes that use the value may be looked at further.
bool check_value(const Value& value, Faults& faults) {
  const std::size_t before = faults.count();
  const auto count = checked_element_count(value.shape);
  if (!count) {
    faults.add("value '{}': shape [{}] has a negative dimension or more than 2^40 elements", value.name,
               fmt::join(value.shape, ","));
    return false;
  }
  if (value.quant) check_quant(value, faults);
  if (value.constant) {
    const Tensor& tensor = *value.constant;
    if (tensor.type() != value.type || tensor.shape() != value.shape) {
      faults.add("value '{}': its constant is {}[{}], the value {}[{}]", value.name, to_string(tensor.type()),
                 fmt::join(tensor.shape(), ","), to_string(value.type), fmt::join(value.shape, ","));
    } else if (const std::size_t bytes = tensor.bytes().size();
               bytes != 0 && bytes != *count * size_of(value.type)) {  // 0: left out (graph_stream.h)
      faults.add("value '{}': its constant holds {} bytes, its shape needs {}", value.name, bytes,
                 *count * size_of(value.type));
    }
  }
  return faults.count() == before;
}

/// Operators of which any output may be the only one that is read.
bool may_lack_first_output(Op op) { return is_recurrent(op) || op == Op::onnx; }

bool may_clamp(Op op) {
  switch (op) {
    case Op::conv:
    case Op::gemm:
    case Op::matmul:
    case Op::add:
    case Op::mul:
    case Op::clip:
    case Op::relu:
    case Op::cast:
    case Op::unary:
    case Op::binary:
    case Op::reduce:
    case Op::softmax:
    case Op::layer_normalization:
    case Op::instance_normalization:
    case Op::lrn:
    case Op::gru:  // of codes: h
      return true;
    default:
      return false;
  }
}

// ---- The walk in topological order.

class Walk {
 public:
  Walk(const Graph& graph, Faults& faults)
      : graph_(graph), faults_(faults), sound_(graph.values.size()), defined_(graph.values.size()) {}

  void run() {
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      sound_[i] = check_value(graph_.values[i], faults_);
      defined_[i] = graph_.values[i].constant.has_value();
    }
    for (const ValueId id : graph_.inputs) define(id, "graph input");
    std::unordered_set<std::string_view> names;
    for (const Node& node : graph_.nodes) {
      faults_.in_node(node);
      if (!names.insert(node.name).second) faults_.add("another node has this name");
      check_node(node);
    }
    faults_.in_graph();
    for (const ValueId id : graph_.outputs) {
      if (id >= defined_.size()) {
        faults_.add("graph output: value {} does not exist", id);
      } else if (!defined_[id]) {
        faults_.add("graph output '{}' is never computed", graph_.values[id].name);
      }
    }
  }

 private:
  void define(ValueId id, const char* role) {
    if (id >= defined_.size()) {
      faults_.add("{}: value {} does not exist", role, id);
    } else if (defined_[id]) {
      faults_.add("{}: value '{}' has a source already", role, graph_.values[id].name);
    } else {
      defined_[id] = true;
    }
  }

  void check_node(const Node& node) {
    const std::size_t before = faults_.count();
    const OpRule rule = rule_of(node.op);
    if (node.inputs.size() < rule.inputs_min || node.inputs.size() > rule.inputs_max) {
      faults_.add("{} inputs, allowed are {} to {}", node.inputs.size(), rule.inputs_min, rule.inputs_max);
    }
    if (node.outputs.empty() || node.outputs.size() > rule.outputs_max) {
      faults_.add("{} outputs, allowed are 1 to {}", node.outputs.size(), rule.outputs_max);
    }
    if (rule.attributes != kAnyAttributes && node.attributes.index() != rule.attributes) {
      faults_.add("attributes of kind {}, its operator has kind {}", node.attributes.index(),
                  rule.attributes);
    }
    bool values_sound = true;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) values_sound &= check_input(node, i, rule);
    bool any_output = false;
    for (const ValueId id : node.outputs) {
      if (id == kNoValue) continue;
      any_output = true;
      define(id, "output");
      values_sound &= id < sound_.size() && sound_[id];
    }
    if (!any_output || (!may_lack_first_output(node.op) && node.outputs.front() == kNoValue))
      faults_.add("no output");
    check_clamp(node);
    if (!values_sound || faults_.count() != before) return;
    const Operands operands{graph_, node};
    check_shapes(operands, faults_);
    if (faults_.count() == before) check_types(operands, faults_);
  }

  bool check_input(const Node& node, std::size_t i, const OpRule& rule) {
    const ValueId id = node.inputs[i];
    if (id == kNoValue) {
      if (i < rule.inputs_min) faults_.add("input {} is required", i);
      return true;
    }
    if (id >= defined_.size()) {
      faults_.add("input {}: value {} does not exist", i, id);
      return false;
    }
    if (!defined_[id]) faults_.add("input {}: '{}' is used before it is computed", i, graph_.values[id].name);
    return sound_[id];
  }

  void check_clamp(const Node& node) {
    if (std::isnan(node.clamp.lo) || std::isnan(node.clamp.hi) || node.clamp.lo > node.clamp.hi) {
      faults_.add("clamp [{}, {}] is empty", node.clamp.lo, node.clamp.hi);
    } else if (node.clamp.active() && !may_clamp(node.op)) {
      faults_.add("the operator takes no clamp");
    }
  }

  const Graph& graph_;
  Faults& faults_;
  std::vector<char> sound_, defined_;
};

}  // namespace

std::vector<std::string> verify(const Graph& graph) {
  Faults faults;
  Walk(graph, faults).run();
  return faults.take();
}

}  // namespace nnp::ir

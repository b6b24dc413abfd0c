// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantize/integer_graph.h"

#include <fmt/format.h>

#include <map>

#include "compiler/compile_error.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/parameters.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Value ids of the source stay; codes of a value that also exists as floats get a new id.
class Rebuild {
 public:
  Rebuild(const QuantizationTask& task, const ScaleClasses& scales)
      : source_(task.graph), prescription_(task.prescription), scales_(scales) {}

  Graph run() {
    copy_values();
    codes_.assign(source_.values.size(), ir::kNoValue);
    floats_.assign(source_.values.size(), ir::kNoValue);
    for (const ValueId id : source_.inputs) floats_[id] = id;
    for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
      if (source_.nodes[i].op == Op::quantize_linear) continue;  // made where it is read
      if (source_.nodes[i].op == Op::dequantize_linear)
        add_prescribed(source_.nodes[i]);
      else if (scales_.plan().integer[i])
        add_integer(i);
      else
        add_float_node(source_.nodes[i]);
    }
    for (const ValueId id : source_.outputs) add_output(id);
    copy_constants();
    for (ir::Value& value : result_.values)  // what codes a constant was made of is past
      if (value.type == ir::DType::f32 || (value.type == ir::DType::i32 && value.constant))
        value.quant.reset();
    remove_dead_nodes(result_);
    return std::move(result_);
  }

 private:
  /// Without the constants: most of them are replaced by their codes.
  void copy_values() {
    result_.name = source_.name, result_.inputs = source_.inputs, result_.outputs = source_.outputs;
    for (const ir::Value& value : source_.values)
      result_.add_value({value.name, value.type, value.shape, value.quant, {}});
  }

  /// Those that are still read.
  void copy_constants() {
    const auto uses = use_counts(result_);
    for (ValueId id = 0; id < source_.values.size(); ++id)
      if (source_.values[id].constant && uses[id] > 0)
        result_.values[id].constant = source_.values[id].constant;
  }

  const Node* quantiser_of(ValueId codes) const {
    for (const Node& node : source_.nodes)
      if (node.op == Op::quantize_linear && node.outputs[0] == codes) return &node;
    return nullptr;
  }

  /// Where the codes that a DequantizeLinear reads are: the layer's before its QuantizeLinear, those after a
  /// Cast, or a QuantizeLinear's.
  void add_prescribed(const Node& node) {
    const ValueId given = node.inputs[0], reals = node.outputs[0];
    const ScaleClass& wanted = scales_.of(reals);
    const auto [known, is_new] = read_.try_emplace({given, wanted.type()}, ir::kNoValue);
    if (const Node* quantiser = quantiser_of(given)) {
      const ValueId x = quantiser->inputs[0];
      if (!is_new)
        codes_[reals] = known->second;
      else if (codes_[x] != ir::kNoValue)
        codes_[reals] = scales_.same(x, reals) ? codes_[x] : cast_codes(codes_[x], reals, node);
      else
        codes_[reals] = quantised(float_of(x), reals);
      known->second = codes_[reals];
    } else if (is_codes_of(source_.values[given], wanted)) {
      codes_[reals] = given;
    } else {
      result_.nodes.push_back(node);
      floats_[reals] = reals;
    }
  }

  static bool is_codes_of(const ir::Value& value, const ScaleClass& scale_class) {
    return value.type == scale_class.type() && value.quant->scale == scale_class.params.scale &&
           value.quant->zero_point == scale_class.params.zero_point;
  }

  /// A new value of the codes that `reals` has by its class.
  ValueId add_codes(ValueId reals) {
    const ValueId made =
        add_float(result_, source_.values[reals].name + ".quantized", source_.values[reals].shape);
    result_.values[made].type = scales_.of(reals).type();
    result_.values[made].quant = scales_.of(reals).params;
    return made;
  }

  ValueId cast_codes(ValueId from, ValueId reals, const Node& origin) {
    const ValueId made = add_codes(reals);
    const std::string name = fresh_name(source_.values[reals].name + ".cast");
    result_.nodes.push_back({Op::cast, name, {from}, {made}, {}, {}, false, origin.onnx_nodes});
    return made;
  }

  ValueId quantised(ValueId floats, ValueId reals) {
    const ValueId made = add_codes(reals);
    const std::string name = fresh_name(source_.values[reals].name + ".quantize");
    result_.nodes.push_back({Op::quantize_linear, name, {floats}, {made}, {}, {}, false, {}});
    return made;
  }

  /// An output of the network: floats, or the codes that its last QuantizeLinear makes.
  void add_output(ValueId id) {
    const Node* quantiser = quantiser_of(id);
    if (quantiser == nullptr) {
      if (source_.values[id].type == ir::DType::f32 || floats_[id] == ir::kNoValue) float_of(id);
      return;
    }
    if (codes_[quantiser->inputs[0]] == id) return;
    Node node = *quantiser;
    node.inputs[0] = float_of(node.inputs[0]);
    result_.nodes.push_back(std::move(node));
  }

  void add_integer(std::size_t index) {
    Node node = source_.nodes[index];
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (is_activation_input(source_, source_.nodes[index], k)) node.inputs[k] = code_of(node.inputs[k]);
    }
    if (node.op == Op::matmul) prove_product_fits(source_.nodes[index]);
    if (has_weights(node.op)) add_weights(source_.nodes[index], node);
    if (node.op == Op::lstm)
      std::get<ir::LstmAttributes>(node.attributes).cell_scale = scales_.cell_scale_of(index);
    for (ValueId& id : node.outputs) {
      if (id != ir::kNoValue) id = make_codes(id);
    }
    const bool may_clamp = node.op == Op::conv || node.op == Op::gemm || node.op == Op::add ||
                           node.op == Op::mul || mixes_widths(node.op);
    if (may_clamp) limit(node.clamp, scales_.of(source_.nodes[index].outputs[0]));
    if (node.op == Op::gru) limit(node.clamp, scales_.of(source_.nodes[index].inputs[0]));  // rounds twice
    result_.nodes.push_back(std::move(node));
  }

  void add_weights(const Node& source, Node& node) {
    const ScaleClass& input = scales_.of(source.inputs[0]);
    const LayerWeights weights = read_weights(source_, source);
    const auto scales = prescribed_weight_scales(source_, source);
    IntegerWeights codes = quantize_weights(
        weights, input.params.scale[0], scales ? std::span<const float>(*scales) : std::span<const float>());
    if (scales && codes.scales == *scales)
      if (auto bias = prescribed_bias(source_, source, input.params.scale[0], *scales))
        codes.bias = std::move(*bias);
    const std::int64_t zero = input.params.zero_point;
    prove_no_overflow(node.name, codes.sums(), input.wide ? input.largest_code : std::max(zero, 255 - zero));
    write_weights(result_, node, codes, weights.has_bias);
  }

  /// Of two activations: codes of at most 255 and 128 in size.
  void prove_product_fits(const Node& node) const {
    const std::int64_t terms = source_.values[node.inputs[0]].shape.back();
    if (terms * 255 * 128 < std::int64_t{1} << 31) return;
    throw CompileError(fmt::format(
        "layer '{}' cannot be quantised: {} products of two activations overflow 32 bits", node.name, terms));
  }

  /// Where the proof counts on fewer codes than the type has, the maker of the value keeps to them.
  static void limit(ir::Clamp& clamp, const ScaleClass& scale_class) {
    if (!scale_class.wide || scale_class.largest_code >= kLargestCode16) return;
    const float end = scale_class.params.scale[0] * static_cast<float>(scale_class.largest_code);
    clamp.lo = std::max(clamp.lo, -end);
    clamp.hi = std::min(clamp.hi, end);
  }

  void add_float_node(const Node& source) {
    Node node = source;
    for (ValueId& id : node.inputs) {
      if (id != ir::kNoValue) id = float_of(id);
    }
    for (const ValueId id : node.outputs) {
      if (id != ir::kNoValue) floats_[id] = id;
    }
    result_.nodes.push_back(std::move(node));
  }

  /// The value of an integer node's result. It takes over the source's value, unless that is a graph output
  /// and stays float.
  ValueId make_codes(ValueId id) {
    const ScaleClass& scale_class = scales_.of(id);
    ValueId codes = id;
    if (const ValueId output = output_codes(id); output != ir::kNoValue) {
      codes = output;
    } else if (is_graph_output(source_, id)) {
      codes = add_float(result_, source_.values[id].name + ".quantized", source_.values[id].shape);
    }
    result_.values[codes].type = scale_class.type();
    result_.values[codes].quant = scale_class.params;
    return codes_[id] = codes;
  }

  /// The network's output that holds this value's codes as they are.
  ValueId output_codes(ValueId id) {
    for (const ValueId output : source_.outputs) {
      const Node* quantiser = quantiser_of(output);
      const bool here = quantiser != nullptr && quantiser->inputs[0] == id;
      if (here && prescription_.has(id) && is_codes_of(source_.values[output], scales_.of(id))) return output;
    }
    return ir::kNoValue;
  }

  /// Codes of a value, behind a QuantizeLinear where it is float.
  ValueId code_of(ValueId id) {
    if (codes_[id] != ir::kNoValue) return codes_[id];
    const std::string name = source_.values[id].name;
    if (source_.values[id].constant) return codes_[id] = quantize_constant(id);
    ValueId from = id;
    ir::Clamp bounds;
    limit(bounds, scales_.of(id));
    if (bounds.active()) {
      from = add_float(result_, name + ".limited", source_.values[id].shape);
      result_.nodes.push_back({Op::clip, fresh_name(name + ".limit"), {id}, {from}, {}, bounds, false, {}});
    }
    return codes_[id] = quantised(from == id ? float_of(id) : from, id);
  }

  ValueId quantize_constant(ValueId id) {
    const ScaleClass& scale_class = scales_.of(id);
    const ir::Tensor& values = *source_.values[id].constant;
    const double scale = scale_class.params.scale[0];
    const std::int32_t zero = scale_class.params.zero_point;
    ir::Tensor codes(scale_class.type(), values.shape());
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::int32_t code = to_code(values.data<float>()[i], scale, kLargestCode16) + zero;
      switch (codes.type()) {
        case ir::DType::s16:
          codes.data<std::int16_t>()[i] = static_cast<std::int16_t>(code);
          break;
        case ir::DType::s8:
          codes.data<std::int8_t>()[i] = static_cast<std::int8_t>(std::clamp(code, -127, 127));
          break;
        default:
          codes.data<std::uint8_t>()[i] = static_cast<std::uint8_t>(std::clamp(code, 0, 255));
      }
    }
    const ValueId made = add_constant(result_, source_.values[id].name + ".quantized", std::move(codes));
    result_.values[made].quant = scale_class.params;
    return made;
  }

  /// Floats of a value, behind a DequantizeLinear where it has codes only. A graph output keeps its id and
  /// name.
  ValueId float_of(ValueId id) {
    if (source_.values[id].constant) return id;
    if (floats_[id] != ir::kNoValue) return floats_[id];
    const std::string name = source_.values[id].name;
    floats_[id] =
        is_graph_output(source_, id) ? id : add_float(result_, name + ".float", source_.values[id].shape);
    result_.nodes.push_back({Op::dequantize_linear,
                             fresh_name(name + ".dequantize"),
                             {codes_[id]},
                             {floats_[id]},
                             {},
                             {},
                             false,
                             {}});
    return floats_[id];
  }

  /// For a node; the source's nodes are not all in the result yet.
  std::string fresh_name(const std::string& wanted) const {
    std::string name = unique_name(result_, wanted);
    for (int i = 2; unique_name(source_, name) != name; ++i)
      name = unique_name(result_, fmt::format("{}_{}", wanted, i));
    return name;
  }

  const Graph& source_;
  const Prescription& prescription_;
  const ScaleClasses& scales_;
  Graph result_;
  std::map<std::pair<ValueId, ir::DType>, ValueId>
      read_;                             // what DequantizeLinear nodes read, by its type here
  std::vector<ValueId> codes_, floats_;  // by source value: where its codes and its floats are
};

}  // namespace

Graph integer_graph(const QuantizationTask& task, const ScaleClasses& scales) {
  return Rebuild(task, scales).run();
}

}  // namespace nnp::compiler

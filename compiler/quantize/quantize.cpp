// SPDX-License-Identifier: Apache-2.0
// Plan, ranges and parameters put together: the integer graph.
#include "compiler/quantize/quantize.h"

#include <fmt/format.h>

#include "compiler/compile_error.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/calibration.h"
#include "compiler/quantize/number_formats.h"
#include "compiler/quantize/parameters.h"
#include "compiler/quantize/plan.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::ValueId;

/// Fewer codes than this and the activations of a layer say nothing.
constexpr std::int64_t kFewestCodes = 127;

bool has_weights(Op op) { return op == Op::conv || op == Op::gemm || op == Op::lstm; }

/// The values that share one scale.
struct ScaleClass {
  Range range;
  bool wide = false;
  bool symmetric = false, stationary = false;  // zero point 0; s8
  bool reaches_one = false;  // holds a result of LSTM, Sigmoid or Tanh: |x| < 1 whatever the calibration saw
  std::int64_t largest_code = kLargestCode16;  // 16 bit: the readers' sums must not overflow
  ir::QuantParams params;
  ir::DType type() const {
    if (wide) return ir::DType::s16;
    return stationary || (symmetric && range.lo < 0) ? ir::DType::s8 : ir::DType::u8;
  }
};

class Quantizer {
 public:
  Quantizer(const Graph& source, Ranges ranges, isa::Precision precision)
      : source_(source),
        ranges_(std::move(ranges)),
        plan_(make_plan(source, precision)),
        classes_(source.values.size()) {}

  Graph run() {
    gather_classes();
    limit_codes();
    choose_params();
    rebuild();
    remove_dead_nodes(result_);
    return std::move(result_);
  }

 private:
  // ---- scales

  ScaleClass& class_of(ValueId id) { return classes_[plan_.scale_of[id]]; }

  void gather_classes() {
    for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
      if (!plan_.integer[i]) continue;
      const Node& node = source_.nodes[i];
      for (std::size_t k = 0; k < node.inputs.size(); ++k) {
        if (is_activation_input(source_, node, k)) add_to_class(node.inputs[k]);
      }
      for (const ValueId id : node.outputs) {
        if (id != ir::kNoValue) add_to_class(id);
      }
      if (node.op == Op::pad)
        class_of(node.outputs[0]).range.include(std::get<ir::PadAttributes>(node.attributes).value);
      const bool bounded = node.op == Op::lstm || node.op == Op::sigmoid || node.op == Op::tanh;
      if (bounded) class_of(node.outputs[0]).reaches_one = true;
    }
  }

  void add_to_class(ValueId id) {
    if (!ranges_.values[id].seen()) {
      throw CompileError(fmt::format("value '{}' was not seen during calibration", source_.values[id].name));
    }
    class_of(id).range.include(ranges_.values[id]);
    class_of(id).wide = plan_.wide[id];
    class_of(id).symmetric |= plan_.symmetric[id], class_of(id).stationary |= plan_.stationary[id];
  }

  /// 16-bit inputs of layers with many weights keep to fewer codes, so that no sum can overflow.
  void limit_codes() {
    for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
      const Node& node = source_.nodes[i];
      if (!plan_.integer[i] || !has_weights(node.op)) continue;
      ScaleClass& input = class_of(node.inputs[0]);
      if (!input.wide) continue;
      const float finest =
          s16_params(magnitude(input)).scale[0];  // fewer codes make it coarser and the bias codes smaller
      for (const ChannelSum& sum : largest_sums(read_weights(source_, node), finest)) {
        input.largest_code = std::min(input.largest_code, largest_safe_code(sum));
      }
      if (input.largest_code >= kFewestCodes) continue;
      throw CompileError(
          fmt::format("layer '{}' cannot be quantised: its sums overflow 32 bits unless the input has fewer "
                      "than {} codes",
                      node.name, kFewestCodes));
    }
  }

  static float magnitude(const ScaleClass& scale_class) {
    const float seen = scale_class.range.magnitude();
    return scale_class.reaches_one ? std::max(seen, 1.0f) : seen;
  }

  void choose_params() {
    for (ScaleClass& scale_class : classes_) {
      if (!scale_class.range.seen()) continue;
      switch (scale_class.type()) {
        case ir::DType::s16:
          scale_class.params = s16_params(magnitude(scale_class), static_cast<int>(scale_class.largest_code));
          break;
        case ir::DType::s8:
          scale_class.params = s8_params(magnitude(scale_class));
          break;
        default:
          scale_class.params = u8_params(scale_class.range);
      }
    }
  }

  // ---- the new graph: value ids of the source stay; codes of a value that also exists as floats get a new
  // id

  void rebuild() {
    result_ = source_;
    result_.nodes.clear();
    codes_.assign(source_.values.size(), ir::kNoValue);
    floats_.assign(source_.values.size(), ir::kNoValue);
    for (const ValueId id : source_.inputs) floats_[id] = id;
    for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
      if (plan_.integer[i])
        add_integer(i);
      else
        add_float_node(source_.nodes[i]);
    }
    for (const ValueId id : source_.outputs) float_of(id);
  }

  void add_integer(std::size_t index) {
    Node node = source_.nodes[index];
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (is_activation_input(source_, source_.nodes[index], k)) node.inputs[k] = code_of(node.inputs[k]);
    }
    if (node.op == Op::matmul) prove_product_fits(source_.nodes[index]);
    if (has_weights(node.op)) add_weights(node, class_of(source_.nodes[index].inputs[0]));
    if (node.op == Op::lstm)
      std::get<ir::LstmAttributes>(node.attributes).cell_scale = cell_scale(ranges_.cell_peaks[index]);
    for (ValueId& id : node.outputs) {
      if (id != ir::kNoValue) id = make_codes(id);
    }
    const ScaleClass& output = class_of(source_.nodes[index].outputs[0]);
    const bool may_clamp = node.op == Op::conv || node.op == Op::gemm || node.op == Op::add ||
                           node.op == Op::mul || mixes_widths(node.op);
    if (may_clamp) limit(node.clamp, output);
    result_.nodes.push_back(std::move(node));
  }

  void add_weights(Node& node, const ScaleClass& input) {
    const LayerWeights weights = read_weights(source_, node);
    const IntegerWeights codes = quantize_weights(weights, input.params.scale[0]);
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
    const ScaleClass& scale_class = class_of(id);
    ValueId codes = id;
    if (is_graph_output(source_, id)) {
      codes = add_float(result_, source_.values[id].name + ".quantized", source_.values[id].shape);
    }
    result_.values[codes].type = scale_class.type();
    result_.values[codes].quant = scale_class.params;
    return codes_[id] = codes;
  }

  /// Codes of a value, behind a QuantizeLinear where it is float.
  ValueId code_of(ValueId id) {
    if (codes_[id] != ir::kNoValue) return codes_[id];
    const std::string name = source_.values[id].name;
    if (source_.values[id].constant) return codes_[id] = quantize_constant(id);
    ValueId from = id;
    ir::Clamp bounds;
    limit(bounds, class_of(id));
    if (bounds.active()) {
      from = add_float(result_, name + ".limited", source_.values[id].shape);
      result_.nodes.push_back({Op::clip, fresh_name(name + ".limit"), {id}, {from}, {}, bounds, false, {}});
    }
    codes_[id] = add_float(result_, name + ".quantized", source_.values[id].shape);
    result_.values[codes_[id]].type = class_of(id).type();
    result_.values[codes_[id]].quant = class_of(id).params;
    result_.nodes.push_back(
        {Op::quantize_linear, fresh_name(name + ".quantize"), {from}, {codes_[id]}, {}, {}, false, {}});
    return codes_[id];
  }

  ValueId quantize_constant(ValueId id) {
    const ScaleClass& scale_class = class_of(id);
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
  Ranges ranges_;
  Plan plan_;
  std::vector<ScaleClass> classes_;  // by representative
  Graph result_;
  std::vector<ValueId> codes_, floats_;  // by source value: where its codes and its floats are
};

}  // namespace

Graph quantize(const Graph& optimised, const std::vector<std::vector<ir::Tensor>>& calibration,
               FloatRunner& runner, isa::Precision precision, const CalibrationRule& rule) {
  if (precision != isa::Precision::int8 && precision != isa::Precision::int8x16) {
    throw CompileError("precision: quantisation makes int8 or int8x16");
  }
  return Quantizer(optimised, calibrate(optimised, calibration, runner, rule), precision).run();
}

}  // namespace nnp::compiler

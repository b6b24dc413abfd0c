// SPDX-License-Identifier: Apache-2.0
// Quantised operators as DequantizeLinear, float operator, QuantizeLinear.
#include "compiler/frontend/quantised_operators.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/compile_error.h"
#include "compiler/frontend/known_tensors.h"
#include "compiler/frontend/quantised_operator_table.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

using onnx::NodeProto;

/// QuantizeLinear and DequantizeLinear have an axis from here on.
constexpr int kAxisOpset = 13;

/// Scale and zero point of a tensor of codes, by the names of their constants.
struct Codes {
  std::string scale, zero;
};

class Rewriter {
 public:
  Rewriter(onnx::GraphProto& graph, int opset) : graph_(graph), opset_(opset), known_(graph) {
    for (const auto& node : graph.node()) {
      for (const auto& name : node.input()) taken_.insert(name);
      for (const auto& name : node.output()) taken_.insert(name);
    }
  }

  void run() {
    for (const NodeProto& node : graph_.node()) {
      if (is_border(node))
        keep_border(node);
      else if (const QuantisedOperator* row = quantised_operator(node); row != nullptr)
        rewrite(node, *row);
      else if (moves_codes(node))
        move(node);
      else
        result_.push_back(node);
    }
    graph_.clear_node();
    for (NodeProto& node : result_) *graph_.add_node() = std::move(node);
    for (auto& tensor : made_) *graph_.add_initializer() = std::move(tensor);
  }

 private:
  // ---- QuantizeLinear and DequantizeLinear themselves

  static bool is_border(const NodeProto& node) {
    return node.op_type() == "QuantizeLinear" || node.op_type() == "DequantizeLinear";
  }

  /// onnxruntime's own have the same meaning.
  void keep_border(const NodeProto& node) {
    known_.check_zero_point(node);
    NodeProto same = node;
    if (same.domain() == kMicrosoft) same.clear_domain();
    const bool one = known_.is_one_number(input_of(node, 1));
    if (opset_ < kAxisOpset && one) same.clear_attribute();  // an axis says nothing here
    if (node.op_type() == "QuantizeLinear" && one && known_.is_constant(input_of(node, 2)) &&
        node.output_size() == 1)
      codes_[node.output(0)] = {input_of(node, 1), input_of(node, 2)};
    result_.push_back(std::move(same));
  }

  // ---- operators of codes

  void rewrite(const NodeProto& node, const QuantisedOperator& row) {
    std::vector<int> operands = row.operands;
    if (operands.empty())
      for (int i = 2; i + 2 < node.input_size(); i += 3) operands.push_back(i);
    const bool known = can_rewrite(node, row, operands);
    if (!known) return result_.push_back(node);
    NodeProto inner;
    inner.set_name(node.name()), inner.set_op_type(row.becomes);
    for (const int i : operands)
      inner.add_input(dequantized(node, input_of(node, i), {input_of(node, i + 1), input_of(node, i + 2)},
                                  channel_axis(node, row, i)));
    float alpha = 1;
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == "channels_last" || attribute.name() == "opset") continue;
      if (row.bias == 6 && attribute.name() == "alpha") alpha = attribute.f();
      *inner.add_attribute() = attribute;
    }
    if (row.bias >= 0 && !input_of(node, row.bias).empty())
      inner.add_input(
          dequantized(node, input_of(node, row.bias), {bias_scale(node, operands, alpha), ""}, 0));
    finish(node, std::move(inner), {input_of(node, row.result), input_of(node, row.result + 1)});
  }

  /// What keeps a node from being rewritten: for com.microsoft an error, as nobody else knows it.
  bool can_rewrite(const NodeProto& node, const QuantisedOperator& row,
                   const std::vector<int>& operands) const {
    std::string fault;
    const auto check = [&](int i, const char* what) {
      if (fault.empty() && !known_.is_constant(input_of(node, i)))
        fault = fmt::format("{} '{}' must be constant", what, input_of(node, i));
    };
    for (const int i : operands) check(i + 1, "scale"), check(i + 2, "zero point");
    check(row.result, "scale"), check(row.result + 1, "zero point");
    if (row.bias >= 0) check(row.bias, "bias");
    if (node.output_size() != 1 || operands.empty()) fault = "it needs operands and one output";
    const bool may_be_real = std::string_view(row.op) == "QGemm";  // without a scale of its result
    if (input_of(node, row.result).empty() && !may_be_real)
      fault = fmt::format("input {} is missing", row.result);
    for (const int i : operands)
      if (input_of(node, i).empty() || input_of(node, i + 1).empty())
        fault = fmt::format("input {} is missing", i);
    for (const auto& attribute : node.attribute())
      if (attribute.name() == "channels_last" && attribute.i() != 0)
        fault = "attribute 'channels_last' must be 0";
    const bool per_channel = operands.size() == 2 && !known_.is_one_number(input_of(node, operands[1] + 1));
    if (fault.empty() && per_channel && opset_ < kAxisOpset)
      fault = fmt::format("scales per channel need operator set {}, the model has {}", kAxisOpset, opset_);
    if (fault.empty()) return true;
    if (node.domain() != kMicrosoft) return false;  // the host has these as they are
    throw CompileError(fmt::format("node '{}' ({}): {}", node.name(), node.op_type(), fault));
  }

  /// Of weights with a scale each output channel.
  int channel_axis(const NodeProto& node, const QuantisedOperator& row, int operand) const {
    if (operand == 0 || row.operands.size() != 2) return -1;
    const std::string becomes = row.becomes;
    if (becomes == "Conv") return 0;
    bool transposed = false;
    for (const auto& attribute : node.attribute())
      transposed |= attribute.name() == "transB" && attribute.i() != 0;
    if (becomes == "Gemm") return transposed ? 0 : 1;
    return known_.rank(input_of(node, operand)) - 1;
  }

  /// The product of the operands' scales, as a new constant.
  std::string bias_scale(const NodeProto& node, const std::vector<int>& operands, float alpha) {
    const ir::Tensor x = known_.constant(input_of(node, operands[0] + 1)),
                     w = known_.constant(input_of(node, operands[1] + 1));
    if (x.type() != ir::DType::f32 || w.type() != ir::DType::f32 || x.size() != 1)
      throw CompileError(fmt::format("node '{}' ({}): scales must be FLOAT, and one for the left operand",
                                     node.name(), node.op_type()));
    ir::Tensor scales(ir::DType::f32, w.shape());
    for (std::size_t i = 0; i < w.size(); ++i)
      scales.data<float>()[i] = alpha * x.data<float>()[0] * w.data<float>()[i];
    const std::string name = fresh(node.name() + ".bias_scale");
    made_.push_back(tensor_to_proto(scales, name));
    return name;
  }

  // ---- moves of codes

  bool moves_codes(const NodeProto& node) const {
    if (!node.domain().empty() && node.domain() != "ai.onnx") return false;
    const auto known = [&](int i) { return codes_.contains(input_of(node, i)); };
    if (node.op_type() == "Concat") {
      for (int i = 0; i < node.input_size(); ++i)
        if (!known(i) || !same(codes_.at(node.input(i)), codes_.at(node.input(0)))) return false;
      return node.input_size() > 0;
    }
    return known(0) && keeps_codes(node.op_type());
  }
  bool same(const Codes& a, const Codes& b) const {
    const auto equal = [&](const std::string& x, const std::string& y) {
      if (x == y) return true;
      if (x.empty() || y.empty()) return false;
      const ir::Tensor s = known_.constant(x), t = known_.constant(y);
      return s.type() == t.type() && std::ranges::equal(s.bytes(), t.bytes());
    };
    return equal(a.scale, b.scale) && equal(a.zero, b.zero);
  }

  void move(const NodeProto& node) {
    const Codes codes = codes_.at(node.input(0));
    NodeProto inner = node;
    for (int i = 0; i < (node.op_type() == "Concat" ? node.input_size() : 1); ++i)
      inner.set_input(i, dequantized(node, node.input(i), codes, -1));
    finish(node, std::move(inner), codes);
  }

  // ---- what all share

  std::string fresh(const std::string& wanted) {
    std::string name = wanted;
    while (!taken_.insert(name).second) name += "_";
    return name;
  }

  NodeProto border(const char* op, const std::string& name, const std::string& from, const Codes& codes,
                   const std::string& to) {
    NodeProto node;
    node.set_name(name), node.set_op_type(op);
    node.add_input(from), node.add_input(codes.scale);
    if (!codes.zero.empty()) node.add_input(codes.zero);
    node.add_output(to);
    return node;
  }

  std::string dequantized(const NodeProto& node, const std::string& codes, const Codes& how, int axis) {
    const std::string to = fresh(codes + ".dequantized");
    NodeProto made =
        border("DequantizeLinear", fmt::format("{}.dequantize.{}", node.name(), codes), codes, how, to);
    if (axis >= 0 && !known_.is_one_number(how.scale) && opset_ >= kAxisOpset) {
      auto& attribute = *made.add_attribute();
      attribute.set_name("axis"), attribute.set_type(onnx::AttributeProto::INT), attribute.set_i(axis);
    }
    result_.push_back(std::move(made));
    return to;
  }

  /// The float node, and its results as codes under the names they have.
  void finish(const NodeProto& node, NodeProto inner, const Codes& codes) {
    inner.clear_output();
    std::vector<NodeProto> borders;
    for (const std::string& name : node.output()) {
      if (name.empty() || codes.scale.empty()) {  // QGemm without a result's scale: a float result
        inner.add_output(name);
        continue;
      }
      const std::string real = fresh(name + ".real");
      inner.add_output(real);
      borders.push_back(
          border("QuantizeLinear", fmt::format("{}.quantize.{}", node.name(), name), real, codes, name));
      codes_[name] = codes;
    }
    result_.push_back(std::move(inner));
    std::ranges::move(borders, std::back_inserter(result_));
  }

  onnx::GraphProto& graph_;
  int opset_;
  KnownTensors known_;
  std::map<std::string, Codes> codes_;
  std::set<std::string> taken_;
  std::vector<NodeProto> result_;
  std::vector<onnx::TensorProto> made_;
};

}  // namespace

void rewrite_quantised_operators(onnx::ModelProto& model) {
  int opset = 0;
  for (const auto& import : model.opset_import())
    if (import.domain().empty() || import.domain() == "ai.onnx") opset = static_cast<int>(import.version());
  if (opset < 10) return;  // no QuantizeLinear yet
  Rewriter(*model.mutable_graph(), opset).run();
}

}  // namespace nnp::compiler

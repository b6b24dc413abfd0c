// SPDX-License-Identifier: Apache-2.0
// From the IR's operator to ONNX's; those of one node each are here.
#include "compiler/export/operators.h"

#include <fmt/format.h>
#include <onnx/defs/schema.h>

#include "compiler/compile_error.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

using ir::Op;

template <typename T, std::size_t N>
std::vector<T> list(const T (&values)[N]) {
  return {values, values + N};
}

void write_conv(const Outgoing& o) {
  const auto& a = o.attributes<ir::ConvAttributes>();
  o.as("Conv", {{"kernel_shape", list(a.kernel)},
                {"strides", list(a.strides)},
                {"dilations", list(a.dilations)},
                {"pads", list(a.pads)},
                {"group", a.group}});
}

void write_conv_transpose(const Outgoing& o) {
  const auto& a = o.attributes<ir::ConvTransposeAttributes>();
  o.as("ConvTranspose", {{"kernel_shape", list(a.kernel)},
                         {"strides", list(a.strides)},
                         {"dilations", list(a.dilations)},
                         {"pads", list(a.pads)},
                         {"output_padding", list(a.output_padding)},
                         {"group", a.group}});
}

/// ONNX's Gemm has rank 2; rows of more axes are a MatMul's.
void write_gemm(const Outgoing& o) {
  const auto& a = o.attributes<ir::GemmAttributes>();
  if (o.in(0).size() == 2)
    return o.as("Gemm", {{"alpha", a.alpha},
                         {"beta", a.beta},
                         {"transA", std::int64_t{a.transpose_a}},
                         {"transB", std::int64_t{a.transpose_b}}});
  if (a.alpha != 1 || a.beta != 1 || a.transpose_a || a.transpose_b)
    o.refuse("has factors or transposed sides beside more than two axes");
  if (!o.has(2)) return o.last("MatMul", {o.inputs[0], o.inputs[1]});
  o.last("Add", {o.step("MatMul", ".product", {o.inputs[0], o.inputs[1]}), o.inputs[2]});
}

void write_matmul(const Outgoing& o) {
  if (!ir::transposes_right(o.node)) return o.as("MatMul");
  std::vector<std::int64_t> swapped;
  for (std::size_t i = 0; i < o.in(1).size(); ++i) swapped.push_back(static_cast<std::int64_t>(i));
  std::swap(swapped[swapped.size() - 2], swapped.back());
  o.last("MatMul", {o.inputs[0], o.step("Transpose", ".right", {o.inputs[1]}, {{"perm", swapped}})});
}

void write_pool(const Outgoing& o, const char* op) {
  const auto& a = o.attributes<ir::PoolAttributes>();
  ir::OnnxAttributeMap map{{"kernel_shape", list(a.kernel)},
                           {"strides", list(a.strides)},
                           {"pads", list(a.pads)},
                           {"ceil_mode", std::int64_t{a.ceil_mode}}};
  if (o.node.op == Op::average_pool) {
    // Set 19 says anew what a window that ceil_mode lets reach beyond the padding counts.
    if (o.model.opset() >= 19 && a.ceil_mode && a.count_include_pad)
      o.refuse("counts padding with ceil_mode, which changed its meaning in operator set 19,");
    map["count_include_pad"] = std::int64_t{a.count_include_pad};
  }
  o.as(op, map);
}

void write_lrn(const Outgoing& o) {
  const auto& a = o.attributes<ir::LrnAttributes>();
  o.as("LRN", {{"size", a.size}, {"alpha", a.alpha}, {"beta", a.beta}, {"bias", a.bias}});
}

void write_layer_normalization(const Outgoing& o) {
  const auto& a = o.attributes<ir::NormalizationAttributes>();
  Outgoing whole = o;
  if (!o.has(1)) {  // ONNX insists on a scale
    const ir::Shape shape(o.in(0).begin() + a.axis, o.in(0).end());
    const std::vector<float> ones(static_cast<std::size_t>(ir::element_count(shape)), 1.0f);
    whole.inputs.resize(std::max<std::size_t>(2, o.inputs.size()));
    whole.inputs[1] = o.model.constant(o.node.name + ".ones", ir::Tensor::of<float>(shape, ones));
  }
  whole.as("LayerNormalization", {{"axis", a.axis}, {"epsilon", a.epsilon}});
}

/// An operator as it came; its meaning must not have changed between the two operator sets.
void write_as_it_came(const Outgoing& o) {
  const auto& a = o.attributes<ir::OnnxAttributes>();
  const auto& sets = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  if (const auto known = sets.find(a.domain); known != sets.end() && o.model.opset() > known->second.second)
    o.refuse(
        fmt::format("may mean another thing in operator set {}, which 16-bit codes need, than in set {} that "
                    "it came from",
                    o.model.opset(), a.opset));
  const auto schema = [&](std::int64_t opset) {
    return onnx::OpSchemaRegistry::Schema(a.op, static_cast<int>(opset), a.domain);
  };
  if (schema(a.opset) != schema(o.model.opset()))
    o.refuse(fmt::format("changed its meaning between operator sets {} and {}", a.opset, o.model.opset()));
  o.as(a.op, ir::decode_attributes(a.attributes));
}

std::int64_t axis_of(const Outgoing& o) { return o.attributes<ir::AxisAttributes>().axis; }

}  // namespace

std::string Outgoing::step(const std::string& op, const std::string& suffix, const Names& from,
                           const ir::OnnxAttributeMap& map) const {
  const std::string made = model.tensor(node.name + suffix);
  model.node(op, node.name + suffix, from, {made}, map);
  return made;
}

void Outgoing::refuse(const std::string& why) const {
  throw CompileError(fmt::format("layer '{}' ({}) {}: the network cannot be written as ONNX", node.name,
                                 ir::operator_name(node), why));
}

void write_operator(const Outgoing& o) {
  switch (o.node.op) {
    case Op::conv:
      return write_conv(o);
    case Op::conv_transpose:
      return write_conv_transpose(o);
    case Op::gemm:
      return write_gemm(o);
    case Op::matmul:
      return write_matmul(o);
    case Op::lstm:
    case Op::gru:
    case Op::rnn:
      return write_recurrent(o);
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
    case Op::add:
    case Op::mul:
    case Op::where:
    case Op::identity:
    case Op::global_average_pool:
      return o.as(ir::operator_name(o.node));
    case Op::softmax:
      return write_softmax(o);
    case Op::max_pool:
      return write_pool(o, "MaxPool");
    case Op::average_pool:
      return write_pool(o, "AveragePool");
    case Op::batch_normalization:
      return o.as("BatchNormalization", {{"epsilon", 0.0f}});  // the variance holds it
    case Op::instance_normalization:
      return o.as("InstanceNormalization",
                  {{"epsilon", o.attributes<ir::NormalizationAttributes>().epsilon}});
    case Op::layer_normalization:
      return write_layer_normalization(o);
    case Op::lrn:
      return write_lrn(o);
    case Op::unary:
      return write_unary(o);
    case Op::binary:
      return write_binary(o);
    case Op::reduce:
      return write_reduce(o);
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
      return write_reshape(o);
    case Op::transpose:
      return o.as("Transpose", {{"perm", o.attributes<ir::TransposeAttributes>().permutation}});
    case Op::gather:
      return o.as("Gather", {{"axis", axis_of(o)}});
    case Op::concat:
      return o.as("Concat", {{"axis", axis_of(o)}});
    case Op::slice:
      return write_slice(o);
    case Op::pad:
      return write_pad(o);
    case Op::expand:
      return write_expand(o);
    case Op::resize:
      return write_resize(o);
    case Op::cast:
      return o.as("Cast", {{"to", std::int64_t{onnx_type_of(o.graph.values[o.node.outputs[0]].type)}}});
    case Op::onnx:
      return write_as_it_came(o);
    case Op::quantize_linear:
    case Op::dequantize_linear:
      break;  // qdq.cpp's
  }
  o.refuse("has no ONNX operator");
}

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// Attributes as bytes and back, field by field.
#include "compiler/ir/graph_bytes.h"

namespace nnp::ir::bytes {
namespace {

struct AttributeWriter {
  isa::ByteWriter& out;
  template <std::size_t N>
  void put(const std::int64_t (&values)[N]) const {
    for (const std::int64_t value : values) out.put(value);
  }
  void operator()(const std::monostate&) const {}
  void operator()(const ConvAttributes& a) const {
    put(a.kernel), put(a.strides), put(a.dilations), put(a.pads), out.put(a.group);
  }
  void operator()(const PoolAttributes& a) const {
    put(a.kernel), put(a.strides), put(a.pads);
    out.put(as_byte(a.ceil_mode)), out.put(as_byte(a.count_include_pad));
  }
  void operator()(const GemmAttributes& a) const {
    out.put(a.alpha), out.put(a.beta), out.put(as_byte(a.transpose_a)), out.put(as_byte(a.transpose_b));
  }
  void operator()(const LstmAttributes& a) const {
    out.put(a.hidden_size), out.put(a.cell_scale), out.put(as_byte(a.reverse));
  }
  void operator()(const TransposeAttributes& a) const { out.put_vector(a.permutation); }
  void operator()(const AxisAttributes& a) const { out.put(a.axis); }
  void operator()(const UnaryAttributes& a) const { out.put(a.function), out.put(a.alpha), out.put(a.beta); }
  void operator()(const BinaryAttributes& a) const { out.put(a.function); }
  void operator()(const ReduceAttributes& a) const {
    out.put(a.function), out.put_vector(a.axes), out.put(as_byte(a.keepdims));
  }
  void operator()(const SliceAttributes& a) const { out.put_vector(a.starts), out.put_vector(a.steps); }
  void operator()(const PadAttributes& a) const {
    out.put(a.mode), out.put_vector(a.begin), out.put_vector(a.end), out.put(a.value);
  }
  void operator()(const ResizeAttributes& a) const {
    out.put(a.mode), out.put(a.coordinates), out.put(a.rounding);
    out.put_vector(a.scales), out.put_vector(a.roi);
    out.put(a.cubic_a), out.put(a.outside_value), out.put(as_byte(a.exclude_outside));
  }
  void operator()(const ConvTransposeAttributes& a) const {
    put(a.kernel), put(a.strides), put(a.dilations), put(a.pads), put(a.output_padding), out.put(a.group);
  }
  void operator()(const LrnAttributes& a) const {
    out.put(a.size), out.put(a.alpha), out.put(a.beta), out.put(a.bias);
  }
  void operator()(const NormalizationAttributes& a) const { out.put(a.axis), out.put(a.epsilon); }
  void operator()(const RecurrentAttributes& a) const {
    out.put(a.hidden_size), out.put(as_byte(a.reverse)), out.put(as_byte(a.linear_before_reset));
  }
  void operator()(const OnnxAttributes& a) const {
    out.put(a.op), out.put(a.domain), out.put(a.opset), out.put_vector(a.attributes);
  }
};

template <std::size_t N>
void get_into(isa::ByteReader& in, std::int64_t (&values)[N]) {
  for (std::int64_t& value : values) value = in.get<std::int64_t>();
}

struct AttributeReader {
  isa::ByteReader& in;
  void operator()(std::monostate&) const {}
  void operator()(ConvAttributes& a) const {
    get_into(in, a.kernel), get_into(in, a.strides), get_into(in, a.dilations), get_into(in, a.pads);
    a.group = in.get<std::int64_t>();
  }
  void operator()(PoolAttributes& a) const {
    get_into(in, a.kernel), get_into(in, a.strides), get_into(in, a.pads);
    a.ceil_mode = get_bool(in), a.count_include_pad = get_bool(in);
  }
  void operator()(GemmAttributes& a) const {
    a.alpha = in.get<float>(), a.beta = in.get<float>();
    a.transpose_a = get_bool(in), a.transpose_b = get_bool(in);
  }
  void operator()(LstmAttributes& a) const {
    a.hidden_size = in.get<std::int64_t>(), a.cell_scale = in.get<float>(), a.reverse = get_bool(in);
  }
  void operator()(TransposeAttributes& a) const { a.permutation = in.get_vector<std::int64_t>(); }
  void operator()(AxisAttributes& a) const { a.axis = in.get<std::int64_t>(); }
  void operator()(UnaryAttributes& a) const {
    a.function = get_enum(in, UnaryFunction{numerics::kUnaryFunctions - 1}), a.alpha = in.get<float>(),
    a.beta = in.get<float>();
  }
  void operator()(BinaryAttributes& a) const {
    a.function = get_enum(in, BinaryFunction{numerics::kBinaryFunctions - 1});
  }
  void operator()(ReduceAttributes& a) const {
    a.function = get_enum(in, kLastReduceFunction), a.axes = in.get_vector<std::int64_t>();
    a.keepdims = get_bool(in);
  }
  void operator()(SliceAttributes& a) const {
    a.starts = in.get_vector<std::int64_t>(), a.steps = in.get_vector<std::int64_t>();
  }
  void operator()(PadAttributes& a) const {
    a.mode = get_enum(in, PadMode::edge), a.begin = in.get_vector<std::int64_t>();
    a.end = in.get_vector<std::int64_t>(), a.value = in.get<float>();
  }
  void operator()(ResizeAttributes& a) const {
    a.mode = get_enum(in, ResizeMode::cubic);
    a.coordinates = get_enum(in, ResizeCoordinates::tf_crop_and_resize);
    a.rounding = get_enum(in, ResizeRounding::ceil);
    a.scales = in.get_vector<float>(), a.roi = in.get_vector<float>();
    a.cubic_a = in.get<float>(), a.outside_value = in.get<float>(), a.exclude_outside = get_bool(in);
  }
  void operator()(ConvTransposeAttributes& a) const {
    get_into(in, a.kernel), get_into(in, a.strides), get_into(in, a.dilations), get_into(in, a.pads);
    get_into(in, a.output_padding), a.group = in.get<std::int64_t>();
  }
  void operator()(LrnAttributes& a) const {
    a.size = in.get<std::int64_t>(), a.alpha = in.get<float>(), a.beta = in.get<float>();
    a.bias = in.get<float>();
  }
  void operator()(NormalizationAttributes& a) const {
    a.axis = in.get<std::int64_t>(), a.epsilon = in.get<float>();
  }
  void operator()(RecurrentAttributes& a) const {
    a.hidden_size = in.get<std::int64_t>(), a.reverse = get_bool(in), a.linear_before_reset = get_bool(in);
  }
  void operator()(OnnxAttributes& a) const {
    a.op = in.get_string(), a.domain = in.get_string(), a.opset = in.get<std::int64_t>();
    a.attributes = in.get_vector<std::uint8_t>();
  }
};

/// Empty attributes of the kind with this index.
template <std::size_t I = 0>
Attributes attributes_of_kind(std::size_t kind) {
  if constexpr (I < std::variant_size_v<Attributes>) {
    if (kind == I) return Attributes(std::in_place_index<I>);
    return attributes_of_kind<I + 1>(kind);
  } else {
    refuse("unknown attributes");
  }
}

}  // namespace

void put_attributes(isa::ByteWriter& out, const Attributes& attributes) {
  out.put(static_cast<std::uint8_t>(attributes.index()));
  std::visit(AttributeWriter{out}, attributes);
}

Attributes get_attributes(isa::ByteReader& in) {
  Attributes attributes = attributes_of_kind(in.get<std::uint8_t>());
  std::visit(AttributeReader{in}, attributes);
  return attributes;
}

}  // namespace nnp::ir::bytes

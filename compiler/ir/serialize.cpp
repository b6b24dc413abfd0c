// SPDX-License-Identifier: Apache-2.0
// A graph as bytes and back. Reading believes nothing: every count, enumerator and size is checked, then
// verify() is asked.
#include <stdexcept>

#include "compiler/ir/graph.h"
#include "compiler/ir/verify_rules.h"

#include "isa/program/byte_stream.h"

namespace nnp::ir {
namespace {

constexpr std::uint32_t kMagic = 0x5250474E;  // "NGPR"
constexpr std::uint32_t kVersion = 1;

[[noreturn]] void refuse(const std::string& reason) { throw std::runtime_error("not a graph: " + reason); }

std::uint8_t as_byte(bool value) { return value ? 1 : 0; }
bool get_bool(isa::ByteReader& in) {
  const auto byte = in.get<std::uint8_t>();
  if (byte > 1) refuse("a flag is neither 0 nor 1");
  return byte == 1;
}
template <typename Enum>
Enum get_enum(isa::ByteReader& in, Enum last) {
  const auto number = in.get<std::uint8_t>();
  if (number > static_cast<std::uint8_t>(last)) refuse("an enumerator is out of range");
  return static_cast<Enum>(number);
}

// ---- Attributes: the variant's index, then its fields.

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
  void operator()(const LstmAttributes& a) const { out.put(a.hidden_size), out.put(a.cell_scale); }
  void operator()(const TransposeAttributes& a) const { out.put_vector(a.permutation); }
  void operator()(const AxisAttributes& a) const { out.put(a.axis); }
};

template <std::size_t N>
void get_into(isa::ByteReader& in, std::int64_t (&values)[N]) {
  for (std::int64_t& value : values) value = in.get<std::int64_t>();
}

Attributes get_attributes(isa::ByteReader& in) {
  switch (in.get<std::uint8_t>()) {
    case 0:
      return std::monostate{};
    case 1: {
      ConvAttributes a;
      get_into(in, a.kernel), get_into(in, a.strides), get_into(in, a.dilations), get_into(in, a.pads);
      a.group = in.get<std::int64_t>();
      return a;
    }
    case 2: {
      PoolAttributes a;
      get_into(in, a.kernel), get_into(in, a.strides), get_into(in, a.pads);
      a.ceil_mode = get_bool(in), a.count_include_pad = get_bool(in);
      return a;
    }
    case 3: {
      GemmAttributes a;
      a.alpha = in.get<float>(), a.beta = in.get<float>();
      a.transpose_a = get_bool(in), a.transpose_b = get_bool(in);
      return a;
    }
    case 4: {
      LstmAttributes a;
      a.hidden_size = in.get<std::int64_t>(), a.cell_scale = in.get<float>();
      return a;
    }
    case 5:
      return TransposeAttributes{in.get_vector<std::int64_t>()};
    case 6:
      return AxisAttributes{in.get<std::int64_t>()};
    default:
      refuse("unknown attributes");
  }
}

// ---- Values.

void put_value(isa::ByteWriter& out, const Value& value) {
  out.put(value.name), out.put(value.type), out.put_vector(value.shape);
  out.put(as_byte(value.quant.has_value()));
  if (value.quant) {
    out.put_vector(value.quant->scale), out.put(value.quant->zero_point), out.put(value.quant->axis);
  }
  out.put(as_byte(value.constant.has_value()));
  if (value.constant) out.put_array(value.constant->bytes());
}

/// A tensor of the value's type and shape, when exactly that many bytes are there.
Tensor get_tensor(isa::ByteReader& in, const Value& value) {
  const auto bytes = in.get_vector<std::uint8_t>();
  const auto count = checked_element_count(value.shape);
  if (!count || *count * size_of(value.type) != bytes.size()) {
    refuse("constant '" + value.name + "' has another size than its shape");
  }
  Tensor tensor(value.type, value.shape);
  if (!bytes.empty()) std::memcpy(tensor.bytes().data(), bytes.data(), bytes.size());
  return tensor;
}

Value get_value(isa::ByteReader& in) {
  Value value;
  value.name = in.get_string(), value.type = get_enum(in, DType::bf16),
  value.shape = in.get_vector<std::int64_t>();
  if (get_bool(in)) {
    QuantParams quant;
    quant.scale = in.get_vector<float>();
    quant.zero_point = in.get<std::int32_t>(), quant.axis = in.get<std::int32_t>();
    value.quant = std::move(quant);
  }
  if (get_bool(in)) value.constant = get_tensor(in, value);
  return value;
}

// ---- Nodes.

void put_node(isa::ByteWriter& out, const Node& node) {
  out.put(node.op), out.put(node.name), out.put_vector(node.inputs), out.put_vector(node.outputs);
  out.put(static_cast<std::uint8_t>(node.attributes.index()));
  std::visit(AttributeWriter{out}, node.attributes);
  out.put(node.clamp.lo), out.put(node.clamp.hi), out.put(as_byte(node.on_host));
  out.put(static_cast<std::uint64_t>(node.onnx_nodes.size()));
  for (const std::string& name : node.onnx_nodes) out.put(name);
}

Node get_node(isa::ByteReader& in) {
  Node node;
  node.op = get_enum(in, Op::cast), node.name = in.get_string();
  node.inputs = in.get_vector<ValueId>(), node.outputs = in.get_vector<ValueId>();
  node.attributes = get_attributes(in);
  node.clamp.lo = in.get<float>(), node.clamp.hi = in.get<float>(), node.on_host = get_bool(in);
  const auto names = in.get_count(sizeof(std::uint64_t));
  for (std::uint64_t i = 0; i < names; ++i) node.onnx_nodes.push_back(in.get_string());
  return node;
}

Graph read(std::span<const std::uint8_t> bytes) {
  isa::ByteReader in(bytes);
  if (in.get<std::uint32_t>() != kMagic) refuse("the magic number is missing");
  if (const auto version = in.get<std::uint32_t>(); version != kVersion) {
    refuse("version " + std::to_string(version) + " is not " + std::to_string(kVersion));
  }
  Graph graph;
  graph.name = in.get_string();
  constexpr std::size_t kSmallestValue = 8 + 1 + 8 + 1 + 1, kSmallestNode = 1 + 3 * 8 + 1 + 2 * 4 + 1 + 8;
  const auto values = in.get_count(kSmallestValue);
  for (std::uint64_t i = 0; i < values; ++i) graph.values.push_back(get_value(in));
  const auto nodes = in.get_count(kSmallestNode);
  for (std::uint64_t i = 0; i < nodes; ++i) graph.nodes.push_back(get_node(in));
  graph.inputs = in.get_vector<ValueId>(), graph.outputs = in.get_vector<ValueId>();
  if (!in.at_end()) refuse("bytes follow its end");
  return graph;
}

}  // namespace

std::vector<std::uint8_t> serialize(const Graph& graph) {
  isa::ByteWriter out;
  out.put(kMagic), out.put(kVersion), out.put(graph.name);
  out.put(static_cast<std::uint64_t>(graph.values.size()));
  for (const Value& value : graph.values) put_value(out, value);
  out.put(static_cast<std::uint64_t>(graph.nodes.size()));
  for (const Node& node : graph.nodes) put_node(out, node);
  out.put_vector(graph.inputs), out.put_vector(graph.outputs);
  return out.take();
}

Graph deserialize(std::span<const std::uint8_t> bytes) {
  Graph graph;
  try {
    graph = read(bytes);
  } catch (const std::out_of_range& error) {
    refuse(error.what());
  }
  if (const auto faults = verify(graph); !faults.empty()) refuse(faults.front());
  return graph;
}

}  // namespace nnp::ir

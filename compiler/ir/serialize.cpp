// SPDX-License-Identifier: Apache-2.0
// A graph as bytes and back. Reading believes nothing: every count, enumerator and size is checked, then
// verify() is asked.
#include <stdexcept>
#include <utility>

#include "compiler/ir/graph.h"
#include "compiler/ir/graph_bytes.h"
#include "compiler/ir/graph_stream.h"
#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

using namespace bytes;

constexpr std::uint32_t kMagic = 0x5250474E;  // "NGPR"
constexpr std::uint32_t kVersion = 2;

// ---- Values.

/// All but a constant's bytes, which follow.
void put_value(isa::ByteWriter& out, const Value& value) {
  out.put(value.name), out.put(value.type), out.put_vector(value.shape);
  out.put(as_byte(value.quant.has_value()));
  if (value.quant) {
    out.put_vector(value.quant->scale), out.put(value.quant->zero_point), out.put(value.quant->axis);
  }
  out.put(as_byte(value.constant.has_value()));
  if (value.constant) out.put(static_cast<std::uint64_t>(value.constant->bytes().size()));
}

/// The bytes of a tensor of the value's type and shape, when exactly that many are there.
std::span<const std::uint8_t> get_constant(isa::ByteReader& in, const Value& value) {
  const auto bytes = in.get_bytes();
  const auto count = checked_element_count(value.shape);
  if (!count || *count * size_of(value.type) != bytes.size()) {
    refuse("constant '" + value.name + "' has another size than its shape");
  }
  return bytes;
}

Tensor without_bytes(const Value& value) {
  Tensor tensor(value.type, {0});
  tensor.reshape(value.shape);
  return tensor;
}

/// Where the bytes of each value's constant lie.
using Constants = std::vector<std::span<const std::uint8_t>>;

void fill_constants(const Constants& constants, const ConstantChoice& kept, Graph& graph) {
  const std::vector<bool> wanted = kept ? kept(graph) : std::vector<bool>(graph.values.size(), true);
  for (std::size_t id = 0; id < constants.size(); ++id) {
    Value& value = graph.values[id];
    if (!value.constant || !wanted[id] || constants[id].empty()) continue;
    value.constant = Tensor(value.type, value.shape, constants[id]);
  }
}

/// All but a constant's bytes.
Value get_value(isa::ByteReader& in, Constants& constants) {
  Value value;
  value.name = in.get_string(), value.type = get_enum(in, kLastDType),
  value.shape = in.get_vector<std::int64_t>();
  if (get_bool(in)) {
    QuantParams quant;
    quant.scale = in.get_vector<float>();
    quant.zero_point = in.get<std::int32_t>(), quant.axis = in.get<std::int32_t>();
    value.quant = std::move(quant);
  }
  auto& constant = constants.emplace_back();
  if (get_bool(in)) constant = get_constant(in, value), value.constant = without_bytes(value);
  return value;
}

// ---- Nodes.

void put_node(isa::ByteWriter& out, const Node& node) {
  out.put(node.op), out.put(node.name), out.put_vector(node.inputs), out.put_vector(node.outputs);
  put_attributes(out, node.attributes);
  out.put(node.clamp.lo), out.put(node.clamp.hi), out.put(as_byte(node.on_host));
  out.put(static_cast<std::uint64_t>(node.onnx_nodes.size()));
  for (const std::string& name : node.onnx_nodes) out.put(name);
}

Node get_node(isa::ByteReader& in) {
  Node node;
  node.op = get_enum(in, kLastOp), node.name = in.get_string();
  node.inputs = in.get_vector<ValueId>(), node.outputs = in.get_vector<ValueId>();
  node.attributes = get_attributes(in);
  node.clamp.lo = in.get<float>(), node.clamp.hi = in.get<float>(), node.on_host = get_bool(in);
  const auto names = in.get_count(sizeof(std::uint64_t));
  for (std::uint64_t i = 0; i < names; ++i) node.onnx_nodes.push_back(in.get_string());
  return node;
}

Graph read(std::span<const std::uint8_t> bytes, Constants& constants) {
  isa::ByteReader in(bytes);
  if (in.get<std::uint32_t>() != kMagic) refuse("the magic number is missing");
  if (const auto version = in.get<std::uint32_t>(); version != kVersion) {
    refuse("version " + std::to_string(version) + " is not " + std::to_string(kVersion));
  }
  Graph graph;
  graph.name = in.get_string();
  constexpr std::size_t kSmallestValue = 8 + 1 + 8 + 1 + 1, kSmallestNode = 1 + 3 * 8 + 1 + 2 * 4 + 1 + 8;
  const auto values = in.get_count(kSmallestValue);
  for (std::uint64_t i = 0; i < values; ++i) graph.values.push_back(get_value(in, constants));
  const auto nodes = in.get_count(kSmallestNode);
  for (std::uint64_t i = 0; i < nodes; ++i) graph.nodes.push_back(get_node(in));
  graph.inputs = in.get_vector<ValueId>(), graph.outputs = in.get_vector<ValueId>();
  if (!in.at_end()) refuse("bytes follow its end");
  return graph;
}

}  // namespace

void serialize(const Graph& graph, const ByteSink& sink) {
  isa::ByteWriter out;
  const auto flush = [&] { sink(std::exchange(out, {}).take()); };
  out.put(kMagic), out.put(kVersion), out.put(graph.name);
  out.put(static_cast<std::uint64_t>(graph.values.size()));
  for (const Value& value : graph.values) {
    put_value(out, value);
    if (!value.constant) continue;
    flush();
    sink(value.constant->bytes());
  }
  out.put(static_cast<std::uint64_t>(graph.nodes.size()));
  for (const Node& node : graph.nodes) put_node(out, node);
  out.put_vector(graph.inputs), out.put_vector(graph.outputs);
  flush();
}

std::uint64_t constant_bytes(const Graph& graph) {
  std::uint64_t bytes = 0;
  for (const Value& value : graph.values)
    if (value.constant) bytes += value.constant->bytes().size();
  return bytes;
}

std::vector<std::uint8_t> serialize(const Graph& graph) {
  std::vector<std::uint8_t> bytes;
  constexpr std::uint64_t kOfAValue = 1024;  // and what describes it, more or less
  bytes.reserve(constant_bytes(graph) + kOfAValue * graph.values.size());
  serialize(graph, [&](std::span<const std::uint8_t> piece) {
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  });
  return bytes;
}

Graph deserialize(std::span<const std::uint8_t> bytes, const ConstantChoice& kept) {
  Graph graph;
  Constants constants;
  try {
    graph = read(bytes, constants);
  } catch (const std::out_of_range& error) {
    refuse(error.what());
  }
  if (const auto faults = verify(graph); !faults.empty()) refuse(faults.front());
  fill_constants(constants, kept, graph);
  return graph;
}

Graph deserialize(std::span<const std::uint8_t> bytes) { return deserialize(bytes, {}); }

}  // namespace nnp::ir

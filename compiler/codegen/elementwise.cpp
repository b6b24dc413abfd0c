// SPDX-License-Identifier: Apache-2.0
// Add, Mul and activation tables on the vector unit. All operands have the same layout, so pixels and padding
// are walked as one run of elements; what is computed on padding is never read. Pieces end where the array's
// tiles do.
#include <algorithm>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/tiling/pieces.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;

bool is_table(ir::Op op) {
  return op == ir::Op::relu || op == ir::Op::clip || op == ir::Op::sigmoid || op == ir::Op::tanh;
}

std::vector<std::uint8_t> table_bytes(const LayerEmitter& e) {
  const ir::Value& x = e.value(e.node.inputs[0]);
  if (x.type != ir::DType::s16) return ir::table8(e.graph, e.node);
  const auto function = e.node.op == ir::Op::sigmoid ? ir::Function16::sigmoid : ir::Function16::tanh;
  const auto table = ir::table16(function, x.quant->scale[0], e.value(e.node.outputs[0]).quant->scale[0]);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(table.data());
  return {bytes, bytes + table.size() * 2};
}

std::int64_t type_of(const ir::Graph& graph, ir::ValueId id) {
  return static_cast<std::int64_t>(ir::element_type(graph.values[id].type));
}

std::vector<WordValue> common_words(const ir::Graph& graph, const ir::Node& node, ir::ValueId second) {
  const auto range = ir::output_range(graph, node);
  return {word_of(word::vx_dst_zero, range.zero_point), word_of(word::vx_lo, range.lo),
          word_of(word::vx_hi, range.hi),
          word_of(word::types, type_of(graph, node.inputs[0]) | type_of(graph, second) << 4 |
                                   type_of(graph, node.outputs[0]) << 8)};
}

}  // namespace

std::vector<WordValue> binary_words(const ir::Graph& graph, const ir::Node& node) {
  std::vector<WordValue> words = common_words(graph, node, node.inputs[1]);
  const auto params = ir::binary_params(graph, node);
  words.push_back(word_of(word::src0_zero, params.a.zero_point));
  words.push_back(word_of(word::src1_zero, params.b.zero_point));
  words.push_back(word_of_float(word::src0_scale, params.a.scale));
  words.push_back(word_of_float(word::src1_scale, params.b.scale));
  return words;
}

StagingNeed elementwise_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const Layout layout = layout_of(graph.values[node.outputs[0]], arch);
  const Bytes table = is_table(node.op) ? 2048 : 0, slack = 8 * arch.buffer_word_bytes;
  const Bytes operands = is_table(node.op) ? 2 : 3;
  const Bytes chunk = std::min<Bytes>(layout.bytes(), 512);
  Bytes constants = 0;  // lie in device memory whatever else does not
  for (std::size_t i = 0; i + 1 < operands; ++i)
    if (graph.values[node.inputs[i]].constant) constants += 2 * std::min<Bytes>(layout.bytes(), 4096) + slack;
  return {2 * (table + constants), table + operands * chunk + slack,
          table + 2 * operands * std::min<Bytes>(layout.bytes(), 4096) + slack};
}

void emit_elementwise(LayerEmitter& e) {
  const bool table = is_table(e.node.op);
  const std::size_t sources = table ? 1 : 2;
  const ir::ValueId out = e.node.outputs[0];
  const Layout layout = e.layout(out);
  const Address table_address = table ? e.stage_constant(table_bytes(e)) : 0;

  // Pieces of pixels; of bytes where two buffers for each operand in device memory do not hold such a piece.
  Bytes staged = e.resident(out) ? 0 : 1;
  for (std::size_t s = 0; s < sources; ++s) staged += e.resident(e.node.inputs[s]) ? 0 : 1;
  std::vector<std::int64_t> ready;
  for (std::size_t s = 0; s < sources && ready.empty(); ++s) ready = e.drained_positions(e.node.inputs[s]);
  std::vector<Bytes> begins{0};
  Bytes chunk = 0;
  for (const std::int64_t pixel :
       piece_ends(layout.pixels, least_vector_lines(layout.pixel_bytes, e.arch), ready)) {
    begins.push_back(static_cast<Bytes>(pixel) * layout.pixel_bytes);
    chunk = std::max(chunk, begins.back() - begins[begins.size() - 2]);
  }
  const Bytes word_bytes = e.arch.buffer_word_bytes;
  const Bytes room = e.staging_left() - std::min(e.staging_left(), 8 * word_bytes);
  if (chunk * staged * (begins.size() > 2 ? 2 : 1) > room) {
    chunk = std::max(word_bytes, room / (2 * staged) / word_bytes * word_bytes);
    begins.clear();
    for (Bytes begin = 0; begin < layout.bytes(); begin += chunk) begins.push_back(begin);
    begins.push_back(layout.bytes());
  }
  const std::size_t steps = begins.size() - 1;
  const unsigned buffers = steps > 1 ? 2 : 1;
  std::vector<std::vector<Address>> staging(3);
  for (unsigned b = 0; b < buffers; ++b) {
    for (std::size_t s = 0; s < sources; ++s)
      if (!e.resident(e.node.inputs[s])) staging[s].push_back(e.stage(chunk));
    if (!e.resident(out)) staging[2].push_back(e.stage(chunk));
  }
  const auto place = [&](ir::ValueId id, std::size_t slot, std::size_t i) {
    return e.resident(id) ? e.address(id) + begins[i] : staging[slot][i % buffers];
  };
  const auto bytes_of = [&](std::size_t i) { return begins[i + 1] - begins[i]; };

  const ir::ValueId first = e.node.inputs[0], second = table ? first : e.node.inputs[1];
  const std::vector<WordValue> words =
      table ? common_words(e.graph, e.node, first) : binary_words(e.graph, e.node);
  const Opcode opcode = table ? Opcode::lut : e.node.op == ir::Op::add ? Opcode::add : Opcode::mul;
  const auto load = [&](std::size_t i) {
    for (std::size_t s = 0; s < sources; ++s)
      if (!e.resident(e.node.inputs[s]))
        e.load(e.address(e.node.inputs[s]) + begins[i], staging[s][i % buffers], bytes_of(i));
  };
  const auto compute = [&](std::size_t i) {
    const Address src1 = table ? table_address : place(second, 1, i);
    e.builder.emit(isa::Queue::vector, opcode,
                   {{field::vx_dst, static_cast<std::int64_t>(place(out, 2, i))},
                    {field::vx_src0, static_cast<std::int64_t>(place(first, 0, i))},
                    {field::vx_src1, static_cast<std::int64_t>(src1)},
                    {field::vx_x, static_cast<std::int64_t>(bytes_of(i) / layout.element_bytes)},
                    {field::vx_y, 1}},
                   words);
    if (!e.resident(out)) e.store(place(out, 2, i), e.address(out) + begins[i], bytes_of(i));
  };
  LayerEmitter::pipeline(steps, buffers == 2, load, compute);
}

}  // namespace nnp::compiler

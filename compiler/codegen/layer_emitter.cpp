// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/layer_emitter.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "compiler/compile_error.h"
#include "compiler/ir/real.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;
using isa::Queue;

// Large constants begin where a channel's block of most chips does, so that few requests are for parts of
// one.
constexpr Bytes kLine = 64, kBlock = 256, kLarge = 4096;

void ProgramParts::begin(std::uint16_t layer, std::int64_t rows_before) {
  of_layer_ = &placed_[layer], next_ = 0;
  rows_before_ = static_cast<std::uint32_t>(rows_before);
}

Address ProgramParts::add_constant(std::span<const std::uint8_t> bytes, Bytes align) {
  if (next_ == of_layer_->size()) of_layer_->push_back(append_constant(bytes, align));
  return (*of_layer_)[next_++];
}

Address ProgramParts::append_constant(std::span<const std::uint8_t> bytes, Bytes align) {
  const Address address =
      round_up<Address>(constants.size(), std::max(align, bytes.size() < kLarge ? kLine : kBlock));
  constants.resize(address);
  constants.insert(constants.end(), bytes.begin(), bytes.end());
  return address;
}

std::uint32_t ProgramParts::add_tile(const isa::TileInfo& tile) {
  if (tiles.size() >= 1u << 24) throw CompileError("the program has more tiles than a tag can number");
  tiles.push_back(tile);
  tiles.back().m0 += rows_before_;
  return static_cast<std::uint32_t>(tiles.size() - 1);
}

LayerEmitter::LayerEmitter(const ir::Graph& g, std::size_t node_index, const isa::ArchSpec& arch_spec,
                           const MemoryPlan& plan, const Mapping& network_mapping,
                           StreamBuilder& stream_builder, ProgramParts& program_parts, std::int64_t part)
    : graph(g),
      node(g.nodes[node_index]),
      arch(arch_spec),
      mapping(network_mapping),
      builder(stream_builder),
      parts(program_parts),
      layer(static_cast<std::uint16_t>(node_index)),
      plan_(plan),
      part_(part),
      staging_begin_(plan.staging_begin),
      staging_end_(plan.staging_begin + plan.staging_bytes),
      from_top_(node_index % 2 == 1) {
  builder.set_layer(layer);
  parts.begin(layer, part == 0 ? 0 : part * layout(node.outputs[0]).pixels);
}

Address LayerEmitter::address(ir::ValueId id) const {
  if (const auto& constant = value(id).constant) {
    const auto [place, is_new] = parts.constant_activations.try_emplace(id, 0);
    if (is_new) place->second = parts.append_constant(to_device_layout(*constant, layout(id).pixel_bytes));
    return place->second;
  }
  return plan_.values[id].address | (resident(id) ? 0 : kSpillBit);
}

/// Positions of a fused pool's result that its operand's first `end` make.
std::int64_t LayerEmitter::pooled(std::int64_t end, const FusedTail& tail) const {
  const PoolWindow window = pool_window(graph, graph.nodes[tail.node]).value();
  const std::int64_t line = value(tail.passing).shape[3];
  return end / line / window.h * (line / window.w);
}

std::vector<std::int64_t> LayerEmitter::drained_positions(ir::ValueId id) const {
  const ir::ValueId root = plan_.values[id].root;
  const auto maker = std::ranges::find_if(graph.nodes, [root](const ir::Node& other) {
    return std::ranges::find(other.outputs, root) != other.outputs.end();
  });
  if (maker == graph.nodes.end()) return {};
  auto made_by = static_cast<std::size_t>(maker - graph.nodes.begin());
  const FusedTail* tail = plan_.tail_at(made_by);
  if (tail != nullptr) made_by = tail->maker;
  const ir::ValueId drained = graph.nodes[made_by].outputs[0];
  const std::int64_t before = part_ == 0 ? 0 : part_ * layout(drained).pixels;
  std::set<std::int64_t> ends;
  for (const isa::TileInfo& tile : parts.tiles)
    if (tile.layer == made_by && tile.m0 >= before) {
      const std::int64_t end = std::int64_t{tile.m0} + tile.m - before;
      ends.insert(tail == nullptr || tail->adds() ? end : pooled(end, *tail));
    }
  return {ends.begin(), ends.end()};
}

Address LayerEmitter::stage(Bytes bytes) {
  bytes = round_up<Bytes>(bytes, arch.buffer_word_bytes);
  if (bytes > staging_left())
    throw CompileError(
        fmt::format("layer {} ({}): needs {} more bytes of unified buffer for a tile, {} of {} are left",
                    node.name, ir::operator_name(node), bytes, staging_left(), arch.unified_buffer_bytes));
  if (from_top_) return staging_end_ -= bytes;
  staging_begin_ += bytes;
  return staging_begin_ - bytes;
}

void LayerEmitter::transfer(Queue queue, const Runs& runs) {
  const bool contiguous =
      runs.dram_stride == runs.buffer_stride && static_cast<std::int64_t>(runs.bytes) == runs.dram_stride;
  const std::int64_t bytes = static_cast<std::int64_t>(runs.bytes) * (contiguous ? runs.rows : 1);
  const std::int64_t rows = contiguous ? 1 : runs.rows;
  std::vector<WordValue> strides;
  if (rows > 1)
    strides = {word_of(word::dram_stride_y, runs.dram_stride),
               word_of(word::buffer_stride_y, runs.buffer_stride)};
  builder.emit(queue, queue == Queue::load ? Opcode::load : Opcode::store,
               {{field::dram, static_cast<std::int64_t>(runs.dram)},
                {field::buffer, static_cast<std::int64_t>(runs.buffer)},
                {field::run_bytes, bytes},
                {field::run_y, rows},
                {field::run_z, 1}},
               strides);
}

Address LayerEmitter::stage_constant(std::span<const std::uint8_t> bytes) {
  const Address buffer = stage(bytes.size());
  load(parts.add_constant(bytes), buffer, bytes.size());
  return buffer;
}

void LayerEmitter::pipeline(std::size_t steps, bool ahead, const std::function<void(std::size_t)>& load_step,
                            const std::function<void(std::size_t)>& compute_step) {
  if (ahead && steps > 0) load_step(0);
  for (std::size_t i = 0; i < steps; ++i) {
    if (!ahead) load_step(i);
    if (ahead && i + 1 < steps) load_step(i + 1);
    compute_step(i);
  }
}

std::uint8_t activation_flags(ir::DType type) {
  switch (type) {
    case ir::DType::f32:
      return isa::kFlagReal;
    case ir::DType::bf16:
      return isa::kFlagReal | isa::kFlagA16;
    case ir::DType::s16:
      return isa::kFlagA16;
    case ir::DType::s8:
      return isa::kFlagASigned;
    default:
      return 0;
  }
}

std::uint8_t weight_flags(ir::DType type) {
  return type == ir::DType::f32 ? isa::kFlagW32 : type == ir::DType::bf16 ? isa::kFlagW16 : std::uint8_t{0};
}

std::uint8_t drain_flags(ir::DType activations) {
  return ir::is_real(activations) ? isa::kFlagRealSums : std::uint8_t{0};
}

std::vector<WordValue> result_words(const ir::Graph& graph, const ir::Node& node) {
  const ir::DType type = graph.values[node.outputs[0]].type;
  const WordValue type_word = word_of(word::dst_type, static_cast<int>(ir::element_type(type)));
  if (ir::is_real(type))
    return {type_word, word_of(word::zero_point, 0), word_of_float(word::clamp_lo, node.clamp.lo),
            word_of_float(word::clamp_hi, node.clamp.hi)};
  const auto range = ir::output_range(graph, node);
  return {type_word, word_of(word::zero_point, range.zero_point), word_of(word::clamp_lo, range.lo),
          word_of(word::clamp_hi, range.hi)};
}

}  // namespace nnp::compiler

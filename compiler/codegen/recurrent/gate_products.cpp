// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/recurrent/gate_products.h"

#include <algorithm>
#include <limits>

#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;
using isa::Queue;

GateProducts::GateProducts(LayerEmitter& emitter, const RecurrentLayout& layout)
    : e_(emitter),
      l_(layout),
      activations_(e_.value(e_.node.inputs[ir::recurrent_input::kX]).type),
      weights_(e_.value(e_.node.inputs[ir::recurrent_input::kW]).type),
      of_x_(e_.parts, e_.arch, weights_),
      of_h_(e_.parts, e_.arch, weights_) {
  const std::int64_t width = e_.arch.array_cols;
  for (const ir::GateSegment& segment : ir::gate_segments(l_.shape)) {
    for (std::int64_t n = 0; n < segment.count; n += width) {
      const auto row = [n](std::int64_t first) { return first == ir::kNoRow ? first : first + n; };
      tiles_.push_back({segment.column + n, std::min(width, segment.count - n), row(segment.w_row),
                        row(segment.r_row), segment.of_reset});
    }
    if (!segment.of_reset) plain_ = tiles_.size();
  }
  pack(ir::recurrent_input::kW, &Tile::w_row, of_x_);
  pack(ir::recurrent_input::kR, &Tile::r_row, of_h_);
}

void GateProducts::pack(std::size_t input, std::int64_t Tile::*row, StripPlaces& strips) const {
  const ir::Tensor& w = *e_.value(e_.node.inputs[input]).constant;
  const std::int64_t k = w.shape()[2];
  const Bytes element = ir::size_of(weights_);
  std::vector<std::pair<std::int64_t, std::vector<std::uint8_t>>> packed;
  for (std::size_t tile = 0; tile < tiles_.size(); ++tile) {
    const std::int64_t first = tiles_[tile].*row;
    if (first == ir::kNoRow) continue;
    const auto row = [&](std::int64_t term) {
      return WeightRow{w.bytes().data() + static_cast<Bytes>(first * k + term) * element,
                       k * static_cast<std::int64_t>(element), 0, tiles_[tile].count};
    };
    packed.emplace_back(tile, strips.pack(row, element, k, tiles_[tile].count));
  }
  strips.add(packed);
}

void GateProducts::emit(const Turn& turn, const std::function<void()>& make_reset) {
  const auto all = static_cast<std::int64_t>(tiles_.size());
  if (plain_ < tiles_.size() && all * l_.shape.batch <= e_.arch.accumulator_rows)
    return emit(turn, {0, l_.shape.batch, 0, tiles_.size()}, make_reset);
  emit_in_groups(turn, 0, plain_);
  if (plain_ == tiles_.size()) return;
  make_reset();
  emit_in_groups(turn, plain_, tiles_.size());
}

void GateProducts::emit_in_groups(const Turn& turn, std::size_t first, std::size_t last) {
  const std::int64_t accumulators = e_.arch.accumulator_rows, rows = std::min(l_.shape.batch, accumulators);
  const auto tiles = static_cast<std::size_t>(accumulators / rows);
  for (std::int64_t row = 0; row < l_.shape.batch; row += rows)
    for (std::size_t tile = first; tile < last; tile += tiles)
      emit(turn, {row, std::min(rows, l_.shape.batch - row), tile, std::min(last, tile + tiles)}, [] {});
}

void GateProducts::emit(const Turn& turn, const Group& group, const std::function<void()>& make_reset) {
  std::vector<std::uint32_t> tags;
  const auto tag_of = [&](std::size_t tile) { return tags[tile - group.first]; };
  for (std::size_t tile = group.first; tile < group.last; ++tile) {
    tags.push_back(e_.parts.add_tile(
        {e_.layer, static_cast<std::uint32_t>(turn.time * l_.shape.batch + group.row),
         static_cast<std::uint32_t>(tiles_[tile].column), static_cast<std::uint32_t>(group.rows),
         static_cast<std::uint32_t>(tiles_[tile].count)}));
    if (tiles_[tile].w_row != ir::kNoRow) multiply(turn, group, tile, false, tags.back());
  }
  const auto rest = [&](std::size_t first, std::size_t last) {
    for (std::size_t tile = first; tile < last; ++tile)
      if (tiles_[tile].r_row != ir::kNoRow) multiply(turn, group, tile, true, tag_of(tile));
    for (std::size_t tile = first; tile < last; ++tile) drain(turn, group, tile, tag_of(tile));
  };
  const std::size_t middle = std::clamp(plain_, group.first, group.last);
  rest(group.first, middle);
  if (middle == group.last) return;
  make_reset();
  rest(middle, group.last);
}

/// In as many instructions as the array's rows of A ask for, each with the weights anew.
void GateProducts::multiply(const Turn& turn, const Group& group, std::size_t tile, bool of_h,
                            std::uint32_t tag) {
  const std::int64_t most = isa::matrix_limits(e_.arch).m;
  const std::uint32_t stride = of_h ? l_.h.pixel_bytes : l_.x.pixel_bytes;
  const Address a = !of_h ? turn.x : tiles_[tile].of_reset ? turn.reset : turn.h;
  const auto acc = static_cast<std::int64_t>(tile - group.first) * group.rows;
  for (std::int64_t m0 = 0; m0 < group.rows; m0 += most)
    matmul(tile, of_h, a + static_cast<Bytes>(group.row + m0) * stride, acc + m0,
           std::min(most, group.rows - m0), tag);
}

void GateProducts::matmul(std::size_t tile, bool of_h, Address a, std::int64_t acc, std::int64_t m,
                          std::uint32_t tag) {
  const std::int64_t k = of_h ? l_.shape.hidden : l_.shape.input, n = tiles_[tile].count;
  (of_h ? of_h_ : of_x_).wload(e_.builder, e_.layer, static_cast<std::int64_t>(tile), k, n);
  const bool accumulates = of_h && tiles_[tile].w_row != ir::kNoRow;
  e_.builder.emit(
      Queue::matrix, Opcode::matmul,
      {{field::mx_a, static_cast<std::int64_t>(a)},
       {field::mx_acc, acc},
       {field::mx_m, m},
       {field::mx_k, k},
       {field::mx_n, n}},
      {word_of(word::a_stride, of_h ? l_.h.pixel_bytes : l_.x.pixel_bytes)},
      static_cast<std::uint8_t>(activation_flags(activations_) | (accumulates ? isa::kFlagAccumulate : 0)),
      tag);
}

void GateProducts::drain(const Turn& turn, const Group& group, std::size_t tile, std::uint32_t tag) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto column = static_cast<Bytes>(tiles_[tile].column);
  e_.builder.emit(
      Queue::drain, Opcode::drain,
      {{field::dr_dst, static_cast<std::int64_t>(turn.gates + static_cast<Bytes>(group.row) * l_.row_gates +
                                                 column * l_.element)},
       {field::dr_params, static_cast<std::int64_t>(turn.params + column * sizeof(numerics::ChannelParam))},
       {field::dr_acc, static_cast<std::int64_t>(tile - group.first) * group.rows},
       {field::dr_m, group.rows},
       {field::dr_n, tiles_[tile].count}},
      {word_of(word::dst_stride, static_cast<std::int64_t>(l_.row_gates)),
       word_of(word::dst_type, static_cast<int>(l_.kept)), word_of(word::zero_point, 0),
       l_.real ? word_of_float(word::clamp_lo, -kInfinity) : word_of(word::clamp_lo, -32768),
       l_.real ? word_of_float(word::clamp_hi, kInfinity) : word_of(word::clamp_hi, 32767)},
      drain_flags(activations_), tag);
}

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/tile_sum.h"

#include <algorithm>
#include <utility>

namespace nnp::compiler {

namespace field = isa::field;
namespace word = isa::word;

TileSum::TileSum(LayerEmitter& emitter, const FusedTail& sum, const MacShape& shape, const MacTiling& tiling,
                 unsigned buffers)
    : e_(emitter),
      sum_(sum),
      element_(shape.out.element_bytes),
      pixel_(shape.out.pixel_bytes),
      staged_pixel_(staged_pixel_bytes(shape, tiling.slice_n, e_.arch)),
      sliced_(tiling.slice_n < shape.n),
      words_(binary_words(e_.graph, e_.graph.nodes[sum.node])) {
  if (e_.resident(sum.other)) return;
  for (unsigned i = 0; i < buffers; ++i)
    buffers_.push_back(
        e_.stage(static_cast<Bytes>(tiling.band_lines * shape.line_positions) * staged_pixel_));
}

Address TileSum::in_memory(const StepBlock& block, std::int64_t m0) const {
  return e_.address(sum_.other) + static_cast<Bytes>(block.position + m0) * pixel_ +
         static_cast<Bytes>(block.n0) * element_;
}

void TileSum::load(const StepBlock& block, std::int64_t tile) {
  if (buffers_.empty()) return;
  const OfTail layer(e_, sum_);
  for (std::int64_t m0 = 0; m0 < block.positions; m0 += tile)
    e_.load_rows({in_memory(block, m0),
                  buffers_[block.step % buffers_.size()] + static_cast<Bytes>(m0) * staged_pixel_,
                  static_cast<std::int64_t>(pixel_), static_cast<std::int64_t>(staged_pixel_),
                  sliced_ ? static_cast<Bytes>(block.n) * element_ : pixel_,
                  std::min(tile, block.positions - m0)});
}

/// In one run where both lie alike and nothing else lies between.
void TileSum::add(const StepBlock& block, std::int64_t m0, std::int64_t m, Address own, Bytes own_pixel) {
  const OfTail layer(e_, sum_);
  const bool staged = !buffers_.empty();
  const Bytes addend_pixel = staged ? staged_pixel_ : pixel_;
  const Address addend = staged
                             ? buffers_[block.step % buffers_.size()] + static_cast<Bytes>(m0) * staged_pixel_
                             : in_memory(block, m0);
  const bool own_first = e_.graph.nodes[sum_.node].inputs[0] == sum_.passing;
  Address first = own, second = addend;
  Bytes first_pixel = own_pixel, second_pixel = addend_pixel;
  if (!own_first) std::swap(first, second), std::swap(first_pixel, second_pixel);

  const bool run = own_pixel == addend_pixel && (!sliced_ || own_pixel == staged_pixel_);
  std::vector<WordValue> words = words_;
  if (!run) {
    words.push_back(word_of(word::src0_stride, static_cast<std::int64_t>(first_pixel)));
    words.push_back(word_of(word::src1_stride, static_cast<std::int64_t>(second_pixel)));
    words.push_back(word_of(word::vx_dst_stride, static_cast<std::int64_t>(own_pixel)));
  }
  e_.builder.emit(isa::Queue::vector, isa::Opcode::add,
                  {{field::vx_dst, static_cast<std::int64_t>(own)},
                   {field::vx_src0, static_cast<std::int64_t>(first)},
                   {field::vx_src1, static_cast<std::int64_t>(second)},
                   {field::vx_x, run ? m * static_cast<std::int64_t>(own_pixel / element_) : block.n},
                   {field::vx_y, run ? 1 : m}},
                  words);
}

}  // namespace nnp::compiler

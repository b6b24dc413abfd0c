// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/tile_pool.h"

#include <algorithm>

namespace nnp::compiler {

namespace field = isa::field;
namespace word = isa::word;

TilePool::TilePool(LayerEmitter& emitter, const FusedTail& tail, const MacShape& shape,
                   const MacTiling& tiling, unsigned buffers)
    : e_(emitter),
      tail_(tail),
      window_(shape.pool),
      line_positions_(shape.line_positions),
      out_w_(shape.line_positions / shape.pool.w),
      element_(shape.out.element_bytes),
      pixel_(shape.out.pixel_bytes),
      staged_pixel_(staged_pixel_bytes(shape, tiling.slice_n, e_.arch)),
      sliced_(tiling.slice_n < shape.n),
      words_(pool_words(e_.graph, e_.graph.nodes[tail.node])) {
  if (e_.resident(tail.result)) return;
  for (unsigned i = 0; i < buffers; ++i)
    buffers_.push_back(e_.stage(
        static_cast<Bytes>(shape.stored_positions(tiling.band_lines * line_positions_)) * staged_pixel_));
}

/// The step's lines are a picture of their own: windows do not reach out of it.
void TilePool::pool(const StepBlock& block, std::int64_t end, Address from, Bytes pixel) {
  if (block.step != step_) step_ = block.step, done_ = 0;
  const std::int64_t lines = end / line_positions_ / window_.h;
  if (lines == done_) return;
  const std::int64_t first = done_ * out_w_, count = (lines - done_) * out_w_;
  const std::int64_t position =
      block.position / line_positions_ / window_.h * out_w_ + first;  // of all results
  done_ = lines;
  const OfTail layer(e_, tail_);
  const Address there = e_.address(tail_.result) + static_cast<Bytes>(position) * pixel_ +
                        static_cast<Bytes>(block.n0) * element_;
  const bool staged = !buffers_.empty();
  const Bytes out_pixel = staged ? staged_pixel_ : pixel_;
  const Address to =
      staged ? buffers_[block.step % buffers_.size()] + static_cast<Bytes>(first) * out_pixel : there;
  std::vector<WordValue> words = words_;
  for (const WordValue& of_step :
       {word_of(word::kernel_h, window_.h), word_of(word::kernel_w, window_.w),
        word_of(word::in_h, block.positions / line_positions_), word_of(word::in_w, line_positions_),
        word_of(word::out_w, out_w_), word_of(word::stride_h, window_.h), word_of(word::stride_w, window_.w),
        word_of(word::pad_top, 0), word_of(word::pad_left, 0),
        word_of(word::row_stride, line_positions_ * static_cast<std::int64_t>(pixel)),
        word_of(word::pixel_stride, static_cast<std::int64_t>(pixel)), word_of(word::first_row, 0),
        word_of(word::out_pixel_stride, static_cast<std::int64_t>(out_pixel))})
    words.push_back(of_step);
  e_.builder.emit(isa::Queue::vector, isa::Opcode::pool,
                  {{field::vx_dst, static_cast<std::int64_t>(to)},
                   {field::vx_src0, static_cast<std::int64_t>(from)},
                   {field::vx_src1, first},
                   {field::vx_x, block.n},
                   {field::vx_y, count}},
                  words);
  if (staged)
    e_.store_rows({there, to, static_cast<std::int64_t>(pixel_), static_cast<std::int64_t>(out_pixel),
                   sliced_ ? static_cast<Bytes>(block.n) * element_ : pixel_, count});
}

}  // namespace nnp::compiler

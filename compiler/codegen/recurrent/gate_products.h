// SPDX-License-Identifier: Apache-2.0
// The products of a recurrent step and what drains them: weights by tile of columns, x parts first so that
// weights stream while h is still being made. The h parts then wait for it: the RAW wait of every recurrent
// network.
#pragma once

#include "compiler/codegen/recurrent/recurrent_code.h"
#include "compiler/codegen/weight_strips.h"

namespace nnp::compiler {

class GateProducts {
 public:
  /// Packs the weights.
  GateProducts(LayerEmitter&, const RecurrentLayout&);

  struct Turn {
    std::int64_t time;  // the step's place in x
    Address x, h;
    Address gates, params;  // where the sums drain to, and their biases and scales
    Address reset = 0;      // of a GRU: r * h, once make_reset has been called
  };
  /// All sums of a step, drained to `gates`. `make_reset` is called between the gates z and r and the columns
  /// that need r * h, where there are such.
  void emit(const Turn&, const std::function<void()>& make_reset);

 private:
  struct Tile {
    std::int64_t column, count;
    std::int64_t w_row, r_row;  // of its first column; ir::kNoRow
    bool of_reset;
  };
  /// Batch rows [row, row + rows) of some tiles, as many as the accumulators hold.
  struct Group {
    std::int64_t row, rows;
    std::size_t first, last;  // of tiles_
  };
  void pack(std::size_t input, std::int64_t Tile::*row, StripPlaces& strips) const;
  void emit(const Turn&, const Group&, const std::function<void()>& make_reset);
  void emit_in_groups(const Turn&, std::size_t first, std::size_t last);
  void multiply(const Turn&, const Group&, std::size_t tile, bool of_h, std::uint32_t tag);
  void matmul(std::size_t tile, bool of_h, Address a, std::int64_t acc, std::int64_t m, std::uint32_t tag);
  void drain(const Turn&, const Group&, std::size_t tile, std::uint32_t tag);

  LayerEmitter& e_;
  const RecurrentLayout& l_;
  std::vector<Tile> tiles_;
  std::size_t plain_ = 0;  // tiles before those of_reset
  ir::DType activations_, weights_;
  StripPlaces of_x_, of_h_;  // by tile
};

}  // namespace nnp::compiler

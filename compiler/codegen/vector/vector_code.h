// SPDX-License-Identifier: Apache-2.0
// Vector instructions over whole views: each call becomes as many APPLY, COMBINE, REDUCE or MOVE as its loops
// need. All views lie in the buffer.
#pragma once

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/vector/loop_nest.h"
#include "isa/numerics/functions.h"

namespace nnp::compiler {

class VectorCode {
 public:
  explicit VectorCode(LayerEmitter& emitter) : e_(emitter) {}

  /// to = f(from); the source broadcasts to the result's extents.
  void unary(numerics::UnaryFunction, const View& to, const View& from, float alpha = 0, float beta = 0);
  /// to = f(a, b); sources broadcast.
  void binary(numerics::BinaryFunction, const View& to, const View& a, const View& b);
  /// `to` has extent 1 on every axis that is reduced. Elements are taken in the order of ascending logical
  /// indices; where they do not lie one step apart, they are moved to `packed` first (room for all elements
  /// of `from`, without padding).
  void reduce(numerics::Reduction, const View& to, const View& from, const std::vector<std::size_t>& axes,
              double divisor = 1, Address packed = 0);
  /// Whether reduce() needs `packed`.
  static bool needs_packing(const View& from, const std::vector<std::size_t>& axes);
  /// Bytes as they are: both views have one element type.
  void move(const View& to, const View& from);

  /// Every element becomes the f32 at `number`.
  void fill(const View& to, Address number);
  /// The view of one f32, which broadcasts.
  static View scalar(Address number, std::size_t rank);

  /// A view of f32 without padding, its axes in the storage order of `view`; `reduced` ones have one element.
  static View like(const View& view, Address, const std::vector<std::size_t>& reduced = {});
  /// Of a view without padding.
  static Bytes bytes_of(const View&);

 private:
  LayerEmitter& e_;
};

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// A fused sum's code: of each tile that the drains have left in the buffer, the addend beside it and an ADD
// in place.
#pragma once

#include "compiler/codegen/layer_emitter.h"

namespace nnp::compiler {

/// Positions (all images) and output channels of a step, and which step it is.
struct StepBlock {
  std::size_t step;
  std::int64_t position, positions, n0, n;
};

class TileSum {
 public:
  /// Takes `buffers` buffers of staging for the addend, if it is in device memory.
  TileSum(LayerEmitter&, const FusedSum&, const MacShape&, const MacTiling&, unsigned buffers);

  /// The step's addend into its buffer, `tile` positions a load. Nothing where it is resident.
  void load(const StepBlock&, std::int64_t tile);

  /// Positions [m0, m0 + m) of the step, which lie at `own`, `own_pixel` bytes from one to the next.
  void add(const StepBlock&, std::int64_t m0, std::int64_t m, Address own, Bytes own_pixel);

  /// What is emitted between is the sum's layer.
  class OfSum {
   public:
    OfSum(LayerEmitter& e, const FusedSum& sum) : e_(e) {
      e_.builder.set_layer(static_cast<std::uint16_t>(sum.sum));
    }
    ~OfSum() { e_.builder.set_layer(e_.layer); }
    OfSum(const OfSum&) = delete;
    OfSum& operator=(const OfSum&) = delete;

   private:
    LayerEmitter& e_;
  };

 private:
  Address in_memory(const StepBlock& block, std::int64_t m0) const;
  LayerEmitter& e_;
  const FusedSum& sum_;
  Bytes element_, pixel_;  // of the value
  Bytes staged_pixel_;     // of a staged slice
  bool sliced_;
  std::vector<Address> buffers_;
  std::vector<WordValue> words_;
};

}  // namespace nnp::compiler

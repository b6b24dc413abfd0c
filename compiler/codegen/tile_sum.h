// SPDX-License-Identifier: Apache-2.0
// A fused sum's code: of each tile that the drains have left in the buffer, the addend beside it and an ADD
// in place.
#pragma once

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/step_block.h"

namespace nnp::compiler {

class TileSum {
 public:
  /// Takes `buffers` buffers of staging for the addend, if it is in device memory.
  TileSum(LayerEmitter&, const FusedTail&, const MacShape&, const MacTiling&, unsigned buffers);

  /// The step's addend into its buffer, `tile` positions a load. Nothing where it is resident.
  void load(const StepBlock&, std::int64_t tile);

  /// Positions [m0, m0 + m) of the step, which lie at `own`, `own_pixel` bytes from one to the next.
  void add(const StepBlock&, std::int64_t m0, std::int64_t m, Address own, Bytes own_pixel);

 private:
  Address in_memory(const StepBlock& block, std::int64_t m0) const;
  LayerEmitter& e_;
  const FusedTail& sum_;
  Bytes element_, pixel_;  // of the value
  Bytes staged_pixel_;     // of a staged slice
  bool sliced_;
  std::vector<Address> buffers_;
  std::vector<WordValue> words_;
};

}  // namespace nnp::compiler

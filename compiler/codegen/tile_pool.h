// SPDX-License-Identifier: Apache-2.0
// A fused pool's code: of a step whose results the drains leave in the buffer, tile by tile, the windows that
// are complete; and the way of their results to where the pool's are.
#pragma once

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/step_block.h"

namespace nnp::compiler {

class TilePool {
 public:
  /// Takes `buffers` buffers of staging for results that go to device memory.
  TilePool(LayerEmitter&, const FusedTail&, const MacShape&, const MacTiling&, unsigned buffers);

  /// The step's results lie at `from`, `pixel` bytes from one position to the next, those before position
  /// `end` of the step by now: lines of windows that have become complete.
  void pool(const StepBlock&, std::int64_t end, Address from, Bytes pixel);

 private:
  LayerEmitter& e_;
  const FusedTail& tail_;
  PoolWindow window_;
  std::int64_t line_positions_, out_w_;  // of a line of the operand, and of the result
  Bytes element_, pixel_;                // of the value
  Bytes staged_pixel_;                   // of a staged slice
  bool sliced_;
  std::vector<Address> buffers_;
  std::vector<WordValue> words_;
  std::size_t step_ = static_cast<std::size_t>(-1);
  std::int64_t done_ = 0;  // lines of results of the step
};

}  // namespace nnp::compiler

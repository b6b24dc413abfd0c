// SPDX-License-Identifier: Apache-2.0
// A step of a layer's code, as the tail behind it sees it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "compiler/codegen/layer_emitter.h"

namespace nnp::compiler {

/// Positions (all images) and output channels of a step, and which step it is.
struct StepBlock {
  std::size_t step;
  std::int64_t position, positions, n0, n;
};

/// What is emitted while it lives is the tail's layer.
class OfTail {
 public:
  OfTail(LayerEmitter& e, const FusedTail& tail) : e_(e) {
    e_.builder.set_layer(static_cast<std::uint16_t>(tail.node));
  }
  ~OfTail() { e_.builder.set_layer(e_.layer); }
  OfTail(const OfTail&) = delete;
  OfTail& operator=(const OfTail&) = delete;

 private:
  LayerEmitter& e_;
};

}  // namespace nnp::compiler

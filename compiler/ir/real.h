// SPDX-License-Identifier: Apache-2.0
// The parameters of a node between real values: docs/guide/numerics.md, "What the reals mean".
#pragma once

#include <span>
#include <vector>

#include "compiler/ir/graph.h"
#include "isa/numerics/reals.h"

namespace nnp::ir {

bool is_real(DType);  // f32, bf16

/// What a fused Relu or Clip leaves of the first output.
numerics::RealRange real_range(const Node&);

/// Bias and scale (1) of each output channel; the bias has one element a channel, one for all, or none.
/// Throws std::logic_error for another size.
std::vector<numerics::RealChannelParam> real_channel_params(std::span<const float> bias,
                                                            std::size_t channels);

/// The f32 constant behind input i of a node; empty where it is left out. Throws std::logic_error for a value
/// that is not constant.
std::span<const float> constant_reals(const Graph&, const Node&, std::size_t i);

/// A constant or value of f32 as bf16, rounded to nearest even.
Tensor to_bf16(const Tensor&);

}  // namespace nnp::ir

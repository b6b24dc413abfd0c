// SPDX-License-Identifier: Apache-2.0
// Functions that run one node of codes, or move elements, by oneDNN; and what a network keeps of a node from
// one run to the next. For network.cpp.
#pragma once

#include <memory>

#include "host_runtime/reference/onednn/float_run.h"

namespace nnp::reference::onednn {

/// Derived from a node's constants in the first run.
struct Kept {
  std::vector<float> scales;        // of each output channel, or one
  std::vector<std::int32_t> bias;   // of each output channel
  std::unique_ptr<ir::Graph> real;  // the node alone, its codes as f32 (borders.cpp)
};

struct NodeCall : FloatCall {
  Kept& kept;
};

/// False: oneDNN has no primitive for this case.
using NodeFunction = bool (*)(NodeCall&);

// ---- 8-bit codes to 8-bit codes (code_layers.cpp)

bool run_code_conv(NodeCall&);
bool run_code_gemm(NodeCall&);  // Gemm, and MatMul of two activations
bool run_code_add(NodeCall&);
bool run_code_pool(NodeCall&);

// ---- elements of any type, as they are (moves.cpp)

bool run_reshape(NodeCall&);
bool run_transpose(NodeCall&);
bool run_slice(NodeCall&);
bool run_concat(NodeCall&);

// ---- between codes and reals, by reorders (borders.cpp)

bool run_quantize(NodeCall&);
bool run_dequantize(NodeCall&);
bool run_cast(NodeCall&);  // between f32 and bf16
/// In float32, with reorders where codes come in and go out.
bool run_between_reorders(NodeCall&);

/// The function for a node of reals that a network is timed with; nullptr: none (network.cpp).
FloatFunction real_function(const ir::Graph&, const ir::Node&);

}  // namespace nnp::reference::onednn

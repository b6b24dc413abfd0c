// SPDX-License-Identifier: Apache-2.0
// A float network on a GPU, layer by layer: each layer is computed again on the CPU from the GPU's own inputs
// of it, so an error shows at its own layer, and rounding does not add up.
#pragma once

#include "host_runtime/reference/gpu/network_program.h"

namespace nnp::gpu_bench {

struct LayerCheck {
  std::uint64_t layers = 0;
  std::string worst;      // the layer furthest from the CPU's
  double worst_db = 0;    // its SQNR; infinite where all are equal
  double allowed_db = 0;  // the least that rounding explains
};

/// 20 log10(1 / 4u): a layer rounds its weights, its operands (tf32) or its result once or twice, each by at
/// most u of a number: 2^-9 in bf16, 2^-12 in fp16 and tf32 (half of the last bit of 8, 11 and 11). fp32 adds
/// up to some 2^13 products in an order of its own, which u = 2^-24 * 2^6 covers where errors are
/// independent.
double allowed_db(gpu::NetworkPrecision);

/// `one`: the graph of a single inference; `program`, of any batch, has run. The first inference is judged.
LayerCheck check_layers(const ir::Graph& one, const gpu::NetworkProgram& program, gpu::NetworkPrecision);

}  // namespace nnp::gpu_bench

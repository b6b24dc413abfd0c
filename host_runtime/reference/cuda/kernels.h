// SPDX-License-Identifier: Apache-2.0
// Our own kernels, as functions that queue them. The requests are those of gpu.h.
#pragma once

#include <cuda_runtime.h>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::cuda {

void launch(const gpu::Pool&, cudaStream_t);
void launch(const gpu::Elementwise&, cudaStream_t);
void launch(const gpu::Softmax&, cudaStream_t);
void launch(const gpu::LayerNormalization&, cudaStream_t);
/// Rows short enough to stay in registers; false where they are not and nothing is queued.
bool launch_short_rows(const gpu::Softmax&, cudaStream_t);
bool launch_short_rows(const gpu::LayerNormalization&, cudaStream_t);
void launch(const gpu::Gather&, cudaStream_t);

/// One step of an LSTM behind its products: p = input_sums + state_sums (bias is in input_sums), then as
/// gpu::Lstm. Sums are [B, 4H] of `element`; c is f32 [B, H], changed in place; h and also_h, [B, H], are of
/// `element`.
struct LstmCell {
  int B = 1, H = 1;
  gpu::Element element = gpu::Element::f32;
  gpu::Address input_sums = 0, state_sums = 0, c = 0, h = 0, also_h = 0;
};
void launch(const LstmCell&, cudaStream_t);

/// Integer convolutions on the tensor cores, as a product of gathered windows: tiles of so many pixels and
/// filters. They ask for 16-byte rows: C and every address a multiple of 16, groups 1.
enum class IntegerTile {
  group128_filters128,  // by warpgroups: Hopper
  group128_filters64,
  pixels128_filters128,
  pixels128_filters64,
  pixels64_filters64
};
inline constexpr IntegerTile kIntegerTiles[] = {
    IntegerTile::group128_filters128, IntegerTile::group128_filters64, IntegerTile::pixels128_filters128,
    IntegerTile::pixels128_filters64, IntegerTile::pixels64_filters64};
const char* to_string(IntegerTile);
bool runs_here(IntegerTile);  // on this GPU
bool has_warpgroups();
void launch_warpgroups(const gpu::IntegerConvolution&, bool wide, cudaStream_t);
bool fits_tensor_cores(const gpu::IntegerConvolution&);
void launch(const gpu::IntegerConvolution&, IntegerTile, cudaStream_t);
/// Convolutions of as many filters as channels, a channel each; four channels a thread: C a multiple of 4.
bool fits_depthwise(const gpu::Convolution&);
void launch_depthwise(const gpu::Convolution&, cudaStream_t);
bool fits_depthwise(const gpu::IntegerConvolution&);
void launch_depthwise(const gpu::IntegerConvolution&, cudaStream_t);
/// Those of windows 3 x 3 or 5 x 5, undilated, at stride 1 or 2, for launch_depthwise; false where this is
/// none and nothing is queued.
bool launch_depthwise_strips(const gpu::Convolution&, cudaStream_t);
bool launch_depthwise_strips(const gpu::IntegerConvolution&, cudaStream_t);
/// Any other integer convolution, a thread an element.
void launch_direct(const gpu::IntegerConvolution&, cudaStream_t);

/// y = clamp(y + bias[i % channels] + residual), in place, over `count` elements; bias or residual may be
/// none.
struct Epilogue {
  gpu::Address y = 0, bias = 0, residual = 0;
  gpu::Element element = gpu::Element::f32;
  std::int64_t count = 0, channels = 1;
  float lo = -std::numeric_limits<float>::infinity(), hi = std::numeric_limits<float>::infinity();
};
void launch(const Epilogue&, cudaStream_t);

/// `rows` rows of n 16-bit numbers, pitches apart (in numbers).
struct RowsCopy {
  gpu::Address to = 0, from = 0;
  std::int64_t rows = 0, n = 0, to_pitch = 0, from_pitch = 0;
};
void launch(const RowsCopy&, cudaStream_t);
inline constexpr int kWholeRow = 8;  // 16-bit numbers in 16 bytes
inline int whole_row(int n) { return (n + kWholeRow - 1) / kWholeRow * kWholeRow; }

/// to [columns, rows] = from [rows, columns], of bytes, for each of `batches`.
void transpose_bytes(gpu::Address to, gpu::Address from, int rows, int columns, int batches, cudaStream_t);

}  // namespace nnp::cuda

// SPDX-License-Identifier: Apache-2.0
// The operand fields of every opcode, and the descriptor words that CFG writes. Addresses are bytes. "Buffer"
// is the unified buffer.
#pragma once

#include "isa/instruction/instruction.h"

namespace nnp::isa {

// Flags. Bits 0..5 are the opcode's own; bit 6 says what the wait is for (accounting only: a place to reuse,
// else data); bit 7 selects the descriptor set of the queue (two sets a queue).
inline constexpr std::uint8_t kFlagWaitReuse = 0x40;
inline constexpr std::uint8_t kFlagDescriptorSet = 0x80;
inline constexpr std::uint8_t kFlagAccumulate =
    0x01;  // matmul, conv: add to the accumulators instead of overwriting them
inline constexpr std::uint8_t kFlagA16 = 0x02;      // matmul, conv: activations are s16 (half rate)
inline constexpr std::uint8_t kFlagASigned = 0x04;  // matmul, conv: 8-bit activations are s8, not u8
inline constexpr std::uint8_t kFlagReal =
    0x08;  // matmul, conv: activations, weights and sums are real: f32, with a16 bf16 (sums f32)
inline constexpr std::uint8_t kFlagGroups = 0x10;  // conv: the descriptor says how many groups there are
inline constexpr std::uint8_t kFlagImages = 0x20;  // conv: and how many output rows an image has
inline constexpr std::uint8_t kFlagToBuffer =
    0x01;  // h2d, d2h: the device side is the buffer, not device memory
inline constexpr std::uint8_t kFlagW16 = 0x01, kFlagW32 = 0x02;  // wload: weights of 2 or 4 bytes, else 1
inline constexpr std::uint8_t kFlagRows = 0x04;                  // wload: W lies row by row, not tile by tile
inline constexpr std::uint8_t kFlagTransposed = 0x08;            // wload: W lies column by column
inline constexpr std::uint8_t kFlagBlock =
    0x10;  // wload: on to the next multiple of the chip's weight alignment
inline constexpr std::uint8_t kFlagRealSums = 0x01;                      // drain: sums and biases are f32
inline constexpr std::uint8_t kFlagScalar0 = 0x01, kFlagScalar1 = 0x02;  // combine: one element a row
inline constexpr std::uint8_t kFlagColumns = 0x01;  // reduce: over the rows, one result a column

/// Element types as descriptors and flags carry them.
enum class ElementType : std::uint8_t { u8, s8, s16, s32, bf16, f32 };
inline constexpr unsigned kElementTypes = 6;
constexpr unsigned element_bytes(ElementType type) {
  switch (type) {
    case ElementType::s32:
    case ElementType::f32:
      return 4;
    case ElementType::s16:
    case ElementType::bf16:
      return 2;
    default:
      return 1;
  }
}
constexpr bool is_real(ElementType type) { return type == ElementType::bf16 || type == ElementType::f32; }
/// Of a wload's weights.
constexpr unsigned weight_bytes(std::uint8_t flags) {
  return (flags & kFlagW32) != 0 ? 4 : (flags & kFlagW16) != 0 ? 2 : 1;
}
/// Of a matmul's or conv's activations, and of the weights it multiplies them with.
constexpr unsigned activation_bytes(std::uint8_t flags) {
  return (flags & kFlagA16) != 0 ? 2 : (flags & kFlagReal) != 0 ? 4 : 1;
}
constexpr unsigned stationary_bytes(std::uint8_t flags) {
  return (flags & kFlagReal) != 0 ? activation_bytes(flags) : 1;
}
/// Half rate: an s16 activation goes through 8-bit multipliers a byte at a time.
constexpr bool is_half_rate(std::uint8_t flags) { return (flags & (kFlagA16 | kFlagReal)) == kFlagA16; }

namespace field {

// h2d, d2h: contiguous bytes; or, with a run, packed runs in host memory that lie a stride apart on the
// device (pixels, there padded): run i at device + i * stride, the last one perhaps short. H2D fills each
// stride's rest with zeros.
inline constexpr Field host{"host", 0, 40, "host memory address"};
inline constexpr Field device{"device", 40, 40,
                              "device memory address, or buffer address with flag to_buffer"};
inline constexpr Field host_bytes{"bytes", 80, 32, "bytes to move"};
inline constexpr Field host_run{"run", 112, 24, "bytes of a run; 0: all of them are one"};
inline constexpr Field host_stride{"stride", 136, 24,
                                   "bytes between runs on the device, at least a run; 0 with run 0"};

// load, store: y * z runs of x bytes; strides in the descriptor.
inline constexpr Field dram{"dram", 0, 40, "device memory address"};
inline constexpr Field buffer{"buffer", 40, 32, "buffer address"};
inline constexpr Field run_bytes{"x", 72, 24, "bytes of one contiguous run"};
inline constexpr Field run_y{"y", 96, 16, "runs"};
inline constexpr Field run_z{"z", 112, 16, "planes of y runs"};

// wload: the weights of one matrix instruction: tiles of array_rows x array_cols into the weight FIFO, in
// order of k and within it of n (isa/arch/matrix_shape.h). A tile is stored [k][n], row-major: a whole
// array's bytes when the chip fetches padded tiles, else its own; the tiles of a strip follow each other
// without gaps. With `rows` W lies where an activation left it, row k at dram + k * stride, and with
// `transposed` column n at dram + n * stride; then a tile's own bytes are fetched, run by run.
inline constexpr Field w_dram{"dram", 0, 40, "device memory address of the strip"};
inline constexpr Field w_k{"k", 40, 24, "rows of the strip"};
inline constexpr Field w_n{"n", 64, 16, "columns: at most array_cols, input stationary any number"};

// matmul: acc[acc + i][0..n) (+)= sum over j < k of A[i][j] W[j][0..n); A's row i starts at a + i * stride
// (descriptor word 0). Output stationary m is at most array_rows, input stationary at most array_cols. Input
// stationary n may be larger than array_cols: column j's sums lie in row acc + j / array_cols * m + i, column
// j % array_cols. conv: the same, where A[i][j] is the input element of output position m0 + i
// (row-major over P x Q) and flat kernel index k_start + j, counted over [r][s][c]; geometry in the
// descriptor. Outside the image A is pad_value. With `images` positions go on into the next image, whose rows
// follow those of the one before: A of a whole batch is one matrix, and a strip of weights serves all of it.
inline constexpr Field mx_a{"a", 0, 32, "buffer address of A; conv: of the first stored input row"};
inline constexpr Field mx_acc{"acc", 32, 16, "first accumulator row"};
inline constexpr Field mx_m{
    "m", 48, 16,
    "rows of A: any number, output stationary at most array_rows, input stationary at most array_cols"};
inline constexpr Field mx_k{"k", 64, 24, "columns of A: the strip"};
inline constexpr Field mx_n{"n", 88, 16, "columns of W: at most array_cols, input stationary any number"};
inline constexpr Field mx_k_start{"k_start", 104, 24, "conv: first flat kernel index of the strip"};
inline constexpr Field mx_m0{"m0", 128, 32, "conv: first output position"};

// drain: out[i][j] = clamp(round_half_even((acc[i][j] + bias[j]) * scale[j]) + zero_point) for i < m, j < n,
// stored at dst + i * stride + j * element_bytes. params points at n records of {int32 bias, float32 scale};
// with real_sums of {float32 bias, float32 scale}. A real result is clamped and not rounded to a whole code.
inline constexpr Field dr_dst{"dst", 0, 32, "buffer address of the first output"};
inline constexpr Field dr_params{"params", 32, 32, "buffer address of the {bias, scale} records"};
inline constexpr Field dr_acc{"acc", 64, 16, "first accumulator row"};
inline constexpr Field dr_m{"m", 80, 16, "rows"};
inline constexpr Field dr_n{"n", 96, 16, "columns"};

// add, mul, lut, reduce: y rows of x elements; strides, types, zero points and scales in the descriptor.
// apply, combine: the same; each source is made real, f32: (code - zero) * scale, or the real element itself;
// the function's result is stored: clamp(round_half_even(result / dst_scale) + zero point), or, real,
// clamped. reduce does so with the `Reduction` of each row. Functions: isa/numerics/functions.h.
// move: y x z runs of x bytes from src to dst; strides in the descriptor.
// pool: x channels, m output positions from m0 on; geometry in the descriptor.
inline constexpr Field vx_dst{"dst", 0, 32, "buffer address of the result"};
inline constexpr Field vx_src0{"src0", 32, 32,
                               "buffer address of the first source; pool: of the first stored input row"};
inline constexpr Field vx_src1{
    "src1", 64, 32, "buffer address of the second source; lut: of the table; pool: first output position m0"};
inline constexpr Field vx_x{
    "x", 96, 24,
    "elements of a row (add, mul, lut, reduce, apply, combine), channels (pool), bytes of a run (move)"};
inline constexpr Field vx_y{"y", 120, 24, "rows; pool: output positions m; move: runs"};
inline constexpr Field vx_z{"z", 144, 16, "move: planes"};

// cfg: four words of a descriptor set of the queue the instruction travels in (set chosen by the flag).
inline constexpr Field cfg_v0{"v0", 0, 32, "word at index"};
inline constexpr Field cfg_v1{"v1", 32, 32, "word at index + 1"};
inline constexpr Field cfg_v2{"v2", 64, 32, "word at index + 2"};
inline constexpr Field cfg_v3{"v3", 96, 32, "word at index + 3"};
inline constexpr Field cfg_index{"index", 128, 8, "first word, a multiple of 4"};

}  // namespace field

inline constexpr unsigned kDescriptorWords = 32;
using Descriptor = std::array<std::uint32_t, kDescriptorWords>;

/// The descriptor set, 0 or 1, that an instruction uses or, as a CFG, writes.
constexpr unsigned descriptor_set(const Instruction& instruction) {
  return (instruction.flags & kFlagDescriptorSet) != 0 ? 1 : 0;
}
/// What a CFG does to the set it names; words past the end are dropped.
void apply_cfg(const Instruction& cfg, Descriptor& descriptor);

/// Word indices in a queue's descriptor, by opcode. Words that hold floats hold their bits; others are int32.
namespace word {
// wload
inline constexpr unsigned w_stride = 0;
// load, store
inline constexpr unsigned dram_stride_y = 0, dram_stride_z = 1, buffer_stride_y = 2, buffer_stride_z = 3;
// matmul
inline constexpr unsigned a_stride = 0;
// conv; pool uses the same words (in_c unused: the instruction's x is its channel count)
inline constexpr unsigned in_h = 4, in_w = 5, in_c = 6, out_w = 7;
inline constexpr unsigned kernel_h = 8, kernel_w = 9, stride_h = 10, stride_w = 11;
inline constexpr unsigned pad_top = 12, pad_left = 13, dilation_h = 14, dilation_w = 15;
inline constexpr unsigned row_stride = 16, pixel_stride = 17, first_row = 18,
                          pad_value = 19;  // first_row: image row stored at the address
inline constexpr unsigned out_pixel_stride = 20, pool_mode = 21,
                          pool_scale = 22;  // pool only; mode 0 max, 1 average, 2 padding counts
// conv with flag groups: the channels and the columns are so many equal groups, at least 1, and a column's
// weights outside its own group are zero. The array multiplies by those zeros like by any weight; they are
// not useful products.
inline constexpr unsigned groups = 23;
// conv with flag images: output rows of an image, at least 1. An image has in_h input rows, wherever it lies.
inline constexpr unsigned out_h = 24;
// drain
inline constexpr unsigned dst_stride = 0, dst_type = 1, zero_point = 2, clamp_lo = 3, clamp_hi = 4;
// add, mul, lut, reduce, apply, combine (pool: types, zero points and clamps too, so its geometry keeps out
// of words 24..31)
inline constexpr unsigned src0_stride = 0, src1_stride = 1, vx_dst_stride = 2,
                          types = 3;  // types: src0 | src1 << 4 | dst << 8
inline constexpr unsigned src0_zero = 24, src1_zero = 25, vx_dst_zero = 26, src0_scale = 27, src1_scale = 28,
                          vx_lo = 29, vx_hi = 30;
// apply, combine, reduce
inline constexpr unsigned function = 4, alpha = 5, beta = 6, dst_scale = 7;
// move
inline constexpr unsigned src_stride_y = 4, src_stride_z = 5, dst_stride_y = 6, dst_stride_z = 7;
}  // namespace word

}  // namespace nnp::isa

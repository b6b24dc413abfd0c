// SPDX-License-Identifier: Apache-2.0
#include "isa/instruction/descriptor_table.h"

namespace nnp::isa {
namespace {

// One spelling for the name in the table and the constant it stands for.
#define NNP_WORD(name, meaning) \
  DescriptorWord { word::name, #name, meaning }

std::vector<DescriptorGroup> make_table() {
  return {
      {"wload", {NNP_WORD(w_stride, "rows, transposed: bytes between rows or columns of W")}},
      {"load, store",
       {NNP_WORD(dram_stride_y, "bytes between runs in device memory"),
        NNP_WORD(dram_stride_z, "bytes between planes in device memory"),
        NNP_WORD(buffer_stride_y, "bytes between runs in the buffer"),
        NNP_WORD(buffer_stride_z, "bytes between planes in the buffer")}},
      {"matmul", {NNP_WORD(a_stride, "bytes between rows of A")}},
      {"conv, pool",
       {NNP_WORD(in_h, "rows of the input image"), NNP_WORD(in_w, "columns of the input image"),
        NNP_WORD(in_c, "conv: channels of a pixel"), NNP_WORD(out_w, "output positions in a row"),
        NNP_WORD(kernel_h, "kernel rows R"), NNP_WORD(kernel_w, "kernel columns S"),
        NNP_WORD(stride_h, "input rows between output rows"),
        NNP_WORD(stride_w, "input columns between output columns"),
        NNP_WORD(pad_top, "rows of padding above the image"),
        NNP_WORD(pad_left, "columns of padding left of the image"),
        NNP_WORD(dilation_h, "input rows between kernel rows"),
        NNP_WORD(dilation_w, "input columns between kernel columns"),
        NNP_WORD(row_stride, "bytes between input rows in the buffer"),
        NNP_WORD(pixel_stride, "bytes between pixels in the buffer"),
        NNP_WORD(first_row, "image row that lies at the source address"),
        NNP_WORD(pad_value, "conv: the element outside the image")}},
      {"conv",
       {NNP_WORD(groups, "flag groups: of channels and columns; weights across groups are zero"),
        NNP_WORD(out_h, "flag images: output rows of an image")}},
      {"pool",
       {NNP_WORD(out_pixel_stride, "bytes between output positions"),
        NNP_WORD(pool_mode, "0 maximum, 1 average"),
        NNP_WORD(pool_scale, "float: what the average's sum is multiplied with, by numerics.md")}},
      {"drain",
       {NNP_WORD(dst_stride, "bytes between rows of the result"),
        NNP_WORD(dst_type, "element type of the result"), NNP_WORD(zero_point, "added after scaling"),
        NNP_WORD(clamp_lo, "smallest result; float where the result is"),
        NNP_WORD(clamp_hi, "largest result; float where the result is")}},
      {"add, mul, lut, reduce, apply, combine",
       {NNP_WORD(src0_stride, "bytes between rows of the first source"),
        NNP_WORD(src1_stride, "bytes between rows of the second source"),
        NNP_WORD(vx_dst_stride, "bytes between rows (reduce: elements) of the result")}},
      {"add, mul, lut, reduce, apply, combine, pool",
       {NNP_WORD(types, "element types: src0, src1 << 4, dst << 8"),
        NNP_WORD(src0_zero, "zero point of the first source"),
        NNP_WORD(src1_zero, "zero point of the second source"),
        NNP_WORD(vx_dst_zero, "zero point of the result"),
        NNP_WORD(src0_scale, "float: scale of the first source"),
        NNP_WORD(src1_scale, "float: scale of the second source"),
        NNP_WORD(vx_lo, "smallest result; float where the result is"),
        NNP_WORD(vx_hi, "largest result; float where the result is")}},
      {"reduce, apply, combine",
       {NNP_WORD(function, "number of the function: UnaryFunction, BinaryFunction, Reduction"),
        NNP_WORD(alpha, "float: the function's first parameter; reduce: divisor of the result"),
        NNP_WORD(beta, "float: the function's second parameter"),
        NNP_WORD(dst_scale, "float: scale of the result")}},
      {"move",
       {NNP_WORD(src_stride_y, "bytes between runs of the source"),
        NNP_WORD(src_stride_z, "bytes between planes of the source"),
        NNP_WORD(dst_stride_y, "bytes between runs of the result"),
        NNP_WORD(dst_stride_z, "bytes between planes of the result")}},
  };
}

#undef NNP_WORD

}  // namespace

std::span<const DescriptorGroup> descriptor_table() {
  static const std::vector<DescriptorGroup> table = make_table();
  return table;
}

}  // namespace nnp::isa

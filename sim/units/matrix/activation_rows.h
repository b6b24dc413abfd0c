// SPDX-License-Identifier: Apache-2.0
// The rows of A that a MATMUL or CONV multiplies, out of the buffer.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "sim/units/engine/engine.h"

namespace nnp::sim {

/// Bytes of one activation of the instruction.
std::size_t activation_bytes(const Job& job);

/// A CONV's rows of A (implicit im2col): kernel elements [k_start, k_start + k) of an output position,
/// activation_bytes() each. What lies outside the image is the pad value.
///
/// Positions are counted in rows of out_w and, with flag images, images of out_h rows; a place in the buffer
/// in rows of the images one below the other, in_h each.
class ConvRows {
 public:
  /// Of a job that check_window() let pass; it and `state` must live as long.
  ConvRows(const Job&, const ChipState& state);
  void gather(std::int64_t position, std::uint8_t* to) const;

  struct InPlace {
    const std::uint8_t* rows;
    std::size_t stride;  // bytes from row to row
  };
  /// The rows of `count` positions where the buffer has them, if it has them as they are.
  std::optional<InPlace> in_place(std::int64_t position, std::size_t count) const;

 private:
  struct Corner {  // of a window: input row of its image, column, and the image's first row
    std::int64_t h, w, top;
  };
  Corner corner(std::int64_t position) const;
  /// Modulo 2^64: of places outside of the image too, which nobody reads.
  Address address(std::int64_t row, std::int64_t w) const {
    return origin_ + static_cast<Address>(row) * static_cast<Address>(row_stride_) +
           static_cast<Address>(w) * static_cast<Address>(pixel_stride_);
  }
  void copy_run(std::int64_t row, std::int64_t w0, std::int64_t from, std::int64_t until,
                std::uint8_t* to) const;
  void copy_taps(std::int64_t row, std::int64_t w0, std::int64_t from, std::int64_t until,
                 std::uint8_t* to) const;

  const ByteMemory& buffer_;
  std::int64_t element_;
  std::int32_t pad_;
  std::int64_t first_, end_;  // kernel elements
  std::int64_t channels_, kernel_w_, dilation_h_, dilation_w_, out_w_, out_h_, stride_h_, stride_w_, pad_top_,
      pad_left_, in_h_, in_w_, row_stride_, pixel_stride_;
  Address origin_;  // of the first image's first pixel, whether it is in the buffer or not
};

/// All of A, [m][k], as numbers; not of reals.
std::vector<std::int16_t> activations(const Job& job, const ChipState& state);

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/mac_operands.h"

#include <algorithm>

namespace nnp::compiler {
namespace {

namespace word = isa::word;

constexpr std::uint8_t kZeroWeight[4] = {};  // of any type

/// Where weight (k, n) of a tile lies: ONNX's order is [n][channel][tap], the array's k counts
/// [tap][channel].
class ConvWeights {
 public:
  ConvWeights(const ir::Tensor& weights, const MacShape& shape)
      : data_(weights.bytes().data()),
        element_(shape.weight_element),
        channels_(weights.shape()[1]),
        taps_(weights.shape()[2] * weights.shape()[3]),
        group_columns_(shape.group_columns()) {}

  const std::uint8_t* at(const ColumnTile& tile, std::int64_t k, std::int64_t n) const {
    const std::int64_t tap = k / tile.channels;
    const std::int64_t channel = tile.channel0 + k % tile.channels - n / group_columns_ * channels_;
    if (channel < 0 || channel >= channels_) return kZeroWeight;
    return data_ + static_cast<Bytes>((n * channels_ + channel) * taps_ + tap) * element_;
  }

 private:
  const std::uint8_t* data_;
  Bytes element_;
  std::int64_t channels_, taps_, group_columns_;
};

}  // namespace

void add_weight_strips(StripPlaces& places, const ir::Tensor& weights, const MacShape& shape,
                       std::int64_t slice_n, std::int64_t tile_columns) {
  std::optional<ConvWeights> conv;
  if (shape.is_conv) conv.emplace(weights, shape);
  for (std::int64_t slice = 0; slice < shape.n; slice += slice_n) {
    std::vector<std::pair<std::int64_t, std::vector<std::uint8_t>>> strips;
    for (const ColumnTile& tile :
         column_tiles(shape, slice, std::min(shape.n - slice, slice_n), tile_columns)) {
      const auto weight = [&](std::int64_t k, std::int64_t n) {
        return conv ? conv->at(tile, k, n)
                    : weights.bytes().data() + static_cast<Bytes>(k * shape.n + n) * shape.weight_element;
      };
      strips.emplace_back(tile.n0, places.pack(weight, shape.weight_element, tile.k, tile.n0, tile.n));
    }
    places.add(strips);
  }
}

std::vector<WordValue> image_words(const MacShape& shape, const ColumnTile& tile, std::int64_t first_row,
                                   std::int32_t pad) {
  const ir::ConvAttributes& c = shape.conv;
  std::vector<WordValue> words = {
      word_of(word::in_h, shape.in_h),
      word_of(word::in_w, shape.in_w),
      word_of(word::in_c, tile.channels),
      word_of(word::out_w, shape.line_positions),
      word_of(word::kernel_h, c.kernel[0]),
      word_of(word::kernel_w, c.kernel[1]),
      word_of(word::stride_h, c.strides[0]),
      word_of(word::stride_w, c.strides[1]),
      word_of(word::pad_top, c.pads[0]),
      word_of(word::pad_left, c.pads[1]),
      word_of(word::dilation_h, c.dilations[0]),
      word_of(word::dilation_w, c.dilations[1]),
      word_of(word::row_stride, static_cast<std::int64_t>(shape.in_line_bytes)),
      word_of(word::pixel_stride, shape.in.pixel_bytes),
      word_of(word::first_row, first_row),
      word_of(word::pad_value, pad),
  };
  if (shape.groups > 1) words.push_back(word_of(word::groups, tile.groups));
  return words;
}

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/mac_operands.h"

#include <algorithm>

namespace nnp::compiler {
namespace {

namespace word = isa::word;

/// Rows of a tile's weights: ONNX's order is [n][channel][tap], the array's k counts [tap][channel].
class ConvWeights {
 public:
  ConvWeights(const ir::Tensor& weights, const MacShape& shape)
      : data_(weights.bytes().data()),
        element_(static_cast<std::int64_t>(shape.weight_element)),
        channels_(weights.shape()[1]),
        taps_(weights.shape()[2] * weights.shape()[3]),
        group_columns_(shape.group_columns()) {}

  /// The columns of the channel's own group; columns count from the tile's first.
  WeightRow row(const ColumnTile& tile, std::int64_t k) const {
    const std::int64_t tap = k / tile.channels, channel = tile.channel0 + k % tile.channels;
    const std::int64_t group = channel / channels_;
    const std::int64_t begin = std::max(tile.n0, group * group_columns_),
                       end = std::min(tile.n0 + tile.n, (group + 1) * group_columns_);
    const std::int64_t first = (begin * channels_ + channel % channels_) * taps_ + tap;
    return {data_ + first * element_, channels_ * taps_ * element_, begin - tile.n0, end - tile.n0};
  }

 private:
  const std::uint8_t* data_;
  std::int64_t element_, channels_, taps_, group_columns_;
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
      const auto row = [&](std::int64_t k) {
        if (conv) return conv->row(tile, k);
        const auto element = static_cast<std::int64_t>(shape.weight_element);
        return WeightRow{weights.bytes().data() + (k * shape.n + tile.n0) * element, element, 0, tile.n};
      };
      strips.emplace_back(tile.n0, places.pack(row, shape.weight_element, tile.k, tile.n));
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
  if (shape.several_images()) words.push_back(word_of(word::out_h, shape.out_h));
  return words;
}

}  // namespace nnp::compiler

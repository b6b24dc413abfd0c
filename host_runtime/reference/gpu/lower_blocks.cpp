// SPDX-License-Identifier: Apache-2.0
// A convolution of few channels that goes two pixels a step, as a first layer does, has little for a tensor
// core to share: 3 of 16 channels. The same sums are those of a convolution that goes one pixel a step, over
// blocks of 2 x 2 pixels as pixels of 16 channels. An odd padding is made even by a row of zero weights
// before the window.
#include "host_runtime/reference/gpu/lower_blocks.h"

#include <algorithm>

namespace nnp::gpu {
namespace {

const ir::ConvAttributes& attributes_of(const ir::Node& node) {
  return std::get<ir::ConvAttributes>(node.attributes);
}

/// Along one axis.
struct Axis {
  int before, shift, taps;  // blocks of padding, rows of zero weights, taps of blocks
};
Axis axis_of(const ir::ConvAttributes& a, std::size_t i) {
  const auto pad = static_cast<int>(a.pads[i]), taps = static_cast<int>(a.kernel[i]);
  const int before = (pad + 1) / 2, shift = 2 * before - pad;
  return {before, shift, (taps + shift + 1) / 2};
}

template <typename T>
std::vector<T> block_filters(std::span<const T> w, const ir::Shape& shape, const Axis& rows,
                             const Axis& columns) {
  const auto K = static_cast<std::size_t>(shape[0]), C = static_cast<std::size_t>(shape[1]),
             R = static_cast<std::size_t>(shape[2]), S = static_cast<std::size_t>(shape[3]);
  const auto block_R = static_cast<std::size_t>(rows.taps), block_S = static_cast<std::size_t>(columns.taps);
  std::vector<T> blocks(K * block_R * block_S * kBlockChannels);
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t c = 0; c < C; ++c)
      for (std::size_t r = 0; r < R; ++r)
        for (std::size_t s = 0; s < S; ++s) {
          const std::size_t row = r + static_cast<std::size_t>(rows.shift),
                            column = s + static_cast<std::size_t>(columns.shift);
          const std::size_t tap = (k * block_R + row / 2) * block_S + column / 2;
          blocks[tap * kBlockChannels + (row % 2 * 2 + column % 2) * kPixelChannels + c] =
              w[((k * C + c) * R + r) * S + s];
        }
  return blocks;
}

}  // namespace

bool takes_blocks(const ir::Graph& graph, const ir::Node& node) {
  if (node.op != ir::Op::conv) return false;
  const ir::ConvAttributes& a = attributes_of(node);
  const ir::Shape& x = graph.values[node.inputs[0]].shape;
  if (a.group != 1 || x.size() != 4 || x[1] > kPixelChannels || x[2] % 2 != 0 || x[3] % 2 != 0) return false;
  for (std::size_t i = 0; i < 2; ++i)
    if (a.strides[i] != 2 || a.dilations[i] != 1 || a.pads[i] < 0 || a.pads[i] >= a.kernel[i]) return false;
  return true;
}

std::int64_t channels_for_blocks(const ir::Graph& graph, ir::ValueId id) {
  const std::int64_t channels = graph.values[id].shape[1];
  bool read = false;
  for (const ir::Node& node : graph.nodes) {
    if (std::ranges::find(node.inputs, id) == node.inputs.end()) continue;
    read = true;
    const bool passes_on = node.op == ir::Op::quantize_linear && !takes_blocks(graph, node) &&
                           channels_for_blocks(graph, node.outputs[0]) == kPixelChannels;
    if (!takes_blocks(graph, node) && !passes_on) return channels;
  }
  return read ? kPixelChannels : channels;
}

Blocks in_blocks(Lowering& lowering, const ir::Node& node) {
  const ir::ConvAttributes& a = attributes_of(node);
  const Axis rows = axis_of(a, 0), columns = axis_of(a, 1);
  Place from = lowering.place(node.inputs[0]);
  const std::int64_t N = from.shape[0], H = from.shape[2], W = from.shape[3];
  if (stands_in(from, kPixelChannels)) from.shape[1] = kPixelChannels;
  const ir::Shape& y = lowering.value(node.outputs[0]).shape;

  Blocks blocks;
  Window& w = blocks.window;
  w.N = static_cast<int>(N), w.C = kBlockChannels;
  w.P = static_cast<int>(y[2]), w.Q = static_cast<int>(y[3]), w.R = rows.taps, w.S = columns.taps;
  w.H = w.P + w.R - 1, w.W = w.Q + w.S - 1;  // padding on both sides in place
  const std::int64_t row = std::int64_t{w.W} * kBlockChannels;
  Place& to = blocks.x;
  to = lowering.values().scratch({N, kBlockChannels, w.H, w.W}, from.element, true);
  to.scale = from.scale, to.zero = from.zero;
  lowering.values().fill(to, static_cast<std::uint8_t>(from.zero));

  // [N, rows of blocks, columns of blocks, row and column in the block, channel].
  Place inside = to, pixels = from;
  pixels.shape = {N,
                  std::min<std::int64_t>(H / 2, w.H - rows.before),
                  std::min<std::int64_t>(W / 2, w.W - columns.before),
                  2,
                  2,
                  from.shape[1]};
  pixels.strides = {from.strides[0], 2 * from.strides[2], 2 * from.strides[3],
                    from.strides[2], from.strides[3],     from.strides[1]};
  inside.shape = pixels.shape;
  inside.strides = {w.H * row, row, kBlockChannels, 2 * kPixelChannels, kPixelChannels, 1};
  inside.at +=
      static_cast<Address>(rows.before * row + columns.before * kBlockChannels) * size_of(to.element);
  lowering.copy(pixels, inside);
  return blocks;
}

std::vector<std::int8_t> filters_in_blocks(std::span<const std::int8_t> w, const ir::Shape& shape,
                                           const ir::Node& node) {
  return block_filters(w, shape, axis_of(attributes_of(node), 0), axis_of(attributes_of(node), 1));
}
std::vector<float> filters_in_blocks(std::span<const float> w, const ir::Shape& shape, const ir::Node& node) {
  return block_filters(w, shape, axis_of(attributes_of(node), 0), axis_of(attributes_of(node), 1));
}

}  // namespace nnp::gpu

// SPDX-License-Identifier: Apache-2.0
// First layers: blocks of pixels as pixels of more channels.
#pragma once

#include "host_runtime/reference/gpu/lowering.h"

namespace nnp::gpu {

inline constexpr int kPixelChannels = 4, kBlockChannels = 4 * kPixelChannels;

/// Whether a node is a convolution of at most 4 channels with strides of 2 over images of even sizes.
bool takes_blocks(const ir::Graph&, const ir::Node&);
/// Channels that the images of a value should stand in: 4 where all that reads it are such convolutions, or
/// quantise it for them; as many as there are otherwise. The channels added hold 0, or the code of it.
std::int64_t channels_for_blocks(const ir::Graph&, ir::ValueId);

/// The images of such a convolution as blocks, padding in place, and the window over them: without stride and
/// pads.
struct Blocks {
  Place x;
  Window window;
};
Blocks in_blocks(Lowering&, const ir::Node&);
/// Its filters [K, C, R, S] as those of the window: [K, R', S', 16].
std::vector<std::int8_t> filters_in_blocks(std::span<const std::int8_t> w, const ir::Shape&, const ir::Node&);
std::vector<float> filters_in_blocks(std::span<const float> w, const ir::Shape&, const ir::Node&);

}  // namespace nnp::gpu

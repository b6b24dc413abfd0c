// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/layout.h"

namespace nnp::compiler {
namespace {

/// Calls f(logical element index, pixel, channel) for every element.
template <typename F>
void for_each_element(const ir::Shape& shape, F&& f) {
  const ir::ChannelView view = ir::channel_view(shape);
  if (shape.size() != 4) {
    for (std::int64_t i = 0; i < view.pixels * view.channels; ++i) f(i, i / view.channels, i % view.channels);
    return;
  }
  const std::int64_t plane = shape[2] * shape[3];
  for (std::int64_t n = 0, i = 0; n < shape[0]; ++n)
    for (std::int64_t c = 0; c < shape[1]; ++c)
      for (std::int64_t p = 0; p < plane; ++p) f(i++, n * plane + p, c);
}

}  // namespace

Layout layout_of(const ir::Value& value, const isa::ArchSpec& arch) {
  const ir::ChannelView view = ir::channel_view(value.shape);
  const auto element = static_cast<std::uint32_t>(ir::size_of(value.type));
  return {view.pixels, view.channels, element,
          static_cast<std::uint32_t>(round_up<std::uint64_t>(static_cast<std::uint64_t>(view.channels) * element, arch.channel_align_bytes))};
}

std::vector<std::uint8_t> to_device_layout(const ir::Tensor& tensor, std::uint32_t pixel_bytes) {
  const ir::ChannelView view = ir::channel_view(tensor.shape());
  const std::size_t element = ir::size_of(tensor.type());
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(view.pixels) * pixel_bytes, 0);
  const std::uint8_t* from = tensor.bytes().data();
  for_each_element(tensor.shape(), [&](std::int64_t i, std::int64_t pixel, std::int64_t channel) {
    std::memcpy(bytes.data() + static_cast<std::size_t>(pixel) * pixel_bytes + static_cast<std::size_t>(channel) * element,
                from + static_cast<std::size_t>(i) * element, element);
  });
  return bytes;
}

ir::Tensor from_device_layout(std::span<const std::uint8_t> bytes, const ir::Shape& shape, ir::DType type, std::uint32_t pixel_bytes) {
  ir::Tensor tensor(type, shape);
  const std::size_t element = ir::size_of(type);
  std::uint8_t* to = tensor.bytes().data();
  for_each_element(shape, [&](std::int64_t i, std::int64_t pixel, std::int64_t channel) {
    std::memcpy(to + static_cast<std::size_t>(i) * element,
                bytes.data() + static_cast<std::size_t>(pixel) * pixel_bytes + static_cast<std::size_t>(channel) * element, element);
  });
  return tensor;
}

}  // namespace nnp::compiler

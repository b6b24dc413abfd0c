// SPDX-License-Identifier: Apache-2.0
// How a value lies in the buffer, in device memory and in host memory: pixels x channels, channels last, each pixel padded.
#pragma once

#include "compiler/ir/graph.h"
#include "isa/arch/arch_spec.h"

namespace nnp::compiler {

struct Layout {
  std::int64_t pixels = 0, channels = 0;
  std::uint32_t element_bytes = 1;
  std::uint32_t pixel_bytes = 0;  // padded to ArchSpec::channel_align_bytes
  Bytes bytes() const { return static_cast<Bytes>(pixels) * pixel_bytes; }
};

Layout layout_of(const ir::Value&, const isa::ArchSpec&);

/// Row-major logical tensor <-> device layout (NCHW is transposed to channels last; padding bytes are zero).
std::vector<std::uint8_t> to_device_layout(const ir::Tensor&, std::uint32_t pixel_bytes);
ir::Tensor from_device_layout(std::span<const std::uint8_t>, const ir::Shape&, ir::DType, std::uint32_t pixel_bytes);

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// A tensor in the buffer as the vector unit walks it: extents and byte strides of logical axes, an element
// type, and what its elements mean.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "compiler/ir/graph.h"
#include "isa/arch/units.h"
#include "isa/numerics/reals.h"

namespace nnp::compiler {

struct View {
  Address address = 0;
  isa::ElementType type = isa::ElementType::f32;
  numerics::Scaled scaled{1, 0};         // of codes
  numerics::OutputRange codes{0, 0, 0};  // clamp, where it is written and of codes
  numerics::RealRange reals{-std::numeric_limits<float>::infinity(), std::numeric_limits<float>::infinity()};
  std::vector<std::int64_t> extents, strides;

  std::int64_t element_bytes() const { return isa::element_bytes(type); }
};

/// Axes of a shape of `rank` from outermost to innermost as the device stores them: rank 4 channels last.
std::vector<std::size_t> storage_order(std::size_t rank);

/// Byte strides of the axes of `shape` in device layout.
std::vector<std::int64_t> device_strides(const ir::Shape& shape, std::int64_t element_bytes,
                                         std::int64_t pixel_bytes);

/// The view as one of more axes or larger extents, NumPy's rule: new axes in front, an extent of 1 repeats
/// (stride 0).
View broadcast(View view, const ir::Shape& to);

/// Axis i of the result is axis order[i] of the view.
View permuted(const View& view, const std::vector<std::size_t>& order);

}  // namespace nnp::compiler

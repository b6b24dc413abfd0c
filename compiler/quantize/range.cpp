// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantize/range.h"

#include <bit>
#include <cstdint>

#include "isa/numerics/vectorised.h"

namespace nnp::compiler {
namespace {

/// Orders as its number does, negative ones mirrored, and is its own inverse. Behind either end: what is not
/// finite.
std::int32_t order_of(std::int32_t bits) { return bits ^ ((bits >> 31) & 0x7FFFFFFF); }

std::int32_t key_of(float x) { return order_of(std::bit_cast<std::int32_t>(x)); }
float number_of(std::int32_t key) { return std::bit_cast<float>(order_of(key)); }

}  // namespace

bool Range::include_all(std::span<const float> values) {
  if (values.empty()) return true;
  std::int32_t least = key_of(values[0]), most = least;
  numerics::run_vectorised([&]() NNP_INLINE {
    std::int32_t low = least, high = most;
    for (const float x : values) low = std::min(low, key_of(x)), high = std::max(high, key_of(x));
    least = low, most = high;
  });
  include(Range{number_of(least), number_of(most)});
  return std::isfinite(number_of(least)) && std::isfinite(number_of(most));
}

}  // namespace nnp::compiler

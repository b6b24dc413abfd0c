// SPDX-License-Identifier: Apache-2.0
// Ranges to scales and zero points.
#include "compiler/quantize/number_formats.h"

#include "isa/numerics/vectorised.h"

namespace nnp::compiler {

ir::QuantParams u8_params(const Range& range) {
  const double lo = std::min(range.lo, 0.0f), hi = std::max(range.hi, 0.0f);
  if (lo == hi) return {{1.0f}, 0, -1};
  const float scale = std::max(static_cast<float>((hi - lo) / 255), kSmallestScale);
  const double zero = std::clamp(std::nearbyint(-lo / static_cast<double>(scale)), 0.0, 255.0);
  return {{scale}, static_cast<std::int32_t>(zero), -1};
}

ir::QuantParams s16_params(float magnitude, int largest_code) {
  if (magnitude == 0) return {{1.0f}, 0, -1};
  const double scale = static_cast<double>(magnitude) / largest_code;
  return {{std::max(static_cast<float>(scale), kSmallestScale)}, 0, -1};
}

ir::QuantParams s8_params(float magnitude) {
  if (magnitude == 0) return {{1.0f}, 0, -1};
  return {{std::max(static_cast<float>(static_cast<double>(magnitude) / kLargestWeightCode), kSmallestScale)},
          0,
          -1};
}

float weight_scale(std::span<const float> weights) {
  Range range{0, 0};
  range.include_all(weights);
  return std::max(static_cast<float>(static_cast<double>(range.magnitude()) / kLargestWeightCode),
                  kSmallestScale);
}

std::vector<std::int8_t> weight_codes(std::span<const float> weights, double scale, std::int32_t lowest) {
  std::vector<std::int8_t> codes(weights.size());
  numerics::run_vectorised([=, from = weights.data(), to = codes.data(), count = codes.size()]() NNP_INLINE {
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t code = to_code(static_cast<double>(from[i]), scale, kLargestWeightCode + 1);
      to[i] = static_cast<std::int8_t>(std::min(std::max(code, lowest), kLargestWeightCode));
    }
  });
  return codes;
}

float cell_scale(float peak) {
  constexpr int kFinest = -14;  // 32767 * 2^-14 is just under 2
  if (peak <= 0) return std::ldexp(1.0f, kFinest);
  const int exponent =
      static_cast<int>(std::ceil(std::log2(2.0 * static_cast<double>(peak) / kLargestCode16)));
  return std::ldexp(1.0f, std::max(exponent, kFinest));
}

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// Quantised arithmetic as ONNX defines it, in doubles and by itself: codes to reals, an operator, codes.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace nnp::test {

struct Code {
  double scale = 1;
  int zero = 0, lo = 0, hi = 255;
};
inline Code u8(double scale, int zero) {
  return {static_cast<double>(static_cast<float>(scale)), zero, 0, 255};
}
inline Code s8(double scale, int zero) {
  return {static_cast<double>(static_cast<float>(scale)), zero, -128, 127};
}

using Codes = std::vector<int>;
using Reals = std::vector<double>;

inline Reals dequantised(const Codes& codes, const Code& how) {
  Reals reals;
  for (const int code : codes) reals.push_back(how.scale * (code - how.zero));
  return reals;
}

/// Round half to even, saturate.
inline Codes quantised(const Reals& reals, const Code& how) {
  Codes codes;
  for (const double real : reals)
    codes.push_back(static_cast<int>(std::clamp(std::nearbyint(real / how.scale) + how.zero,
                                                static_cast<double>(how.lo), static_cast<double>(how.hi))));
  return codes;
}

inline Codes random_codes(std::size_t count, int lo, int hi, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<int> any(lo, hi);
  Codes codes(count);
  for (int& code : codes) code = any(random);
  return codes;
}

/// x [C, H, W], w [K, C, R, R] with padding R / 2, a bias each.
inline Reals convolved(const Reals& x, const Reals& w, const Reals& bias, int C, int H, int W, int R) {
  const int K = static_cast<int>(bias.size()), pad = R / 2;
  Reals y;
  for (int k = 0; k < K; ++k)
    for (int p = 0; p < H; ++p)
      for (int q = 0; q < W; ++q) {
        double sum = bias[static_cast<std::size_t>(k)];
        for (int c = 0; c < C; ++c)
          for (int r = 0; r < R; ++r)
            for (int s = 0; s < R; ++s) {
              const int h = p + r - pad, v = q + s - pad;
              if (h < 0 || h >= H || v < 0 || v >= W) continue;
              sum += x[static_cast<std::size_t>((c * H + h) * W + v)] *
                     w[static_cast<std::size_t>(((k * C + c) * R + r) * R + s)];
            }
        y.push_back(sum);
      }
  return y;
}

/// a [M, K] times b [K, N], a bias each column or none.
inline Reals multiplied(const Reals& a, const Reals& b, const Reals& bias, int M, int K, int N) {
  Reals y;
  for (int m = 0; m < M; ++m)
    for (int n = 0; n < N; ++n) {
      double sum = bias.empty() ? 0 : bias[static_cast<std::size_t>(n)];
      for (int k = 0; k < K; ++k)
        sum += a[static_cast<std::size_t>(m * K + k)] * b[static_cast<std::size_t>(k * N + n)];
      y.push_back(sum);
    }
  return y;
}

/// How two results differ, code by code.
struct Distance {
  int largest = 0;
  double equal = 1;  // share
};
inline Distance distance(const Codes& a, const Codes& b) {
  Distance result;
  std::size_t same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    result.largest = std::max(result.largest, std::abs(a[i] - b[i]));
    same += a[i] == b[i];
  }
  result.equal = a.empty() ? 1 : static_cast<double>(same) / static_cast<double>(a.size());
  return result;
}

}  // namespace nnp::test

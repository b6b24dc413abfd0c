// SPDX-License-Identifier: Apache-2.0
// exp, log, erf and tanh in binary64 from IEEE additions, multiplications and divisions alone. Relative error
// below 2^-44 (held by functions_test), so that a result rounded to binary32 is the right one or, next to a
// tie, its neighbour.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace nnp::numerics::series {

/// 2^n for -1022 <= n <= 1023.
inline double power_of_two(int n) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(n + 1023) << 52);
}

/// x = n ln 2 + r, |r| <= 0.35: 2^n times the Taylor polynomial of degree 13, whose rest is below 1e-17.
inline double exp(double x) {
  if (std::isnan(x)) return x;
  if (x > 709) return std::numeric_limits<double>::infinity();
  if (x < -708) return 0;
  constexpr double kLn2High = 0x1.62e42fefa0000p-1, kLn2Low = 0x1.cf79abc9e3b3ap-40;
  const double n = std::nearbyint(x * std::numbers::log2e);
  const double r = (x - n * kLn2High) - n * kLn2Low;
  double sum = 1;
  for (int i = 13; i >= 1; --i) sum = 1 + sum * r / i;
  return sum * power_of_two(static_cast<int>(n));
}

/// x = 2^n m, sqrt(1/2) <= m < sqrt 2: log m = 2 artanh s, s = (m - 1) / (m + 1), |s| < 0.172; terms to s^21.
inline double log(double x) {
  if (std::isnan(x) || x < 0) return std::numeric_limits<double>::quiet_NaN();
  if (x == 0) return -std::numeric_limits<double>::infinity();
  if (std::isinf(x)) return x;
  int n = 0;
  double m = std::frexp(x, &n);  // exact: 1/2 <= m < 1
  if (m < std::numbers::sqrt2 / 2) m *= 2, --n;
  const double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int i = 21; i >= 1; i -= 2) sum = sum * square + 1.0 / i;
  return n * std::numbers::ln2 + 2 * s * sum;
}

inline double tanh(double x) {
  const double size = std::abs(x);
  const double square = x * x;
  if (size < 0.02)  // the next term is 62 / 2835 x^9
    return x - x * square * (1.0 / 3 - square * (2.0 / 15 - square * (17.0 / 315)));
  if (size > 20) return x > 0 ? 1 : -1;
  return std::copysign(1 - 2 / (exp(2 * size) + 1), x);
}

/// erf at k / 16 by its series of positive terms, 2 / sqrt(pi) exp(-x^2) sum 2^n x^(2n+1) / (2n+1)!!.
inline double erf_at_node(double x) {
  double term = x, sum = x;
  for (int n = 1; term > sum * 1e-18 && n < 200; ++n) sum += term *= 2 * x * x / (2 * n + 1);
  return 2 * std::numbers::inv_sqrtpi * exp(-x * x) * sum;
}

/// Taylor from the nearest node: the derivatives are Hermite polynomials times 2 / sqrt(pi) exp(-x^2). Below
/// 1/32 the node is 0 and the series is that of erf itself; above 6, 1 - erf(x) is below 2^-55.
inline double erf(double x) {
  static const auto nodes = [] {
    std::array<double, 97> values{};
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = erf_at_node(static_cast<double>(k) / 16);
    return values;
  }();
  if (std::isnan(x)) return x;
  const double size = std::abs(x);
  if (size >= 6) return x > 0 ? 1 : -1;
  const auto k = static_cast<std::size_t>(std::nearbyint(size * 16));
  const double node = static_cast<double>(k) / 16, d = size - node;
  // c_n = f^(n) / n!: from f'' = -2 x f', c_(n+1) = -2 (x c_n + (n - 1) / n c_(n-1)) / (n + 1).
  double before = 0, now = 2 * std::numbers::inv_sqrtpi * exp(-node * node), power = d, sum = nodes[k];
  for (int n = 1; n <= 12; ++n) {
    sum += now * power;
    const double next = -2 * (node * now + (n - 1) * before / n) / (n + 1);
    before = now, now = next, power *= d;
  }
  return std::copysign(sum, x);
}

}  // namespace nnp::numerics::series

// SPDX-License-Identifier: Apache-2.0
// How far a sum that is added up in binary32 is from the exact one.
#pragma once

#include <cmath>

namespace nnp::compare {

inline constexpr double kUnit = 0x1p-24;  // of binary32: half of the last place of 1

/// `terms` products a_k b_k are added up in an order that nobody knows. The worst case, terms * u * sum |a
/// b|, takes all roundings for of one sign and all partial sums for the largest; for 1300 terms it is a
/// hundred times what happens. Two assumptions make it one that says something (N. Higham and T. Mary, "A new
/// approach to probabilistic rounding error analysis", 2019, theorem 2.4, whose lambda is kSigmas here):
/// - roundings are independent of each other, of mean zero: by Azuma and Hoeffding the error is at most
/// kSigmas
///   u sqrt(terms) times the largest partial sum, but for one sum in 3 * 10^7;
/// - the order has nothing to do with the terms' values: a partial sum deviates from its share of the whole
/// by at
///   most norm / 2 times the sigmas that the largest of so many is at, norm = sqrt(sum (a b)^2), as its
///   variance is that of a draw without replacement, norm^2 / 4 or less.
/// `norm` may be an upper bound. The terms' own roundings (a, b and their product, u each) are in it: norm *
/// 3 u.
inline double binary32_sum_error(double sum, double norm, double terms) {
  constexpr double kSigmas = 6;
  return kSigmas * kUnit * (std::sqrt(terms) * (std::abs(sum) + kSigmas / 2 * norm) + 3 * norm);
}

}  // namespace nnp::compare

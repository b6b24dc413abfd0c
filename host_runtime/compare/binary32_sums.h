// SPDX-License-Identifier: Apache-2.0
// How far a sum that is added up in binary32 is from the exact one.
#pragma once

#include <cmath>

namespace nnp::compare {

inline constexpr double kUnit = 0x1p-24;  // of binary32: half of the last place of 1

/// A bound for `terms` products a_k b_k that are added up in an order that nobody knows.
///
/// The worst case, terms * u * sum |a b|, takes all roundings for of one sign and all partial sums for the
/// largest; for 1300 terms it is some thirty times this one. Two assumptions give one that says something:
///
/// 1. Roundings are independent of each other and of mean zero (the model of N. Higham and T. Mary, "A new
/// approach to probabilistic rounding error analysis", 2019). By Azuma's inequality the error is at most
/// kSigmas u sqrt(terms) times the largest partial sum, but for one sum in 3 * 10^7.
///
/// 2. The order has nothing to do with the values. A partial sum is then a draw without replacement: about
/// its share of the sum it has a variance of at most norm^2 / 4, norm = sqrt(sum (a b)^2), and kSigmas of
/// that are 3 norm.
///
/// The roundings of a, b and their product, u each, are the last term. `norm` may be an upper bound.
inline double binary32_sum_error(double sum, double norm, double terms) {
  constexpr double kSigmas = 6;
  return kSigmas * kUnit * (std::sqrt(terms) * (std::abs(sum) + kSigmas / 2 * norm) + 3 * norm);
}

}  // namespace nnp::compare

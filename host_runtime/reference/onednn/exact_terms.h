// SPDX-License-Identifier: Apache-2.0
// How many products of integers may be summed in float32 before a result could be rounded.
//
// float32 holds every integer up to 2^24 in magnitude. Whatever the order in which a kernel adds the terms of
// a sum, and whether it fuses multiplication and addition, all it ever holds is a product or the sum of some
// of the terms, and none of these exceeds the sum of the terms' magnitudes. Where that is at most 2^24, no
// operation rounds.
#pragma once

#include "host_runtime/reference/integer_sums/code_products.h"

namespace nnp::reference::onednn {

constexpr std::int64_t kFloatIntegers = std::int64_t{1} << 24;

/// A length of stretches (k from 0, from length, from 2 length, ...) such that in every stretch and column
///   largest_code * (sum of |weights|) <= 2^24.
/// largest_code: the largest magnitude of the codes that the weights meet, 0 to 255. Lengths are halved until
/// one fits, which 514 terms do at the latest: 514 * 255 * 128 < 2^24.
std::size_t exact_terms(const WeightMatrix&, std::int64_t largest_code);

}  // namespace nnp::reference::onednn

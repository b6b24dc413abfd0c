// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/onednn/exact_terms.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace nnp::reference::onednn {
namespace {

// The largest column's sum of |weights| over terms first to last. 2^24 terms of 128 stay below 2^32.
std::uint32_t heaviest_column(const WeightMatrix& w, std::size_t first, std::size_t last) {
  std::vector<std::uint32_t> sums(w.columns, 0);
  const auto add = [&](std::size_t k, std::size_t n) {
    sums[n] += static_cast<std::uint32_t>(std::abs(w.elements[k * w.term_stride + n * w.column_stride]));
  };
  if (w.term_stride == 1) {  // along the memory either way
    for (std::size_t n = 0; n < w.columns; ++n)
      for (std::size_t k = first; k < last; ++k) add(k, n);
  } else {
    for (std::size_t k = first; k < last; ++k)
      for (std::size_t n = 0; n < w.columns; ++n) add(k, n);
  }
  return sums.empty() ? 0 : *std::ranges::max_element(sums);
}

bool exact(const WeightMatrix& w, std::size_t length, std::int64_t largest_code) {
  for (std::size_t first = 0; first < w.terms; first += length)
    if (heaviest_column(w, first, std::min(w.terms, first + length)) * largest_code > kFloatIntegers)
      return false;
  return true;
}

}  // namespace

std::size_t exact_terms(const WeightMatrix& w, std::int64_t largest_code) {
  std::size_t length = std::clamp<std::size_t>(w.terms, 1, std::size_t{1} << 24);
  while (!exact(w, length, largest_code)) length = (length + 1) / 2;
  return length;
}

}  // namespace nnp::reference::onednn

// SPDX-License-Identifier: Apache-2.0
// The latest values of something, newest first.
#pragma once

#include <array>
#include <cstddef>

namespace nnp::compiler {

template <std::size_t N>
class History {
 public:
  void push(double value) { values_[newest_ = (newest_ + N - 1) % N] = value; }
  double operator[](std::size_t ago) const { return values_[(newest_ + ago) % N]; }
  double newest() const { return values_[newest_]; }
  static constexpr std::size_t size() { return N; }
  /// All of it lies so much later.
  void shift(double by) {
    for (double& value : values_) value += by;
  }

 private:
  std::array<double, N> values_{};
  std::size_t newest_ = 0;
};

}  // namespace nnp::compiler

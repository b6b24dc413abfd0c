// SPDX-License-Identifier: Apache-2.0
// A queue whose items have the numbers in which they came, and are found by them: chunks that answers name.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>
#include <vector>

namespace nnp::sim {

template <typename T>
class NumberedQueue {
 public:
  bool empty() const { return first_ == next_; }
  std::size_t size() const { return next_ - first_; }
  /// Number of the item in front, or of the next one to come where there is none.
  std::uint32_t first() const { return first_; }
  /// Number of the next one to come.
  std::uint32_t next() const { return next_; }
  /// Returns its number; numbers count up from 0 since the last reset().
  std::uint32_t push(T item) {
    if (size() == mask_ + 1) grow();
    ring_[place(next_)] = std::move(item);
    return next_++;
  }
  /// Of those that are there.
  T& operator[](std::uint32_t number) { return ring_[place(number)]; }
  T& front() { return ring_[place(first_)]; }
  const T& front() const { return ring_[place(first_)]; }
  T& back() { return ring_[place(next_ - 1)]; }
  void pop() {
    if constexpr (!std::is_trivially_destructible_v<T>) front() = {};
    ++first_;
  }
  void reset() {
    while (!empty()) pop();
    first_ = next_ = 0;
  }

 private:
  std::size_t place(std::uint32_t number) const { return number & mask_; }
  void grow() {
    std::vector<T> larger(ring_.size() * 2);
    for (std::uint32_t number = first_; number != next_; ++number)
      larger[number & (larger.size() - 1)] = std::move(ring_[place(number)]);
    ring_ = std::move(larger), mask_ = ring_.size() - 1;
  }
  std::vector<T> ring_ = std::vector<T>(8);  // of a power of two
  std::size_t mask_ = 7;                     // the same less one
  std::uint32_t first_ = 0, next_ = 0;
};

}  // namespace nnp::sim

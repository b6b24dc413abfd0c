// SPDX-License-Identifier: Apache-2.0
// Division by a number that is known before the run, and most often a power of two.
#pragma once

#include <bit>
#include <cstdint>

namespace nnp::sim {

class Divisor {
 public:
  explicit Divisor(std::uint64_t number)  // at least 1
      : number_(number),
        is_power_(std::has_single_bit(number)),
        shift_(static_cast<std::uint8_t>(std::countr_zero(number))) {}
  std::uint64_t number() const { return number_; }
  std::uint64_t quotient(std::uint64_t of) const { return is_power_ ? of >> shift_ : of / number_; }
  std::uint64_t quotient_up(std::uint64_t of) const { return quotient(of + number_ - 1); }
  std::uint64_t rest(std::uint64_t of) const { return is_power_ ? of & (number_ - 1) : of % number_; }

 private:
  std::uint64_t number_;
  bool is_power_;
  std::uint8_t shift_;
};

}  // namespace nnp::sim

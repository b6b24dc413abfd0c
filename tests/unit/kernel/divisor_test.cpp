// SPDX-License-Identifier: Apache-2.0
// Rung: unit. A divisor divides.
#include <gtest/gtest.h>

#include <random>

#include "sim/kernel/divisor.h"

namespace nnp::sim {
namespace {

TEST(Divisor, DividesLikeTheNumberThatItWasMadeOf) {
  std::mt19937_64 random(5);
  for (std::uint64_t number = 1; number <= 130; ++number)
    for (int i = 0; i < 50; ++i) {
      const std::uint64_t of = random() >> random() % 64;
      ASSERT_EQ(Divisor(number).quotient(of), of / number) << of << " / " << number;
      ASSERT_EQ(Divisor(number).rest(of), of % number) << of << " % " << number;
      const std::uint64_t small = of / 2;  // so that nothing overflows
      ASSERT_EQ(Divisor(number).quotient_up(small), small / number + (small % number != 0))
          << small << " / " << number;
    }
}

}  // namespace
}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// Rung: the test of a test. This program is linked with one faulty source file (plant.cmake); the laws that a
// thousand launches keep on the sound simulator (tests/property/engine_laws_test.cpp) must find the fault, by
// the observation that the plant names.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "models/chips/chip_file.h"
#include "tests/support/engine_laws.h"
#include "tests/support/random_launch.h"

namespace nnp::test {

/// In the planted source file: the name of the fault, and by what it is to be found.
const char* planted_fault();
const char* planted_observation();

namespace {

TEST(PlantedFault, IsFoundByTheEngineLaws) {
  constexpr std::uint64_t kLaunches = 100;  // of the thousand
  const models::ChipSpec chip = models::load_chip("tiny4");
  for (std::uint64_t seed = 0; seed < kLaunches; ++seed) {
    const auto breach = breached_engine_law(random_launch(seed, chip), chip, seed);
    if (!breach) continue;
    fmt::print("{} is found by {} at launch {}: {}\n", planted_fault(), to_string(breach->by), seed,
               breach->what);
    EXPECT_STREQ(to_string(breach->by), planted_observation()) << breach->what;
    return;
  }
  FAIL() << planted_fault() << " passes " << kLaunches << " launches unseen";
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Memory whose first bytes are lent: read where they lie, copied before anybody writes among them.
#include <gtest/gtest.h>

#include <numeric>
#include <vector>

#include "sim/units/engine/chip_state.h"

namespace nnp::sim {
namespace {

struct LentMemory : testing::Test {
  LentMemory() : constants(100) {
    std::iota(constants.begin(), constants.end(), std::uint8_t{1});
    memory.resize(200);
    memory.lend(constants);
  }
  std::vector<std::uint8_t> constants;
  ByteMemory memory{"device memory"};
};

TEST_F(LentMemory, IsReadWhereItLies) {
  EXPECT_EQ(memory.read(0, 100), constants.data());
  EXPECT_EQ(memory.read(40, 60), constants.data() + 40);
  EXPECT_EQ(*memory.read(100, 100), 0);
}

TEST_F(LentMemory, StaysAsItWasWhereItIsLentWhenSomebodyWrites) {
  *memory.at(40, 1) = 77;
  EXPECT_EQ(constants[40], 41);
  EXPECT_EQ(*memory.read(40, 1), 77);
  EXPECT_EQ(*memory.read(41, 1), 42);
  EXPECT_NE(memory.read(0, 100), constants.data());
}

TEST_F(LentMemory, IsNotCopiedByAWriteBehindIt) {
  *memory.at(100, 1) = 77;
  EXPECT_EQ(memory.read(0, 100), constants.data());
}

TEST_F(LentMemory, IsOnePieceWithWhatLiesBehindIt) {
  *memory.at(100, 1) = 77;
  const std::uint8_t* across = memory.read(98, 4);
  EXPECT_EQ(std::vector<std::uint8_t>(across, across + 4), (std::vector<std::uint8_t>{99, 100, 77, 0}));
}

TEST_F(LentMemory, IsForgottenWhenTheMemoryIsResized) {
  memory.resize(200);
  EXPECT_EQ(*memory.read(0, 1), 0);
}

TEST_F(LentMemory, MustFitIn) {
  memory.resize(99);
  EXPECT_THROW(memory.lend(constants), AddressError);
}

}  // namespace
}  // namespace nnp::sim

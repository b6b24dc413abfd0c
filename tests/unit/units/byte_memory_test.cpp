// SPDX-License-Identifier: Apache-2.0
// Memory whose first bytes are lent: read where they lie, copied before anybody writes among them. And memory
// that is zero: untouched, it takes none.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
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

TEST_F(LentMemory, IsFetchedAheadWithoutBeingTakenOverOrChecked) {
  memory.prefetch(0, 100), memory.prefetch(90, 20), memory.prefetch(200, 0);
  memory.prefetch(150, 51), memory.prefetch(~Address{0}, 2), memory.prefetch(0, ~Bytes{0});
  EXPECT_EQ(memory.read(0, 100), constants.data());
}

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

/// Pages of [data, data + bytes) that are in memory.
std::size_t resident_pages(const std::uint8_t* data, std::size_t bytes) {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> there((bytes + page - 1) / page);
  if (mincore(const_cast<std::uint8_t*>(data), bytes, there.data()) != 0) throw std::runtime_error("mincore");
  return static_cast<std::size_t>(
      std::ranges::count_if(there, [](unsigned char of) { return (of & 1) != 0; }));
}

TEST(ZeroedMemory, IsZeroAndTakesNoPagesAfterAnotherOneWasUsed) {
  for (const std::size_t bytes : {std::size_t{1} << 19, std::size_t{8} << 20, std::size_t{40} << 20}) {
    for (int time = 0; time < 3; ++time) {
      ZeroedArray<std::uint8_t> memory;
      memory.reset(bytes);
      EXPECT_EQ(resident_pages(memory.data(), bytes), 0u) << bytes << " bytes, time " << time;
      ASSERT_EQ(std::count(memory.data(), memory.data() + bytes, 0), static_cast<std::ptrdiff_t>(bytes));
      std::fill_n(memory.data(), bytes, std::uint8_t{7});
    }
  }
}

TEST(ZeroedMemory, IsZeroAgainAfterAReset) {
  for (const std::size_t size : {0, 1, 1000, 100'000, 1'000'000}) {
    ZeroedArray<std::int32_t> memory;
    for (int time = 0; time < 2; ++time) {
      memory.reset(size);
      EXPECT_EQ(std::count(memory.data(), memory.data() + size, 0), static_cast<std::ptrdiff_t>(size));
      std::fill_n(memory.data(), size, -1);
    }
  }
  EXPECT_THROW(ZeroedArray<std::int32_t>().reset(~std::size_t{0} / 2), std::bad_alloc);
}

}  // namespace
}  // namespace nnp::sim

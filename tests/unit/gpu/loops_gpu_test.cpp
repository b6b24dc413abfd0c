// SPDX-License-Identifier: Apache-2.0
// A Gpu of plain loops: its memory, its programs, and the words of the interface.
#include <gmock/gmock.h>

#include "compiler/ir/half.h"
#include "tests/unit/gpu/memory.h"

namespace nnp::gpu {
namespace {

using nnp::testing::Bench;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::SizeIs;

Elementwise doubled(Address at) {
  Elementwise e;
  e.function = Function::add;
  e.x[0].at = e.x[1].at = e.y.at = at;
  return e;
}

TEST(GpuWords, TellTheBytesAndTheNameOfAnElement) {
  EXPECT_EQ(size_of(Element::f32), sizeof(float));
  EXPECT_EQ(size_of(Element::f16), sizeof(ir::Float16));
  EXPECT_EQ(size_of(Element::bf16), sizeof(ir::BFloat16));
  EXPECT_EQ(size_of(Element::s8), sizeof(std::int8_t));
  EXPECT_EQ(size_of(Element::u8), sizeof(std::uint8_t));
  EXPECT_EQ(size_of(Element::s16), sizeof(std::int16_t));
  EXPECT_EQ(size_of(Element::i32), sizeof(std::int32_t));
  EXPECT_EQ(size_of(Element::i64), sizeof(std::int64_t));
  EXPECT_STREQ(to_string(Element::bf16), "bf16");
  EXPECT_STREQ(to_string(Element::i64), "i64");
}

TEST(GpuWords, FunctionsFromAddOnHaveTwoOperands) {
  for (int f = 0; f <= static_cast<int>(kLastFunction); ++f)
    EXPECT_EQ(operands(static_cast<Function>(f)), f < static_cast<int>(Function::add) ? 1 : 2)
        << "function " << f;
}

TEST(LoopsGpu, HasOnlyAName) {
  const Device device = loops_gpu()->device();
  EXPECT_EQ(device.name, "plain loops");
  EXPECT_EQ(device.driver + device.cuda + device.cudnn + device.cublas + device.compute_capability, "");
  EXPECT_EQ(device.memory_bytes, 0u);
  EXPECT_FALSE(device.memory_bytes_per_s || device.sm_clock_hz || device.memory_clock_hz);
}

TEST(LoopsGpu, KeepsWhatIsUploadedAndFillsBytes) {
  Bench bench;
  const Address at = bench.place<std::uint8_t>({1, 2, 3, 4});
  bench.gpu().fill(at + 1, 9, 2);
  EXPECT_THAT(bench.read<std::uint8_t>(at, 4), ElementsAre(1, 9, 9, 4));
}

TEST(LoopsGpu, GivesEvenNothingAnAddress) {
  const auto gpu = loops_gpu();
  const Address one = gpu->allocate(0), other = gpu->allocate(0);
  EXPECT_NE(one, 0u);
  EXPECT_NE(one, other);
  gpu->release(one);
  gpu->release(other);
}

TEST(LoopsGpu, RefusesMemoryThatIsNotThere) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitizer's allocator ends the process instead";
#endif
  const auto gpu = loops_gpu();
  EXPECT_THROW(gpu->allocate(std::size_t{1} << 62), GpuError);
}

TEST(LoopsGpu, RefusesTheReleaseOfWhatItDidNotAllocate) {
  const auto gpu = loops_gpu();
  const Address at = gpu->allocate(8);
  EXPECT_THROW(gpu->release(at + 1), GpuError);
  gpu->release(at);
  EXPECT_THROW(gpu->release(at), GpuError);
}

TEST(LoopsGpu, RunsKernelsInTheOrderOfTheirRequests) {
  Bench bench;
  const Address at = bench.place<float>({3});
  Elementwise square = doubled(at);
  square.function = Function::mul;
  const auto program = bench.gpu().program();
  program->add(doubled(at));
  program->add(square);
  EXPECT_EQ(program->size(), 2u);
  EXPECT_EQ(program->description(1), "loops");
  EXPECT_THAT(bench.read<float>(at, 1), ElementsAre(3));  // only run() computes
  program->run();
  EXPECT_THAT(bench.read<float>(at, 1), ElementsAre(36));
}

TEST(LoopsGpu, TimesRepeatsBehindTheWarmUp) {
  Bench bench;
  const Address at = bench.place<float>({1});
  const auto program = bench.gpu().program();
  program->add(doubled(at));
  EXPECT_THAT(program->time(2, 3), ::testing::AllOf(SizeIs(3), Each(Ge(0))));
  EXPECT_THAT(bench.read<float>(at, 1), ElementsAre(32));  // 2^5
  EXPECT_THAT(program->time_each(4), ::testing::AllOf(SizeIs(1), Each(Ge(0))));
  EXPECT_THAT(bench.read<float>(at, 1), ElementsAre(512));  // 2^9
}

}  // namespace
}  // namespace nnp::gpu

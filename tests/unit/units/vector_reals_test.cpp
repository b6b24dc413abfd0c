// SPDX-License-Identifier: Apache-2.0
// The values of APPLY, COMBINE and REDUCE: element types, scalars, strides, clamps.
#include <gtest/gtest.h>

#include <bit>
#include <cstring>
#include <limits>
#include <vector>

#include "isa/numerics/bf16.h"
#include "isa/numerics/functions.h"
#include "sim/units/vector/vector_unit.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::ElementType;
using isa::Opcode;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr Address kFirst = 0x100, kSecond = 0x400, kResult = 0x800;

class VectorReals : public testing::Test {
 protected:
  VectorReals() : state_(small_chip()) {
    set(word::src0_scale, 1.0f), set(word::src1_scale, 1.0f), set(word::dst_scale, 1.0f);
    set(word::alpha, 1.0f);
    set(word::vx_lo, -kInfinity), set(word::vx_hi, kInfinity);
  }
  static isa::ArchSpec small_chip() {
    isa::ArchSpec arch;
    arch.array_rows = arch.array_cols = 1, arch.unified_buffer_bytes = 4096;
    return arch;
  }
  void set(unsigned index, std::int32_t value) { job_.descriptor[index] = static_cast<std::uint32_t>(value); }
  void set(unsigned index, float value) { job_.descriptor[index] = std::bit_cast<std::uint32_t>(value); }
  void types(ElementType first, ElementType second, ElementType result) {
    set(word::types, static_cast<std::int32_t>(first) | static_cast<std::int32_t>(second) << 4 |
                         static_cast<std::int32_t>(result) << 8);
  }
  template <typename T>
  void put(Address address, const std::vector<T>& values) {
    std::memcpy(state_.buffer.at(address, values.size() * sizeof(T)), values.data(),
                values.size() * sizeof(T));
  }
  template <typename T>
  std::vector<T> run(Opcode opcode, unsigned function, std::int64_t x, std::int64_t y, std::size_t results,
                     std::uint8_t flags = 0) {
    job_.instruction.opcode = opcode, job_.instruction.flags = flags;
    job_.instruction.set(field::vx_dst, kResult), job_.instruction.set(field::vx_src0, kFirst);
    job_.instruction.set(field::vx_src1, kSecond);
    job_.instruction.set(field::vx_x, x), job_.instruction.set(field::vx_y, y);
    set(word::function, static_cast<std::int32_t>(function));
    execute_vector(job_, state_);
    std::vector<T> found(results);
    std::memcpy(found.data(), state_.buffer.at(kResult, results * sizeof(T)), results * sizeof(T));
    return found;
  }
  template <typename T>
  std::vector<T> run(numerics::UnaryFunction function, std::int64_t x, std::size_t results) {
    return run<T>(Opcode::apply, static_cast<unsigned>(function), x, 1, results);
  }

  Job job_;
  ChipState state_;
};

TEST_F(VectorReals, ApplyMakesCodesRealAndBack) {
  types(ElementType::u8, ElementType::u8, ElementType::s8);
  put<std::uint8_t>(kFirst, {10, 12, 0, 255});
  set(word::src0_zero, 10), set(word::src0_scale, 0.5f);  // 0, 1, -5, 122.5
  set(word::dst_scale, 0.25f), set(word::vx_dst_zero, 3), set(word::vx_lo, -7), set(word::vx_hi, 127);
  EXPECT_EQ(run<std::int8_t>(numerics::UnaryFunction::identity, 4, 4),
            (std::vector<std::int8_t>{3, 7, -7, 127}));
  EXPECT_EQ(run<std::int8_t>(numerics::UnaryFunction::neg, 2, 2), (std::vector<std::int8_t>{3, -1}));
}

TEST_F(VectorReals, ApplyRoundsToBf16AndClampsReals) {
  types(ElementType::f32, ElementType::f32, ElementType::bf16);
  put<float>(kFirst, {1.0f, 0.3f, -8.0f});
  set(word::vx_lo, -2.0f), set(word::vx_hi, 6.0f);
  const auto y = run<numerics::Bf16>(numerics::UnaryFunction::identity, 3, 3);
  EXPECT_EQ(numerics::to_float(y[0]), 1.0f);
  EXPECT_EQ(y[1], numerics::to_bf16(0.3f));
  EXPECT_EQ(numerics::to_float(y[2]), -2.0f);
}

TEST_F(VectorReals, CombineRepeatsAScalarAlongEachRow) {
  types(ElementType::f32, ElementType::s16, ElementType::f32);
  put<float>(kFirst, {1, 2, 3, 4, 5, 6});
  put<std::int16_t>(kSecond, {10, 20});
  set(word::src0_stride, 12), set(word::src1_stride, 2), set(word::vx_dst_stride, 12),
      set(word::src1_scale, 2.0f);
  EXPECT_EQ(run<float>(Opcode::combine, static_cast<unsigned>(numerics::BinaryFunction::sub), 3, 2, 6,
                       isa::kFlagScalar1),
            (std::vector<float>{-19, -18, -17, -36, -35, -34}));
}

TEST_F(VectorReals, ReduceTakesRowsOrColumnsAndDivides) {
  types(ElementType::f32, ElementType::f32, ElementType::f32);
  put<float>(kFirst, {1, 2, 3, 5, 7, 9});
  set(word::src0_stride, 12), set(word::vx_dst_stride, 4), set(word::alpha, 3.0f);
  const auto sum = static_cast<unsigned>(numerics::Reduction::sum);
  EXPECT_EQ(run<float>(Opcode::reduce, sum, 3, 2, 2), (std::vector<float>{2, 7}));
  set(word::alpha, 2.0f);
  EXPECT_EQ(run<float>(Opcode::reduce, sum, 3, 2, 3, isa::kFlagColumns), (std::vector<float>{3, 4.5f, 6}));
}

TEST_F(VectorReals, RefusesWhatItDoesNotHave) {
  types(ElementType::f32, ElementType::f32, ElementType::f32);
  EXPECT_THROW(run<float>(Opcode::apply, numerics::kUnaryFunctions, 1, 1, 1), std::runtime_error);
  types(ElementType::s32, ElementType::f32, ElementType::f32);
  EXPECT_THROW(run<float>(numerics::UnaryFunction::identity, 1, 1), std::runtime_error);
}

}  // namespace
}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// Rung: unit. What no compiler writes but a file may hold: instructions whose operands or descriptors a unit
// cannot do. Each ends the run with the instruction and the value, before memory outside is touched, nothing
// divides by zero and nothing runs for years.
#include <gtest/gtest.h>

#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using compiler::StreamBuilder;
using compiler::word_of;
using isa::ElementType;
using isa::Opcode;
using isa::Queue;

template <typename Error = sim::ProgramFault>
std::string fault_of(StreamBuilder& builder, bool tokens = false) {
  try {
    test::run_program(test::plain_chip(8, 8), builder, sim::Engine::leap, tokens);
  } catch (const Error& error) {
    return error.what();
  }
  return "(none)";
}

void expect_fault(StreamBuilder builder, const std::string& words, bool tokens = false) {
  const std::string text = fault_of(builder, tokens);
  EXPECT_NE(text.find(words), std::string::npos) << text;
}

std::int64_t types_of(ElementType a, ElementType b, ElementType to) {
  return static_cast<int>(a) | static_cast<int>(b) << 4 | static_cast<int>(to) << 8;
}

TEST(DrainFault, MoreColumnsThanAccumulatorsHave) {
  StreamBuilder builder;
  builder.emit(Queue::drain, Opcode::drain, {{field::dr_m, 1}, {field::dr_n, 9}},
               {word_of(word::dst_stride, 16)});
  expect_fault(builder, "drain: instruction 1 takes 9 columns of accumulators that have 8");
}

TEST(DrainFault, AResultTypeThatThereIsNot) {
  StreamBuilder builder;
  builder.emit(Queue::drain, Opcode::drain, {{field::dr_m, 1}, {field::dr_n, 8}},
               {word_of(word::dst_type, 7)});
  expect_fault(builder, "has results of element type 7");
}

TEST(DrainFault, ParametersBetweenTheirPlaces) {
  StreamBuilder builder;
  builder.emit(Queue::drain, Opcode::drain, {{field::dr_m, 1}, {field::dr_n, 8}, {field::dr_params, 0x101}},
               {word_of(word::dst_stride, 16)});
  expect_fault(builder, "unified buffer: elements of 8 bytes at 0x101");
}

/// A wload of 8 x 8 weights, then a matmul with these fields and words.
StreamBuilder product(std::initializer_list<compiler::FieldValue> fields,
                      std::vector<compiler::WordValue> words, Opcode opcode = Opcode::matmul,
                      std::uint8_t flags = 0) {
  StreamBuilder builder;
  builder.emit(Queue::weight, Opcode::wload, {{field::w_k, 8}, {field::w_n, 8}});
  builder.emit(Queue::matrix, opcode, fields, words, flags);
  return builder;
}

TEST(MatrixFault, RowsThatRunBackwards) {
  expect_fault(product({{field::mx_a, 0x100}, {field::mx_m, 2}, {field::mx_k, 8}, {field::mx_n, 8}},
                       {word_of(word::a_stride, -8)}),
               "has rows -8 bytes apart");
}

TEST(MatrixFault, AStripWithoutRows) {
  expect_fault(product({{field::mx_m, 2}, {field::mx_k, 0}, {field::mx_n, 8}}, {word_of(word::a_stride, 8)}),
               "has k 0 and n 8");
}

TEST(MatrixFault, SixteenBitActivationsAtAnOddAddress) {
  expect_fault(product({{field::mx_a, 0x101}, {field::mx_m, 1}, {field::mx_k, 8}, {field::mx_n, 8}},
                       {word_of(word::a_stride, 16)}, Opcode::matmul, isa::kFlagA16),
               "elements of 2 bytes at 0x101");
}

std::vector<compiler::WordValue> window(std::initializer_list<compiler::WordValue> changes) {
  std::vector<compiler::WordValue> words{
      word_of(word::in_h, 4),       word_of(word::in_w, 4),        word_of(word::in_c, 8),
      word_of(word::out_w, 4),      word_of(word::kernel_h, 1),    word_of(word::kernel_w, 1),
      word_of(word::stride_h, 1),   word_of(word::stride_w, 1),    word_of(word::dilation_h, 1),
      word_of(word::dilation_w, 1), word_of(word::row_stride, 32), word_of(word::pixel_stride, 8)};
  for (const auto& change : changes)
    for (auto& value : words)
      if (value.index == change.index) value = change;
  return words;
}

TEST(ConvFault, SizesThatDivideAndCountAreChecked) {
  struct {
    unsigned index;
    std::int64_t value;
    const char* words;
  } const cases[] = {{word::out_w, 0, "out_w is 0; allowed are 1"},
                     {word::in_c, 0, "in_c is 0; allowed are 1"},
                     {word::in_c, -8, "in_c is -8"},
                     {word::kernel_w, 0, "kernel_w is 0"},
                     {word::kernel_h, 1 << 30, "kernel_h is 1073741824; allowed are 1 to 16777216"},
                     {word::in_w, 2147483647, "in_w is 2147483647"},
                     {word::stride_h, -1, "stride_h is -1; allowed are 0"}};
  for (const auto& one : cases)
    expect_fault(product({{field::mx_m, 4}, {field::mx_k, 8}, {field::mx_n, 8}},
                         window({word_of(one.index, one.value)}), Opcode::conv),
                 one.words);
}

TEST(WeightFault, AStripWithoutColumnsAndOneThatGathersMoreThanThereIs) {
  StreamBuilder empty, large;
  empty.emit(Queue::weight, Opcode::wload, {{field::w_k, 8}, {field::w_n, 0}});
  expect_fault(empty, "weight_dma: instruction 0 has k 8 and n 0");
  large.emit(Queue::weight, Opcode::wload, {{field::w_k, (1 << 24) - 1}, {field::w_n, 8}},
             {word_of(word::w_stride, 0)}, isa::kFlagRows);
  expect_fault(large, "gathers 134217720 bytes; device memory has 1048576");
}

TEST(VectorFault, TypesFunctionsAndWindowsThatThereAreNot) {
  StreamBuilder types, function, pool;
  types.emit(Queue::vector, Opcode::add, {{field::vx_x, 8}, {field::vx_y, 1}},
             {word_of(word::types, types_of(ElementType::u8, ElementType::s8, ElementType::u8))});
  expect_fault(types, "no operation on element types");
  function.emit(Queue::vector, Opcode::apply, {{field::vx_x, 8}, {field::vx_y, 1}},
                {word_of(word::function, 255)});
  expect_fault(function, "there is no function 255");
  auto words = window({word_of(word::out_w, 0)});
  pool.emit(Queue::vector, Opcode::pool, {{field::vx_x, 8}, {field::vx_y, 4}}, words);
  expect_fault(pool, "out_w is 0");
}

TEST(VectorFault, AReductionOfMoreThanTheBufferHolds) {
  StreamBuilder builder;
  builder.emit(Queue::vector, Opcode::reduce, {{field::vx_x, 1 << 12}, {field::vx_y, 1 << 12}},
               {word_of(word::src0_stride, 0)}, isa::kFlagColumns);
  expect_fault(builder, "reduces 4096 x 4096 elements");
}

TEST(VectorFault, AMoveOfNothingTakesNoTimeHoweverOften) {
  StreamBuilder builder;
  builder.emit(Queue::vector, Opcode::move,
               {{field::vx_x, 0}, {field::vx_y, (1 << 24) - 1}, {field::vx_z, 65535}});
  EXPECT_EQ(fault_of(builder), "(none)");
}

TEST(MemoryFault, ALoadFromBehindTheEndOfDeviceMemory) {
  StreamBuilder builder;
  builder.emit(Queue::load, Opcode::load,
               {{field::dram, 1 << 20}, {field::run_bytes, 16}, {field::run_y, 1}, {field::run_z, 1}});
  expect_fault(builder, "device memory: request for 16 bytes at 0x100000, but it ends at 0x100000");
}

TEST(CycleLimit, EndsALaunchThatWouldTakeYears) {
  StreamBuilder builder;
  builder.emit(Queue::vector, Opcode::pool, {{field::vx_x, 1 << 20}, {field::vx_y, (1 << 24) - 1}},
               window({word_of(word::kernel_h, 1 << 12), word_of(word::kernel_w, 1 << 12)}));
  EXPECT_NE(fault_of<sim::CycleLimitError>(builder).find("to which time is counted"), std::string::npos);
}

TEST(CycleLimit, IsKeptToTheCycleByBothEngines) {
  for (const sim::Engine engine : {sim::Engine::leap, sim::Engine::stepped})
    for (const Cycle limit : {Cycle{100}, Cycle{1'000'000}}) {
      StreamBuilder builder;
      builder.emit(Queue::vector, Opcode::move, {{field::vx_x, 16}, {field::vx_y, 2000}, {field::vx_z, 1}});
      models::ChipSpec chip = test::plain_chip(8, 8);
      const bool ends = limit > 100;
      const auto run = [&] {
        return test::run_program(chip, builder, engine, false, limit).statistics.cycles;
      };
      if (ends)
        EXPECT_LT(run(), limit);
      else
        EXPECT_THROW(run(), sim::CycleLimitError);
    }
}

}  // namespace
}  // namespace nnp

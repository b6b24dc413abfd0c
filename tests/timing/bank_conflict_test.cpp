// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. Bank conflicts in the chip: the unit that must wait says for how long and for whom.
#include <gtest/gtest.h>

#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using compiler::word_of;
using isa::Opcode;
using isa::Queue;
using sim::Cause;
using sim::State;

/// An addition of `rows` rows of one word keeps three phases of the vector unit busy, for `rows` cycles.
void add(compiler::StreamBuilder& builder, std::int64_t rows) {
  builder.emit(Queue::vector, Opcode::add,
               {{field::vx_dst, 0},
                {field::vx_src0, 16},
                {field::vx_src1, 32},
                {field::vx_x, 16},
                {field::vx_y, rows}},
               {word_of(word::types, 0), word_of(word::src0_stride, 16), word_of(word::src1_stride, 16),
                word_of(word::vx_dst_stride, 16)});
}

TEST(BankConflict, IsAWaitForTheUnitThatHoldsTheBanks) {
  for (const std::uint32_t banks : {3u, 4u})
    for (const sim::Engine engine : {sim::Engine::leap, sim::Engine::stepped}) {
      models::ChipSpec chip = test::plain_chip(8, 8);
      chip.buffer.banks = banks;
      chip.vector.lanes = 16;
      chip.arch.unified_buffer_bytes = Bytes{16} * banks * 1000;
      compiler::StreamBuilder builder;
      add(builder, 500);
      // The drain's stream begins while the addition runs.
      builder.emit(Queue::drain, Opcode::drain,
                   {{field::dr_dst, 20000},
                    {field::dr_params, 20000},
                    {field::dr_acc, 0},
                    {field::dr_m, 4},
                    {field::dr_n, 8}},
                   {word_of(word::dst_stride, 16), word_of(word::dst_type, 0)});
      const auto run = test::run_program(chip, builder, engine);
      Cycles waited = 0;
      for (const auto& record : run.of("drain"))
        if (record.state.cause == Cause::bank_conflict) {
          waited += record.length;
          EXPECT_EQ(run.statistics.units[record.state.resource].name, "vector");
        }
      const auto vector = run.of("vector");
      const auto ends =
          std::find_if(vector.begin(), vector.end(), [](const auto& record) { return record.length >= 500; });
      ASSERT_NE(ends, vector.end());
      const auto drain = run.of("drain");
      const auto issued = std::find_if(drain.begin(), drain.end(),
                                       [](const auto& record) { return record.state.state == State::busy; });
      ASSERT_NE(issued, drain.end());
      // With three banks nothing is free before the addition ends; with four the fourth phase comes by within
      // four cycles.
      const Cycle wanted = issued->start + 1;
      if (banks == 3)
        EXPECT_EQ(waited, ends->start + ends->length - wanted) << "engine " << static_cast<int>(engine);
      else
        EXPECT_LT(waited, 4u) << "engine " << static_cast<int>(engine);
    }
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Programs that cannot end are detected at once, and the report is the wait graph.
#include <gtest/gtest.h>

#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;

std::string deadlock_of(compiler::StreamBuilder& builder, const std::string& preset, sim::Engine engine) {
  models::ChipSpec chip = test::plain_chip(8, 8);
  chip.memory.preset = preset;
  try {
    test::run_program(chip, builder, engine, false);
  } catch (const sim::DeadlockError& error) {
    return error.what();
  }
  return "";
}

TEST(Deadlock, NamesTheInstructionAndTheTokenThatNobodySignals) {
  // Refresh of a real memory must not keep a dead chip alive.
  for (const char* preset : {"ideal", "ddr4_2400"})
    for (const sim::Engine engine : {sim::Engine::leap, sim::Engine::stepped}) {
      compiler::StreamBuilder builder;
      builder.emit(Queue::drain, Opcode::drain, {{field::dr_m, 4}, {field::dr_n, 4}});
      builder.instructions().back().wait = {5, 1};
      const std::string report = deadlock_of(builder, preset, engine);
      EXPECT_NE(report.find("drain"), std::string::npos) << preset;
      EXPECT_NE(report.find("token 5"), std::string::npos) << report;
      EXPECT_NE(report.find("sync"), std::string::npos) << report;
    }
}

TEST(Deadlock, NamesTheMissingWeights) {
  compiler::StreamBuilder builder;
  builder.emit(Queue::matrix, Opcode::matmul, {{field::mx_m, 4}, {field::mx_k, 8}, {field::mx_n, 8}},
               {compiler::word_of(isa::word::a_stride, 16)});
  const std::string report = deadlock_of(builder, "ideal", sim::Engine::leap);
  EXPECT_NE(report.find("weight tile"), std::string::npos) << report;
}

TEST(Tokens, RefuseACounterThatTwoQueuesTakeFrom) {
  compiler::StreamBuilder builder;
  for (const Queue queue : {Queue::drain, Queue::vector}) {
    builder.emit(queue, Opcode::wait, {});
    builder.instructions().back().wait = {1, 1};
  }
  EXPECT_THROW(test::run_program(test::plain_chip(8, 8), builder, sim::Engine::leap, false), sim::TokenError);
}

}  // namespace
}  // namespace nnp

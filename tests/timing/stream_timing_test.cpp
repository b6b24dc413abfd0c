// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. Drain, vector unit, banks.
#include <gtest/gtest.h>

#include "sim/units/buffers/slot_arbiter.h"
#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using compiler::word_of;
using isa::Opcode;
using isa::Queue;
using sim::State;

TEST(Drain, ReadsTheParametersThenOneRowACycle) {
  for (const auto& [m, n, type] : {std::tuple{20, 8, 0}, {20, 8, 2}, {7, 5, 0}, {1, 1, 2}, {9, 8, 3}}) {
    models::ChipSpec chip = test::plain_chip(8, 8);
    compiler::StreamBuilder builder;
    builder.emit(Queue::drain, Opcode::drain,
                 {{field::dr_dst, 1024},
                  {field::dr_params, 0},
                  {field::dr_acc, 0},
                  {field::dr_m, m},
                  {field::dr_n, n}},
                 {word_of(word::dst_stride, 32), word_of(word::dst_type, type)});
    const auto run = test::run_program(chip, builder);
    const int bytes = n * static_cast<int>(isa::element_bytes(static_cast<isa::ElementType>(type)));
    const Cycles expected = static_cast<Cycles>((8 * n + 15) / 16 + m * ((bytes + 15) / 16));
    EXPECT_EQ(run.sum("drain", State::busy), 1 + expected)
        << m << " x " << n << " type " << type << ": issue cycle, parameters, rows";
  }
}

TEST(Drain, TakesTheSlowerOfLanesAndWordsForEachRow) {
  for (const auto& [lanes, n, type, row] : {std::tuple{8u, 8, 0, 1},
                                            {4u, 8, 0, 2},
                                            {3u, 8, 0, 3},
                                            {1u, 5, 2, 5},
                                            {8u, 8, 3, 2},
                                            {64u, 3, 0, 1}}) {
    models::ChipSpec chip = test::plain_chip(8, 8);
    chip.drain.lanes = lanes;
    compiler::StreamBuilder builder;
    builder.emit(Queue::drain, Opcode::drain,
                 {{field::dr_dst, 1024},
                  {field::dr_params, 0},
                  {field::dr_acc, 0},
                  {field::dr_m, 20},
                  {field::dr_n, n}},
                 {word_of(word::dst_stride, 32), word_of(word::dst_type, type)});
    const auto run = test::run_program(chip, builder);
    EXPECT_EQ(run.sum("drain", State::busy), static_cast<Cycles>(1 + (8 * n + 15) / 16 + 20 * row))
        << lanes << " lanes, " << n << " columns, type " << type;
  }
}

TEST(Vector, TakesTheSlowestOfLanesAndWords) {
  for (const auto& [lanes, x, y, type] :
       {std::tuple{8u, 100, 3, 0}, {64u, 100, 3, 0}, {64u, 100, 3, 2}, {1u, 5, 2, 2}}) {
    models::ChipSpec chip = test::plain_chip(8, 8);
    chip.vector.lanes = lanes;
    compiler::StreamBuilder builder;
    builder.emit(Queue::vector, Opcode::add,
                 {{field::vx_dst, 0},
                  {field::vx_src0, 4096},
                  {field::vx_src1, 8192},
                  {field::vx_x, x},
                  {field::vx_y, y}},
                 {word_of(word::types, type | type << 4 | type << 8), word_of(word::src0_stride, 256),
                  word_of(word::src1_stride, 256), word_of(word::vx_dst_stride, 256)});
    const auto run = test::run_program(chip, builder);
    const Cycles words = static_cast<Cycles>((x * (type == 2 ? 2 : 1) + 15) / 16),
                 steps = ceil_div<Cycles>(static_cast<Cycles>(x), lanes);
    EXPECT_EQ(run.sum("vector", State::busy), 1 + static_cast<Cycles>(y) * std::max(words, steps))
        << lanes << " lanes, " << x << " x " << y;
  }
}

class Sleeper : public sim::Unit {
 public:
  Sleeper() : Unit("sleeper") {}
  void tick(Cycle) override {}
  Cycle next_event(Cycle) const override { return kNever; }
};

TEST(SlotArbiter, GivesEachStreamItsOwnPhaseForItsWholeLength) {
  sim::ClockDomain domain("d", 1'000'000, sim::Engine::leap);
  sim::SlotArbiter arbiter(domain, 4);
  Sleeper unit;
  domain.add(unit);
  const auto ask = [&](std::uint16_t id, Cycle earliest, Cycles length, std::uint32_t first_word,
                       sim::StreamGrant& grant) {
    sim::StreamRequest request;
    request.unit = &unit;
    request.unit_id = id;
    request.earliest = earliest, request.length = length, request.first_words[0] = first_word;
    arbiter.request(request, grant);
  };
  sim::StreamGrant a, b, c, d, e;
  ask(1, 10, 100, 0, a);
  ask(2, 10, 100, 0, b);  // the same bank in the same cycle: one later
  ask(3, 10, 100, 1, c);  // the next bank: no conflict
  domain.run_cycle(9);
  EXPECT_EQ(a.start, 10u);
  EXPECT_EQ(b.start, 11u);
  EXPECT_EQ(b.blocker, 1);
  EXPECT_EQ(c.start, 10u);
  ask(4, 20, 5, 3, d);
  ask(5, 20, 5, 3, e);  // four banks carry four streams at once: the fifth waits for the first to end
  domain.run_cycle(19);
  const auto phase = [](std::uint32_t bank, Cycle start) { return (bank + 400 - start) % 4; };
  EXPECT_NE(phase(3, d.start), phase(0, a.start));
  EXPECT_NE(phase(3, d.start), phase(0, b.start));
  EXPECT_NE(phase(3, d.start), phase(1, c.start));
  EXPECT_GE(e.start, d.start + 5);
}

TEST(SlotArbiter, DecidesByPriorityWhateverTheOrderOfRequests) {
  for (const bool swapped : {false, true}) {
    sim::ClockDomain domain("d", 1'000'000, sim::Engine::leap);
    sim::SlotArbiter arbiter(domain, 2);
    Sleeper unit;
    domain.add(unit);
    sim::StreamGrant low, high;
    const auto ask = [&](std::uint16_t id, sim::StreamGrant& grant) {
      sim::StreamRequest request;
      request.unit = &unit, request.unit_id = id, request.earliest = 5, request.length = 10;
      arbiter.request(request, grant);
    };
    if (swapped)
      ask(9, low), ask(1, high);
    else
      ask(1, high), ask(9, low);
    domain.run_cycle(4);
    EXPECT_EQ(high.start, 5u);
    EXPECT_EQ(low.start, 6u);
  }
}

}  // namespace
}  // namespace nnp

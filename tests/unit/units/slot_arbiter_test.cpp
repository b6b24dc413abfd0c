// SPDX-License-Identifier: Apache-2.0
// Rung: property. The arbiter decides in phases and closed form; a table of every bank in every cycle must
// come to the same starts, ends, conflict cycles and blockers.
#include <gtest/gtest.h>

#include "tests/support/arbiter_bench.h"
#include "tests/support/validation/sram.h"

namespace nnp {
namespace {

using Arbiter = test::ArbiterBench;

TEST(SlotArbiter, AgreesWithATableOfEveryBankInEveryCycle) {
  int streams = 0, delayed = 0;
  for (std::uint64_t seed = 0; seed < test::kBankMixes; ++seed) {
    const test::ComparedMix mix = test::compare_bank_mix(seed);
    ASSERT_EQ(mix.difference, "");
    streams += mix.streams, delayed += mix.delayed;
  }
  EXPECT_GT(delayed, streams / 5);  // else the mixes test little
}

TEST(SlotArbiter, AsksForNoBankBeforeTheStart) {
  // Two sequences begin in one bank: one lags. The stream before ends in cycle 9, right where a sequence that
  // ran ahead would be.
  Arbiter arbiter(4);
  arbiter.ask({1, 9, 1, {0}});
  auto& grant = arbiter.ask({2, 10, 4, {0, 0}});
  arbiter.run_cycle(8);
  EXPECT_EQ(grant.start, 10u);
  EXPECT_EQ(grant.end, 15u);  // the lagging one's last access is in cycle 14
}

TEST(SlotArbiter, LetsTheDestinationLagBehindTheSources) {
  Arbiter arbiter(8);
  arbiter.ask({1, 10, 20, {0, 0}});
  // In cycle 30 only the lagging sequence still runs; it began at word 0 in cycle 11 and is in bank 19 mod 8.
  auto& meets = arbiter.ask({2, 30, 1, {19}});
  auto& misses = arbiter.ask({3, 30, 1, {20}});
  arbiter.run_cycle(9);
  EXPECT_EQ(meets.start, 31u);
  EXPECT_EQ(misses.start, 30u);
}

TEST(SlotArbiter, NamesABlockerForEveryWait) {
  // Three sequences that begin in one bank need phases 2, 1 and 0, of which unit 2 holds the last; that phase
  // 3 becomes free in between does not help.
  Arbiter arbiter(4);
  arbiter.ask({1, 10, 1, {1}});
  arbiter.ask({2, 10, 100, {2}});
  auto& grant = arbiter.ask({3, 10, 5, {0, 0, 0}});
  arbiter.run_cycle(9);
  EXPECT_EQ(grant.start, 13u);
  EXPECT_EQ(grant.blocker, 2);
}

TEST(SlotArbiter, BlamesTheHolderThatGoesOnLongest) {
  // In cycle 10 both banks are held: by unit 1 up to 300, by unit 2 up to 20. In cycle 11 neither is in the
  // way.
  for (const auto& words : {std::vector<std::uint32_t>{0, 2}, {2, 0}}) {
    Arbiter arbiter(4);
    arbiter.ask({1, 10, 290, {0}});
    arbiter.ask({2, 10, 10, {2}});
    auto& grant = arbiter.ask({3, 10, 5, words});
    arbiter.run_cycle(9);
    EXPECT_EQ(grant.start, 11u);
    EXPECT_EQ(grant.blocker, 1) << "first words " << words[0] << ", " << words[1];
  }
}

TEST(SlotArbiter, GivesAShortStreamTheGapBeforeALaterOne) {
  Arbiter arbiter(4);
  for (std::uint16_t unit = 1; unit <= 3; ++unit) arbiter.ask({unit, 10, 40, {unit}});
  auto& later = arbiter.ask({4, 30, 10, {0}});
  auto& fits = arbiter.ask({5, 10, 8, {0}});
  arbiter.run_cycle(9);
  EXPECT_EQ(later.start, 30u);
  EXPECT_EQ(fits.start, 10u);
}

TEST(SlotArbiter, DecidesAboutFarFuturesAtOnce) {
  constexpr Cycles kLong = 1'000'000'000'000;
  Arbiter arbiter(4);
  for (std::uint16_t unit = 1; unit <= 4; ++unit) arbiter.ask({unit, 1, kLong, {unit}});
  auto& grant = arbiter.ask({5, 1, 1, {0}});
  arbiter.run_cycle(0);
  EXPECT_EQ(grant.start, 1 + kLong);
}

TEST(SlotArbiter, WakesItsUnitWhenThereIsSomethingToDo) {
  struct Asking : sim::Unit {
    Asking() : Unit("asking") {}
    void tick(Cycle now) override { woken.push_back(now); }
    Cycle next_event(Cycle) const override { return kNever; }
    std::vector<Cycle> woken;
  };
  sim::ClockDomain domain("core", 1'000'000, sim::Engine::leap);
  sim::SlotArbiter arbiter(domain, 4);
  Asking starts, rests, waits;
  for (Asking* unit : {&starts, &rests, &waits}) domain.add(*unit);
  domain.run_cycle(0);
  sim::StreamGrant grants[3];
  std::uint16_t id = 0;
  for (Asking* unit : {&starts, &rests, &waits}) {
    unit->woken.clear();
    sim::StreamRequest request;
    request.unit = unit, request.unit_id = id, request.earliest = 10, request.length = 6;
    request.quiet = unit == &starts ? 0 : 6;
    request.first_words[0] = unit == &starts ? 0 : 1;
    arbiter.request(request, grants[id++]);
  }
  domain.run_cycle(9);
  while (domain.next_due() != kNever) domain.run_cycle(domain.next_due());
  EXPECT_EQ(starts.woken, std::vector<Cycle>{10});
  EXPECT_EQ(rests.woken, std::vector<Cycle>{16}) << "nothing to do until its stream has ended";
  EXPECT_GT(grants[2].start, 10u) << "its bank is taken";
  EXPECT_EQ(waits.woken, std::vector<Cycle>{10}) << "it waits from now on";
}

}  // namespace
}  // namespace nnp

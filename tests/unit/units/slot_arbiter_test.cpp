// SPDX-License-Identifier: Apache-2.0
// Rung: property. The arbiter decides in phases and closed form; a table of every bank in every cycle must
// come to the same starts, ends, conflict cycles and blockers.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

#include "sim/units/buffers/slot_arbiter.h"
#include "tests/support/bank_model.h"

namespace nnp {
namespace {

class Sleeper : public sim::Unit {
 public:
  Sleeper() : Unit("sleeper") {}
  void tick(Cycle) override {}
  Cycle next_event(Cycle) const override { return kNever; }
};

/// An arbiter alone. ask() before run_cycle() of the cycle in which the units ask.
class Arbiter {
 public:
  explicit Arbiter(std::uint32_t banks)
      : domain_("core", 1'000'000, sim::Engine::leap), arbiter_(domain_, banks) {
    domain_.add(unit_);
  }
  sim::StreamGrant& ask(const test::BankStream& stream) {
    sim::StreamRequest request;
    request.unit = &unit_, request.unit_id = stream.unit;
    request.earliest = stream.earliest, request.length = stream.length;
    request.sequences = static_cast<unsigned>(stream.first_words.size());
    std::copy(stream.first_words.begin(), stream.first_words.end(), request.first_words.begin());
    arbiter_.request(request, grants_.emplace_back());
    return grants_.back();
  }
  void run_cycle(Cycle cycle) { domain_.run_cycle(cycle); }

 private:
  sim::ClockDomain domain_;
  sim::SlotArbiter arbiter_;
  Sleeper unit_;
  std::deque<sim::StreamGrant> grants_;
};

struct Compared {
  int streams = 0, delayed = 0;
  Cycles conflict_cycles = 0;
};

void compare(std::uint64_t seed, Compared& compared) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  const auto banks = static_cast<std::uint32_t>(4 + below(29));
  const Cycles longest = std::initializer_list<Cycles>{2, 8, 40, 150}.begin()[below(4)];
  const std::uint64_t askers = 1 + below(6);  // at most, in a cycle
  // Half the units ask, for two sequences of half the length: from about what the banks can serve to an
  // eighth.
  const Cycles pause = 2 + (1 + below(8)) * longest * askers / banks;
  Arbiter arbiter(banks);
  test::BankModel model(banks);
  Cycle now = below(100);
  for (int step = 0; step < 40; ++step, now += 1 + below(pause)) {
    std::vector<test::BankStream> streams;
    for (std::uint16_t unit = 0; unit < 8 && streams.size() < askers; ++unit) {
      if (below(2)) continue;
      test::BankStream stream{unit, now + 1 + (below(4) == 0 ? below(10) : 0), 1 + below(longest), {}};
      for (std::uint64_t sequences = 1 + below(3); sequences > 0; --sequences)
        stream.first_words.push_back(static_cast<std::uint32_t>(below(3) ? below(3) : below(100'000)));
      streams.push_back(stream);
    }
    std::vector<std::size_t> order(streams.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    std::vector<const sim::StreamGrant*> grants(streams.size());
    for (const std::size_t i : order) grants[i] = &arbiter.ask(streams[i]);
    arbiter.run_cycle(now);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      const test::BankPlacement wanted = model.place(streams[i]);
      const std::string where =
          fmt::format("compare({}): step {}, {} banks, unit {} asks for {} cycles from {} on", seed, step,
                      banks, streams[i].unit, streams[i].length, streams[i].earliest);
      ++compared.streams;
      compared.delayed += wanted.conflict_cycles > 0;
      compared.conflict_cycles += wanted.conflict_cycles;
      ASSERT_EQ(grants[i]->start, wanted.start) << where;
      ASSERT_EQ(grants[i]->end, wanted.end) << where;
      ASSERT_EQ(grants[i]->start - grants[i]->wanted, wanted.conflict_cycles) << where;
      ASSERT_EQ(grants[i]->blocker, wanted.blocker) << where;
    }
  }
}

TEST(SlotArbiter, AgreesWithATableOfEveryBankInEveryCycle) {
  Compared compared;
  for (std::uint64_t seed = 0; seed < 600 && !testing::Test::HasFatalFailure(); ++seed)
    compare(seed, compared);
  RecordProperty("compared", fmt::format("{} streams, {} of them delayed by {} cycles in all",
                                         compared.streams, compared.delayed, compared.conflict_cycles));
  EXPECT_GT(compared.delayed, compared.streams / 5);  // else the mixes test little
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

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Two-phase channels and bridges: what is seen when.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <random>

#include "sim/kernel/bridge.h"
#include "sim/kernel/channel.h"

namespace nnp::sim {
namespace {

/// Does what the test says, in each tick.
class Scripted : public Unit {
 public:
  explicit Scripted(std::function<void(Cycle)> script) : Unit("scripted"), script_(std::move(script)) {}
  void tick(Cycle now) override { script_(now); }
  Cycle next_event(Cycle) const override { return kNever; }

 private:
  std::function<void(Cycle)> script_;
};

TEST(Channel, ShowsWhatWasPushedFromTheNextCycleOnWhateverTheOrderOfUnits) {
  for (const bool receiver_first : {false, true}) {
    ClockDomain domain("d", 1'000'000, Engine::stepped);
    Channel<int> channel(domain, 4);
    std::vector<Cycle> seen;
    Scripted sender([&](Cycle now) {
      if (now == 3) channel.push(7);
    });
    Scripted receiver([&](Cycle now) {
      if (!channel.empty()) seen.push_back(now), channel.pop();
    });
    channel.connect(&sender, &receiver);
    domain.add(receiver_first ? receiver : sender);
    domain.add(receiver_first ? sender : receiver);
    for (Cycle cycle = 1; cycle < 8; ++cycle) domain.run_cycle(cycle);
    EXPECT_EQ(seen, std::vector<Cycle>{4}) << "receiver first: " << receiver_first;
  }
}

TEST(Channel, WakesItsReceiverOnlyForWhatArrivesBehindFewEnoughOthers) {
  for (const std::size_t others : {1u, 2u}) {
    ClockDomain domain("d", 1'000'000, Engine::leap);
    Channel<int> channel(domain, 4);
    std::vector<Cycle> woken;
    Scripted sender([&](Cycle now) {
      if (now >= 10) channel.push(0);
    });
    Scripted receiver([&](Cycle now) {
      woken.push_back(now);
      if (now == 30) channel.pop(), channel.pop(), channel.pop();
    });
    channel.connect(nullptr, &receiver);
    channel.wake_before(others);
    domain.add(sender), domain.add(receiver);
    domain.run_cycle(0);
    woken.clear();
    const auto run = [&](Unit& unit, Cycle cycle) {
      domain.wake(unit, cycle);
      for (Cycle due = cycle; due != kNever; due = domain.next_due()) domain.run_cycle(due);
    };
    run(sender, 10), run(sender, 15), run(sender, 20), run(receiver, 30), run(sender, 40);
    const std::vector<Cycle> one{11, 30, 41}, two{11, 16, 30, 41};
    EXPECT_EQ(woken, others == 1 ? one : two) << "the third always finds two others";
  }
}

TEST(Channel, HoldsAsManyAsItWasMadeFor) {
  ClockDomain domain("d", 1'000'000, Engine::leap);
  Channel<int> channel(domain, 5);  // no power of two
  int sent = 0, taken = 0;
  for (Cycle cycle = 0; cycle < 80; cycle += 2) {
    while (channel.can_push()) channel.push(sent++);
    EXPECT_LE(sent - taken, 5);
    domain.run_cycle(cycle);
    EXPECT_EQ(channel.size(), 5u);
    for (int i = 0; i < 3; ++i) ASSERT_EQ(channel.pop(), taken++);
    domain.run_cycle(cycle + 1);
  }
}

TEST(Channel, LetsAFreedPlaceBeUsedFromTheNextCycleOn) {
  for (const bool receiver_first : {false, true}) {
    ClockDomain domain("d", 1'000'000, Engine::stepped);
    Channel<int> channel(domain, 1);
    std::vector<Cycle> pushed;
    Scripted sender([&](Cycle now) {
      if (channel.can_push()) channel.push(1), pushed.push_back(now);
    });
    Scripted receiver([&](Cycle now) {
      if (now == 5) channel.pop();
    });
    channel.connect(&sender, &receiver);
    domain.add(receiver_first ? receiver : sender);
    domain.add(receiver_first ? sender : receiver);
    for (Cycle cycle = 1; cycle < 8; ++cycle) domain.run_cycle(cycle);
    EXPECT_EQ(pushed, (std::vector<Cycle>{1, 6})) << "receiver first: " << receiver_first;
  }
}

TEST(Channel, WakesASleepingReceiverInTheCycleAfterThePush) {
  ClockDomain domain("d", 1'000'000, Engine::leap);
  Channel<int> channel(domain, 2);
  Cycle last_tick = 0;
  Scripted receiver([&](Cycle now) { last_tick = now; });
  Scripted sender([&](Cycle) { channel.push(1); });
  channel.connect(&sender, &receiver);
  domain.add(receiver);
  domain.run_cycle(1);
  domain.add(sender);
  domain.wake(sender, 10);
  domain.run_cycle(10);
  EXPECT_EQ(domain.next_due(), 11u);
  domain.run_cycle(11);
  EXPECT_EQ(last_tick, 11u);
}

TEST(Channel, RefusesAPushIntoAFullRingAsOurOwnFault) {
  ClockDomain domain("d", 1'000'000, Engine::leap);
  Channel<int> channel(domain, 1);
  channel.push(1);
  EXPECT_THROW(channel.push(2), InternalError);
}

TEST(Bridge, ShowsAMessageAtTheFirstEdgeStrictlyAfterItsTime) {
  ClockDomain receiver("d", 1'000'000, Engine::leap);  // edges every 1000 ps
  Bridge<int> bridge(receiver);
  bridge.push(1, 5000);
  bridge.push(2, 5001);
  bridge.push(3, 4999);
  EXPECT_FALSE(bridge.ready(4));
  EXPECT_TRUE(bridge.ready(5));
  EXPECT_EQ(bridge.pop(), 3);
  EXPECT_FALSE(bridge.ready(5));
  EXPECT_EQ(bridge.next(5), 6u);
  EXPECT_EQ(bridge.pop(), 1);
  EXPECT_EQ(bridge.pop(), 2);
}

// Few at a time, and many, some of them thousands of cycles ahead; taken at once, or some cycles late.
TEST(Bridge, ShowsMessagesByTimeAndThoseOfOneTimeAsTheyWerePushed) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t limit) { return random() % limit; };
    const std::uint64_t most = std::array{3u, 60u}[below(2)],
                        ahead = std::array{20u, 1000u, 1100u, 5000u}[below(4)], late = 1 + below(30);
    ClockDomain domain("d", 1'000'000, Engine::stepped);  // edges every 1000 ps
    Bridge<int> bridge(domain);
    std::multimap<Cycle, int> expected;  // keeps the order of equal keys
    int next = 0;
    Scripted receiver([&](Cycle now) {
      if (now % late != 0) return;
      ASSERT_EQ(bridge.empty(), expected.empty());
      for (; !expected.empty() && expected.begin()->first <= now; expected.erase(expected.begin())) {
        ASSERT_TRUE(bridge.ready(now));
        ASSERT_EQ(bridge.front(), expected.begin()->second);
        ASSERT_EQ(bridge.pop(), expected.begin()->second);
      }
      ASSERT_FALSE(bridge.ready(now));
      ASSERT_EQ(bridge.next(now), expected.empty() ? kNever : expected.begin()->first);
    });
    domain.add(receiver);
    for (Cycle cycle = 0; cycle < 3000; ++cycle) {
      domain.run_cycle(cycle);
      if (HasFailure()) return;
      for (std::uint64_t left = below(8) == 0 ? below(most) : 0; left > 0; --left, ++next) {
        const Cycle before = cycle + below(ahead);
        bridge.push(next, before * 1000 + below(1000));
        expected.emplace(before + 1, next);
      }
    }
  }
}

TEST(Bridge, GivesToATakerAtOnceAndWakesNobody) {
  struct Taker : BridgeTaker<int> {
    std::vector<std::pair<int, Cycle>> taken;
    void take(const int& item, Cycle ready) override { taken.emplace_back(item, ready); }
  } taker;
  ClockDomain domain("d", 1'000'000, Engine::leap);
  Bridge<int> bridge(domain);
  Scripted receiver([](Cycle) {});
  domain.add(receiver);
  bridge.connect(&receiver);
  bridge.give_to(&taker);
  domain.run_cycle(0);
  bridge.push(1, 4000);
  bridge.push(2, 4999);
  EXPECT_EQ(taker.taken, (std::vector<std::pair<int, Cycle>>{{1, 5}, {2, 5}}));
  EXPECT_EQ(domain.next_due(), kNever);
  EXPECT_TRUE(bridge.empty());
}

TEST(Bridge, LetsAReceiverRest) {
  ClockDomain domain("d", 1'000'000, Engine::leap);
  Bridge<int> bridge(domain);
  Scripted receiver([](Cycle) {});
  domain.add(receiver);
  bridge.connect(&receiver);
  domain.run_cycle(0);
  bridge.rest_until(9);
  bridge.push(1, 4000);
  EXPECT_EQ(domain.next_due(), 9u);
  EXPECT_EQ(bridge.next(0), 5u);
  EXPECT_EQ(bridge.next_wake(0), 9u);
  bridge.push(2, 11000);
  bridge.rest_until(0);
  bridge.push(3, 6000);
  EXPECT_EQ(domain.next_due(), 7u);
}

}  // namespace
}  // namespace nnp::sim

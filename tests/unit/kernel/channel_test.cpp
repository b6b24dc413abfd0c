// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Two-phase channels and bridges: what is seen when.
#include <gtest/gtest.h>

#include <functional>

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

}  // namespace
}  // namespace nnp::sim

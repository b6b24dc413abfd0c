// SPDX-License-Identifier: Apache-2.0
// Rung: unit. Domains run in time order; a dead simulation says who waits for what.
#include <gtest/gtest.h>

#include "sim/kernel/bridge.h"
#include "sim/kernel/simulation.h"

namespace nnp::sim {
namespace {

/// Ticks every `period` cycles and notes the time.
class Beat : public Unit {
 public:
  Beat(ClockDomain& domain, Cycles period, Cycles beats, std::vector<Picoseconds>& times)
      : Unit("beat"), domain_(domain), period_(period), beats_(beats), times_(times) {}
  void tick(Cycle now) override {
    if (now % period_ == 0 && now / period_ <= beats_) times_.push_back(domain_.edge(now));
  }
  Cycle next_event(Cycle now) const override {
    return now / period_ >= beats_ ? kNever : (now / period_ + 1) * period_;
  }
  std::string waiting_for() const override { return "the end of time"; }

 private:
  ClockDomain& domain_;
  Cycles period_, beats_;
  std::vector<Picoseconds>& times_;
};

TEST(Simulation, RunsDomainsInTimeOrderAndReportsTheWaitGraphWhenNothingCanHappen) {
  for (const Engine engine : {Engine::leap, Engine::stepped}) {
    ClockDomain fast("fast", 1'000'000, engine), slow("slow", 300'000, engine);
    std::vector<Picoseconds> times;
    Beat a(fast, 3, 4, times), b(slow, 1, 3, times);
    fast.add(a);
    slow.add(b);
    Simulation simulation(engine);
    simulation.add(fast);
    simulation.add(slow);
    try {
      simulation.run(~Picoseconds{0}, [] { return false; });
      FAIL() << "nothing is left to do, but the run goes on";
    } catch (const DeadlockError& error) {
      EXPECT_NE(std::string(error.what()).find("beat"), std::string::npos);
      EXPECT_NE(std::string(error.what()).find("the end of time"), std::string::npos);
    }
    // fast: 3, 6, 9, 12 ns; slow: 3.333, 6.666, 10 ns.
    EXPECT_EQ(times, (std::vector<Picoseconds>{3000, 3333, 6000, 6666, 9000, 10'000, 12'000}));
  }
}

/// Notes the time of each message.
class Receiver : public Unit {
 public:
  Receiver(ClockDomain& domain, std::vector<Picoseconds>& times)
      : Unit("receiver"), domain_(domain), messages(domain), times_(times) {
    messages.connect(this);
  }
  void tick(Cycle now) override {
    for (; messages.ready(now); messages.pop()) times_.push_back(domain_.edge(now));
  }
  Cycle next_event(Cycle now) const override { return messages.next(now); }

 private:
  ClockDomain& domain_;

 public:
  Bridge<int> messages;

 private:
  std::vector<Picoseconds>& times_;
};

// While one domain has the next cycles to itself, a message may bring another's forward.
TEST(Simulation, RunsADomainThatWasSentAMessageInItsTime) {
  struct Sender : Beat {
    using Beat::Beat;
    void tick(Cycle now) override {
      Beat::tick(now);
      if (now == 3) receiver->messages.push(0, 4000);
    }
    Receiver* receiver = nullptr;
  };
  for (const Engine engine : {Engine::leap, Engine::stepped}) {
    ClockDomain fast("fast", 1'000'000, engine), slow("slow", 400'000, engine);
    std::vector<Picoseconds> times;
    Sender sender(fast, 1, 7, times);
    Receiver receiver(slow, times);
    sender.receiver = &receiver;
    fast.add(sender);
    slow.add(receiver);
    Simulation simulation(engine);
    simulation.add(fast);
    simulation.add(slow);
    EXPECT_TRUE(simulation.run(~Picoseconds{0}, [&] { return fast.now() == 7; }));
    // slow has edges at 2.5, 5 and 7.5 ns; of the two at 5 ns either may go first.
    EXPECT_EQ(times, (std::vector<Picoseconds>{1000, 2000, 3000, 4000, 5000, 5000, 6000, 7000}));
  }
}

TEST(Simulation, StopsBeforeAnEdgeThatIsLaterThanTheLimit) {
  ClockDomain domain("d", 1'000'000, Engine::leap);
  std::vector<Picoseconds> times;
  Beat beat(domain, 10, 5, times);
  domain.add(beat);
  Simulation simulation(Engine::leap);
  simulation.add(domain);
  EXPECT_FALSE(simulation.run(25'000, [] { return false; }));
  EXPECT_EQ(times, (std::vector<Picoseconds>{10'000, 20'000}));
  EXPECT_TRUE(simulation.run(~Picoseconds{0}, [&] { return times.size() == 3; }));
}

}  // namespace
}  // namespace nnp::sim

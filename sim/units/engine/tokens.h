// SPDX-License-Identifier: Apache-2.0
// The token counters: the only order between queues. A signal of cycle n can be taken from n + 1 on.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "isa/instruction/instruction.h"
#include "sim/kernel/accounting.h"
#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

/// A counter went past 65535: the program signals without anyone taking.
struct TokenError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class TokenFile : public Committable {
 public:
  explicit TokenFile(ClockDomain& domain) : domain_(domain) {}
  /// Counter values of a launch; who takes from and who signals each counter (nullptr and kNoUnit where
  /// nobody does).
  void start(const std::array<std::uint16_t, isa::kTokenCounters>& values) {
    for (unsigned i = 0; i < isa::kTokenCounters; ++i)
      counters_[i] = Counter{.value = values[i], .initial = values[i]};
  }
  void set_taker(unsigned counter, Unit* unit) { counters_[counter].taker = unit; }
  Unit* taker(unsigned counter) const { return counters_[counter].taker; }
  /// `unit` will signal the counter by `amount` more in this launch.
  void expect(unsigned counter, std::uint16_t id, const Unit* unit, std::uint32_t amount) {
    counters_[counter].source = id;
    counters_[counter].source_unit = unit;
    counters_[counter].expected += amount;
  }
  std::uint16_t source(unsigned counter) const { return counters_[counter].source; }
  const Unit* source_unit(unsigned counter) const { return counters_[counter].source_unit; }

  bool available(isa::TokenOp wait) const { return counters_[wait.counter].value >= wait.amount; }
  std::uint32_t value(unsigned counter) const { return counters_[counter].value; }
  void take(isa::TokenOp wait, std::uint32_t instruction, Cycle now) {
    Counter& counter = counters_[wait.counter];
    counter.value -= wait.amount;
    counter.note({now, instruction, -static_cast<int>(wait.amount)});
  }

  /// One change of a counter.
  struct Change {
    Cycle cycle = kNever;
    std::uint32_t instruction = kNoInstruction;
    int amount = 0;  // positive: signalled
  };
  /// The latest signal: what ended the taker's wait. Its cycle is that of the retirement.
  const Change& last_signal(unsigned counter) const { return counters_[counter].last_signal; }
  /// What a report of a deadlock says of a counter: who signals it, what is still to come, its latest
  /// changes.
  std::string story(unsigned counter) const;

  void signal(isa::TokenOp signal, std::uint32_t instruction, Cycle now) {
    pending_.push_back({signal, instruction, now});
    domain_.commit_later(*this);
  }

 private:
  static constexpr std::size_t kHistory = 6;
  struct Counter {
    std::uint32_t value = 0;
    Unit* taker = nullptr;
    std::uint16_t source = kNoUnit;
    const Unit* source_unit = nullptr;
    std::uint32_t initial = 0;
    std::uint64_t expected = 0, signalled = 0;  // in this launch
    Change last_signal{};
    std::array<Change, kHistory> history{};
    std::size_t changes = 0;
    void note(const Change& change) { history[changes++ % kHistory] = change; }
  };
  struct Pending {
    isa::TokenOp signal;
    std::uint32_t instruction;
    Cycle cycle;
  };
  void commit(Cycle now) override {
    // Signals of one cycle in program order, so that the order in which units tick cannot matter.
    if (pending_.size() > 1)
      std::sort(pending_.begin(), pending_.end(),
                [](const Pending& a, const Pending& b) { return a.instruction < b.instruction; });
    for (const Pending& pending : pending_) {
      Counter& counter = counters_[pending.signal.counter];
      counter.value += pending.signal.amount;
      counter.signalled += pending.signal.amount;
      counter.last_signal = {pending.cycle, pending.instruction, pending.signal.amount};
      counter.note(counter.last_signal);
      if (counter.value > 0xFFFF)
        throw TokenError(fmt::format("token counter {} passes 65535 at instruction {}",
                                     pending.signal.counter, pending.instruction));
      if (counter.taker != nullptr) domain_.wake(*counter.taker, now + 1);
    }
    pending_.clear();
  }
  ClockDomain& domain_;
  std::array<Counter, isa::kTokenCounters> counters_{};
  std::vector<Pending> pending_;
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// The token counters: the only order between queues. A signal of cycle n can be taken from n + 1 on.
#pragma once

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
  /// Counter values of a launch; who takes from and who signals each counter (nullptr and kNoUnit where nobody does).
  void start(const std::array<std::uint16_t, isa::kTokenCounters>& values) {
    for (unsigned i = 0; i < isa::kTokenCounters; ++i) counters_[i] = Counter{values[i], nullptr, kNoUnit, kNoInstruction};
  }
  void set_taker(unsigned counter, Unit* unit) { counters_[counter].taker = unit; }
  Unit* taker(unsigned counter) const { return counters_[counter].taker; }
  void set_source(unsigned counter, std::uint16_t unit) { counters_[counter].source = unit; }
  std::uint16_t source(unsigned counter) const { return counters_[counter].source; }

  bool available(isa::TokenOp wait) const { return counters_[wait.counter].value >= wait.amount; }
  std::uint32_t value(unsigned counter) const { return counters_[counter].value; }
  void take(isa::TokenOp wait) { counters_[wait.counter].value -= wait.amount; }
  /// The instruction whose signal came last: what ended the taker's wait.
  std::uint32_t last_signaller(unsigned counter) const { return counters_[counter].signaller; }

  void signal(isa::TokenOp signal, std::uint32_t instruction) {
    pending_.push_back({signal, instruction});
    domain_.commit_later(*this);
  }

 private:
  struct Counter {
    std::uint32_t value;
    Unit* taker;
    std::uint16_t source;
    std::uint32_t signaller;
  };
  struct Pending {
    isa::TokenOp signal;
    std::uint32_t instruction;
  };
  void commit(Cycle now) override {
    for (const Pending& pending : pending_) {
      Counter& counter = counters_[pending.signal.counter];
      counter.value += pending.signal.amount;
      counter.signaller = pending.instruction;
      if (counter.value > 0xFFFF)
        throw TokenError(fmt::format("token counter {} passes 65535 at instruction {}", pending.signal.counter, pending.instruction));
      if (counter.taker != nullptr) domain_.wake(*counter.taker, now + 1);
    }
    pending_.clear();
  }
  ClockDomain& domain_;
  std::array<Counter, isa::kTokenCounters> counters_{};
  std::vector<Pending> pending_;
};

}  // namespace nnp::sim

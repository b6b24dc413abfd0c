// SPDX-License-Identifier: Apache-2.0
// The buffer's arbiter alone, in a core domain of its own.
#pragma once

#include <algorithm>
#include <deque>

#include "sim/units/buffers/slot_arbiter.h"
#include "tests/support/bank_model.h"

namespace nnp::test {

/// ask() before run_cycle() of the cycle in which the units ask.
class ArbiterBench {
 public:
  explicit ArbiterBench(std::uint32_t banks)
      : domain_("core", 1'000'000, sim::Engine::leap), arbiter_(domain_, banks) {
    domain_.add(unit_);
  }
  sim::StreamGrant& ask(const BankStream& stream) {
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
  struct Sleeper : sim::Unit {
    Sleeper() : Unit("sleeper") {}
    void tick(Cycle) override {}
    Cycle next_event(Cycle) const override { return kNever; }
  };
  sim::ClockDomain domain_;
  sim::SlotArbiter arbiter_;
  Sleeper unit_;
  std::deque<sim::StreamGrant> grants_;
};

}  // namespace nnp::test

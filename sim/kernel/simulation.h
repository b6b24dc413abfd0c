// SPDX-License-Identifier: Apache-2.0
// Runs several clock domains in time order: always the earliest edge that is due. A plain loop; the SystemC
// process of sim/chip calls it with the time up to which it may run ahead.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

/// Every unit sleeps and nothing can wake them. The text is the wait graph; `layers` are those it speaks of.
struct DeadlockError : std::runtime_error {
  explicit DeadlockError(const std::string& text, std::vector<std::uint16_t> of_layers = {})
      : std::runtime_error(text), layers(std::move(of_layers)) {}
  std::vector<std::uint16_t> layers;
};

/// A run goes on to a cycle at which it is to be stopped, or to which time cannot be counted.
struct CycleLimitError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Its edge is a number of picoseconds: ClockDomain::edge() multiplies by 10^9 in 64 bits.
inline constexpr Cycle kLastCycle = ~Cycle{0} / 1'000'000'000;

class Simulation {
 public:
  explicit Simulation(Engine engine) : engine_(engine) {}
  void add(ClockDomain& domain) { domains_.push_back(&domain); }

  /// Runs until `done()` (asked after every cycle of the first domain) or until the next edge would be later
  /// than `limit`. Returns true when done. Throws DeadlockError when no foreground event is left,
  /// CycleLimitError past kLastCycle.
  bool run(Picoseconds limit, const std::function<bool()>& done);

  /// The present: the edge of the last cycle run.
  Picoseconds now() const { return last_run_ == nullptr ? 0 : last_run_->edge(last_run_->now()); }
  void reset() { last_run_ = nullptr; }
  Engine engine() const { return engine_; }

 private:
  DeadlockError deadlock() const;
  Engine engine_;
  std::vector<ClockDomain*> domains_;
  const ClockDomain* last_run_ = nullptr;
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/simulation.h"

namespace nnp::sim {

bool Simulation::run(Picoseconds limit, const std::function<bool()>& done) {
  while (true) {
    // The earliest edge that is due. Which of two equal edges goes first cannot matter: bridges are strict.
    ClockDomain* next_domain = nullptr;
    Cycle next_cycle = kNever;
    Picoseconds next_time = ~Picoseconds{0};
    bool any_due = false;
    for (ClockDomain* domain : domains_) {
      Cycle cycle = domain->next_due();
      any_due |= cycle != kNever;
      if (engine_ == Engine::stepped) cycle = domain->now() + 1;
      if (cycle == kNever) continue;
      if (cycle <= domain->now()) cycle = domain->now() + 1;
      const Picoseconds time = domain->edge(cycle);
      if (time < next_time) next_time = time, next_domain = domain, next_cycle = cycle;
    }
    if (!any_due) throw DeadlockError(wait_graph());
    if (next_time > limit) return false;
    now_ = next_time;
    next_domain->run_cycle(next_cycle);
    if (next_domain == domains_.front() && done()) return true;
  }
}

std::string Simulation::wait_graph() const {
  std::string text = fmt::format("deadlock: no unit can go on after {} ps", now_);
  for (const ClockDomain* domain : domains_)
    for (const Unit* unit : domain->units())
      if (const std::string wait = unit->waiting_for(); !wait.empty())
        text += fmt::format("\n  {} (cycle {} of {}): {}", unit->name(), domain->now(), domain->name(), wait);
  return text;
}

}  // namespace nnp::sim

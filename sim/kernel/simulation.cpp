// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/simulation.h"

#include <algorithm>

namespace nnp::sim {

bool Simulation::run(Picoseconds limit, const std::function<bool()>& done) {
  struct Edge {
    Cycle cycle = kNever;
    Picoseconds time = ~Picoseconds{0};
  };
  std::vector<Edge> known(domains_.size());  // computed last for each domain: most runs change one
  while (true) {
    // The earliest edge that is due. Which of two equal edges goes first cannot matter: bridges are strict.
    ClockDomain* next_domain = nullptr;
    Cycle next_cycle = kNever;
    Picoseconds next_time = ~Picoseconds{0};
    bool any_due = false;
    for (std::size_t i = 0; i < domains_.size(); ++i) {
      ClockDomain* domain = domains_[i];
      Cycle cycle = domain->next_due();
      any_due |= cycle != kNever;
      if (engine_ == Engine::stepped) cycle = domain->now() + 1;
      if (cycle == kNever) continue;
      if (cycle <= domain->now()) cycle = domain->now() + 1;
      if (cycle != known[i].cycle)
        known[i] = {cycle, cycle > kLastCycle ? ~Picoseconds{0} : domain->edge(cycle)};
      const Picoseconds time = known[i].time;
      if (time < next_time) next_time = time, next_domain = domain, next_cycle = cycle;
    }
    if (!any_due) throw deadlock();
    if (next_domain == nullptr)
      throw CycleLimitError(
          fmt::format("the next event of the {} lies past its cycle {}, to which time is counted",
                      domains_.front()->name(), kLastCycle));
    if (next_time > limit) return false;
    now_ = next_time;
    next_domain->run_cycle(next_cycle);
    if (next_domain == domains_.front() && done()) return true;
  }
}

namespace {

/// "drain -> matrix -> drain" where waits close a circle; empty where none does.
std::string circle_of(const std::vector<const Unit*>& waiting) {
  for (const Unit* start : waiting) {
    std::vector<const Unit*> way{start};
    for (const Unit* on = start->waits_on(); on != nullptr; on = on->waits_on()) {
      const auto met = std::find(way.begin(), way.end(), on);
      if (met == way.end()) {
        way.push_back(on);
        continue;
      }
      std::string text = (*met)->name();
      for (auto at = met + 1; at != way.end(); ++at) text += " -> " + (*at)->name();
      return text + " -> " + on->name();
    }
  }
  return {};
}

}  // namespace

DeadlockError Simulation::deadlock() const {
  const ClockDomain& first = *domains_.front();
  std::string text =
      fmt::format("deadlock: no unit can go on after cycle {} of the {}", first.now(), first.name());
  std::vector<const Unit*> waiting;
  std::vector<std::uint16_t> layers;
  for (const ClockDomain* domain : domains_)
    for (const Unit* unit : domain->units()) {
      const std::string wait = unit->waiting_for();
      if (wait.empty()) continue;
      text += fmt::format("\n  {}: {}", unit->name(), wait);
      waiting.push_back(unit);
      if (unit->waiting_layer() != kNoLayer) layers.push_back(unit->waiting_layer());
    }
  if (const std::string circle = circle_of(waiting); !circle.empty())
    text += "\n  they wait in a circle: " + circle;
  std::sort(layers.begin(), layers.end());
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  return DeadlockError(text, std::move(layers));
}

}  // namespace nnp::sim

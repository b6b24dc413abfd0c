// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/simulation.h"

#include <algorithm>

namespace nnp::sim {
namespace {

constexpr Picoseconds kPastAll = ~Picoseconds{0};

}  // namespace

bool Simulation::run(Picoseconds limit, const std::function<bool()>& done) {
  struct Edge {
    Cycle due = kNever;  // what the domain said
    Cycle cycle = kNever;
    Picoseconds time = kPastAll;
  };
  const auto edge_of = [this](const ClockDomain& domain, Cycle due) {
    Cycle cycle = domain.now() + 1;
    if (engine_ == Engine::leap) cycle = std::max(cycle, due);
    return Edge{due, cycle, cycle > kLastCycle ? kPastAll : domain.edge(cycle)};
  };
  std::vector<Edge> edges;  // computed last for each domain: a run changes its own, and seldom another
  for (const ClockDomain* domain : domains_) edges.push_back(edge_of(*domain, domain->next_due()));
  while (true) {
    // The earliest edge that is due. Which of two equal edges goes first cannot matter: bridges are strict.
    std::size_t next = 0;
    Picoseconds next_time = kPastAll;
    bool any_due = false;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const Cycle due = domains_[i]->next_due();
      any_due |= due != kNever;
      if (due != edges[i].due) edges[i] = edge_of(*domains_[i], due);
      if (edges[i].time < next_time) next_time = edges[i].time, next = i;
    }
    if (!any_due) throw deadlock();
    if (next_time == kPastAll)
      throw CycleLimitError(
          fmt::format("the next event of the {} lies past its cycle {}, to which time is counted",
                      domains_.front()->name(), kLastCycle));
    if (next_time > limit) return false;
    now_ = next_time;
    domains_[next]->run_cycle(edges[next].cycle);
    edges[next] = edge_of(*domains_[next], domains_[next]->next_due());
    if (next == 0 && done()) return true;
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

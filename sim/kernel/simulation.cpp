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
  const bool leap = engine_ == Engine::leap;
  const auto edge_of = [leap](const ClockDomain& domain) {
    const Cycle due = domain.next_due();
    const Cycle cycle = leap ? std::max(domain.now() + 1, due) : domain.now() + 1;
    return Edge{due, cycle, cycle > kLastCycle ? kPastAll : domain.edge(cycle)};
  };
  const auto all_sleep = [this] {
    return std::ranges::all_of(domains_, [](auto* domain) { return domain->next_due() == kNever; });
  };
  std::vector<Edge> edges;  // computed last for each domain: a run changes its own, and seldom another
  for (const ClockDomain* domain : domains_) edges.push_back(edge_of(*domain));
  ClockDomain* const* const domains = domains_.data();
  Edge* const edge = edges.data();
  const std::size_t count = edges.size();
  while (true) {
    // The earliest edge that is due. Which of two equal edges goes first cannot matter: bridges are strict.
    std::size_t next = 0;
    Picoseconds next_time = kPastAll, other_time = kPastAll;
    for (std::size_t i = 0; i < count; ++i) {
      if (domains[i]->next_due() != edge[i].due) edge[i] = edge_of(*domains[i]);
      const Picoseconds time = edge[i].time;
      other_time = std::min(other_time, std::max(next_time, time));
      if (time < next_time) next_time = time, next = i;
    }
    if ((next_time == kPastAll || !leap) && all_sleep()) throw deadlock();
    if (next_time == kPastAll)
      throw CycleLimitError(
          fmt::format("the next event of the {} lies past its cycle {}, to which time is counted",
                      domains_.front()->name(), kLastCycle));
    if (next_time > limit) return false;
    // This domain's cycles, until another's edge comes or a message brings one forward.
    ClockDomain& domain = *domains[next];
    last_run_ = &domain;
    const Picoseconds until = std::min(limit, other_time == 0 ? 0 : other_time - 1);
    const auto others_are_the_same = [&] {
      for (std::size_t i = 0; i < count; ++i)
        if (i != next && domains[i]->next_due() != edge[i].due) return false;
      return true;
    };
    Cycle cycle = edge[next].cycle;
    do {
      domain.run_cycle(cycle);
      if (next == 0 && done()) return true;
      cycle = domain.next_due();
    } while (leap && cycle <= kLastCycle && domain.edge(cycle) <= until && others_are_the_same());
    edge[next] = edge_of(domain);
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

// SPDX-License-Identifier: Apache-2.0
#include "traces/query/laws.h"

#include <fmt/format.h>

#include "traces/query/critical_path.h"

namespace nnp::traces {
namespace {

using sim::Cause;
using sim::State;

bool has_own_timer(Cause cause) {
  return cause == Cause::weight_shift || cause == Cause::bank_conflict || cause == Cause::issue ||
         cause == Cause::pipeline || cause == Cause::refresh;
}

class Checker {
 public:
  Checker(const TraceFile& file, const TraceGraph& graph, std::size_t most)
      : file_(file), graph_(graph), most_(most) {}

  std::vector<std::string> run() {
    for (std::uint16_t unit = 0; unit < graph_.units().size(); ++unit) {
      check_partition(unit);
      check_sums(unit);
      if (!graph_.info().units[unit].memory_clock) check_releases(unit);
    }
    check_path();
    return std::move(breaches_);
  }

 private:
  template <typename... Args>
  void breach(fmt::format_string<Args...> text, Args&&... args) {
    if (breaches_.size() < most_) breaches_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }
  const std::string& name(std::uint16_t unit) const { return graph_.info().units[unit].name; }

  void check_partition(std::uint16_t unit) {
    Cycle at = 0;
    for (const sim::StateRecord& record : graph_.units()[unit].states) {
      if (record.start != at) breach("{}: states go from cycle {} to {}", name(unit), at, record.start);
      at = record.start + record.length;
    }
    if (file_.summary() && !graph_.info().units[unit].memory_clock && at != file_.summary()->cycles)
      breach("{}: states end at cycle {} of {}", name(unit), at, file_.summary()->cycles);
  }

  void check_sums(std::uint16_t unit) {
    if (!file_.summary()) return;
    const auto told = file_.summary()->units.find(name(unit));
    if (told == file_.summary()->units.end())
      breach("{}: the summary does not know it", name(unit));
    else if (told->second != account_of(graph_.units()[unit].states))
      breach("{}: the sums of its states are not those of the summary", name(unit));
  }

  void check_releases(std::uint16_t unit) {
    const auto& states = graph_.units()[unit].states;
    for (std::size_t i = 0; i + 1 < states.size(); ++i) {
      const sim::StateRecord& record = states[i];
      if (record.state.state == State::busy) continue;
      const Cycle end = record.start + record.length;
      if (record.ended_by.kind == sim::Release::Kind::own) {
        if (record.state.state == State::wait && !has_own_timer(record.state.cause))
          breach("{}: wait for {} of instruction {} ends at cycle {} and nothing ended it", name(unit),
                 to_string(record.state.cause), record.state.instruction, end);
        continue;
      }
      const auto release = graph_.release_cycle(record);
      if (!release)
        breach("{}: wait for {} that ends at cycle {} was ended by something the trace does not have",
               name(unit), to_string(record.state.cause), end);
      else if (*release != end)
        breach("{}: wait for {} ends at cycle {}, but what ended it is seen at {} (kind {}, number {})",
               name(unit), to_string(record.state.cause), end, *release,
               static_cast<int>(record.ended_by.kind), record.ended_by.number);
      if (record.state.state == State::wait && chain(graph_, unit, i, kLongest).size() >= kLongest)
        breach("{}: the chain behind the wait that ends at cycle {} has no root", name(unit), end);
    }
  }

  void check_path() {
    Cycle at = 0;
    for (const PathPiece& piece : critical_path(graph_)) {
      if (piece.start != at || piece.cycles == 0)
        breach("critical path: cycle {} follows {}", piece.start, at);
      at = piece.start + piece.cycles;
    }
    if (at != graph_.end()) breach("critical path: {} of {} cycles", at, graph_.end());
  }

  static constexpr std::size_t kLongest = 1000;
  const TraceFile& file_;
  const TraceGraph& graph_;
  std::size_t most_;
  std::vector<std::string> breaches_;
};

}  // namespace

TraceAccount account_of(const std::vector<sim::StateRecord>& states) {
  TraceAccount account;
  std::array<Cycles, static_cast<std::size_t>(Cause::count)> waits{};
  for (const sim::StateRecord& record : states) {
    account.cycles += record.length;
    if (record.state.state == State::busy) account.busy += record.length;
    if (record.state.state == State::idle) account.idle += record.length;
    if (record.state.state == State::wait)
      waits[static_cast<std::size_t>(record.state.cause)] += record.length;
  }
  for (std::size_t cause = 0; cause < waits.size(); ++cause)
    if (waits[cause] != 0) account.waits[to_string(static_cast<Cause>(cause))] = waits[cause];
  return account;
}

std::vector<std::string> breached_laws(const TraceFile& file, const TraceGraph& graph, std::size_t most) {
  return Checker(file, graph, most).run();
}

}  // namespace nnp::traces

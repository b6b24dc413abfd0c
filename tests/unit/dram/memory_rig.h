// SPDX-License-Identifier: Apache-2.0
// One memory channel on a bench: a memory domain, a requester that sends a script with a window, and
// everything that comes out. The requester lives in the memory domain; answers are also seen there, so the
// whole rig is one clock.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "sim/units/dram/memory_channel.h"

namespace nnp::sim::test {

struct Sent {
  Cycle cycle = 0;  // not before this cycle of the memory clock
  MemoryRequest request;
};
struct Answered {
  Cycle cycle = 0;  // in which the requester sees it
  std::uint32_t id = 0;
  bool operator==(const Answered&) const = default;
};

/// Sends its script in order; at most `window` requests are unanswered at any time.
class Requester : public Unit {
 public:
  Requester(ClockDomain& domain, Bridge<MemoryRequest>& out, std::uint32_t window)
      : Unit("requester"), domain_(domain), out_(out), answers_(domain), window_(window) {
    answers_.connect(this);
  }
  void load(std::vector<Sent> script) {
    script_ = std::move(script), next_ = 0, open_ = 0;
    answered_.clear();
    if (!script_.empty()) domain_.wake(*this, script_.front().cycle);
  }
  void tick(Cycle now) override {
    for (; answers_.ready(now); --open_) answered_.push_back({now, answers_.pop().id});
    for (; next_ < script_.size() && script_[next_].cycle <= now && open_ < window_; ++open_) {
      out_.push(script_[next_++].request, domain_.edge(now));
    }
  }
  Cycle next_event(Cycle now) const override {
    const Cycle send =
        next_ < script_.size() && open_ < window_ ? std::max(script_[next_].cycle, now + 1) : kNever;
    return std::min(send, answers_.next(now));
  }
  Bridge<MemoryAnswer>& answers() { return answers_; }
  const std::vector<Answered>& answered() const { return answered_; }
  bool done() const { return next_ == script_.size() && open_ == 0; }

 private:
  ClockDomain& domain_;
  Bridge<MemoryRequest>& out_;
  Bridge<MemoryAnswer> answers_;
  std::uint32_t window_;
  std::vector<Sent> script_;
  std::size_t next_ = 0;
  std::uint32_t open_ = 0;
  std::vector<Answered> answered_;
};

struct Records : TraceSink {
  std::vector<StateRecord> all;
  void state(const StateRecord& record) override { all.push_back(record); }
};

struct Rig {
  explicit Rig(const DramConfig& config, Engine engine = Engine::leap, std::uint32_t window = 1u << 30,
               bool observe = true, std::uint64_t core_khz = 0)
      : domain("memory", config.frequency_khz, engine),
        core("core", core_khz == 0 ? 1 : core_khz, engine),
        channel(make_memory_channel("channel", domain, config, &records, 7)),
        requester(core_khz == 0 ? domain : core, channel->requests(), window) {
    (core_khz == 0 ? domain : core).add(requester);
    domain.add(*channel);
    channel->connect_answers({&requester.answers()});
    if (observe)
      channel->set_command_observer([this](const DramCommand& command) { commands.push_back(command); });
  }
  /// Runs until nothing is due; returns the first memory cycle not run. Stops at `limit` in any case.
  Cycle run(std::vector<Sent> script, Cycle limit = 100'000'000) {
    requester.load(std::move(script));
    const bool stepped = domain.engine() == Engine::stepped;
    Cycle next = 0, next_core = 0;  // stepped: the next cycles; leap: one past the last
    while (next < limit) {
      const Cycle due = domain.next_due(), due_core = core.next_due();
      if (due == kNever && due_core == kNever) break;
      const Cycle cycle = stepped ? next : due, cycle_core = stepped ? next_core : due_core;
      const bool core_first =
          !core.units().empty() &&
          (cycle == kNever || (cycle_core != kNever && core.edge(cycle_core) <= domain.edge(cycle)));
      if (!core_first && cycle >= limit) break;
      core_first ? core.run_cycle(cycle_core) : domain.run_cycle(cycle);
      (core_first ? next_core : next) = (core_first ? cycle_core : cycle) + 1;
    }
    return next;
  }
  /// Cycles of the commands `op`, in order.
  std::vector<Cycle> cycles_of(DramOp op) const {
    std::vector<Cycle> cycles;
    for (const DramCommand& command : commands) {
      if (command.op == op) cycles.push_back(command.cycle);
    }
    return cycles;
  }

  ClockDomain domain, core;
  Records records;
  std::vector<DramCommand> commands;
  std::unique_ptr<MemoryChannel> channel;
  Requester requester;
};

inline MemoryRequest read_of(Address address, std::uint32_t bytes = 64, std::uint32_t id = 0) {
  return {address, bytes, false, 0, id};
}
inline MemoryRequest write_of(Address address, std::uint32_t bytes = 64, std::uint32_t id = 0) {
  return {address, bytes, true, 0, id};
}

}  // namespace nnp::sim::test

// SPDX-License-Identifier: Apache-2.0
// The in-memory end of the TraceSink: sums of states by unit and by layer, and records kept for those who
// ask.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "host_runtime/device/statistics.h"
#include "sim/chip/turn_keeper.h"
#include "sim/kernel/accounting.h"

namespace nnp::sim {

class AccountingSink : public TraceSink {
 public:
  enum class Clock : std::uint8_t { core, memory };
  /// Units are numbered in order of registration. `counts_layers`: its work makes a layer's start and end.
  std::uint16_t add_unit(std::string name, Clock clock, bool counts_layers);
  void set_array(std::uint16_t unit) { array_ = unit; }
  /// Hears of each state of the core's units before it is summed.
  void tell(TurnKeeper* turns) { turns_ = turns; }
  const std::string& name(std::uint16_t unit) const { return units_[unit].name; }
  void state(const StateRecord&) override;
  void reset();

  /// Also hands every record on (a trace file, a test).
  void forward_to(TraceSink* next) { next_ = next; }

  /// Checks that each unit's states cover [0, end of its clock) without gap or overlap, and sums them.
  void finish(device::RunStatistics& into, Cycle core_end, Cycle memory_end) const;

 private:
  struct Totals {
    std::string name;
    Clock clock;
    bool counts_layers;
    std::optional<std::size_t> worker = {};  // place in kWorkerUnits
    Cycles busy = 0, idle = 0;
    std::array<Cycles, static_cast<std::size_t>(Cause::count)> waits{};
    Cycle covered_to = 0;
    Cycles covered = 0;
  };
  std::vector<Totals> units_;
  std::vector<device::LayerStatistics> layers_;
  std::uint16_t array_ = kNoUnit;
  TraceSink* next_ = nullptr;
  TurnKeeper* turns_ = nullptr;
};

}  // namespace nnp::sim

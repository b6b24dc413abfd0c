// SPDX-License-Identifier: Apache-2.0
// The in-memory end of the TraceSink: sums of states by unit and by layer, and records kept for those who
// ask.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host_runtime/device/statistics.h"
#include "sim/chip/turn_keeper.h"
#include "sim/kernel/accounting.h"

namespace nnp::sim {

class AccountingSink : public TraceSink {
 public:
  enum class Clock : std::uint8_t { core, memory };
  AccountingSink() { heed_releases(false); }
  /// Units are numbered in order of registration. `counts_layers`: its work makes a layer's start and end.
  std::uint16_t add_unit(std::string name, Clock clock, bool counts_layers);
  void set_array(std::uint16_t unit) { array_ = unit; }
  /// Hears of each state of the core's units before it is summed.
  void tell(TurnKeeper* turns) { turns_ = turns; }
  const std::string& name(std::uint16_t unit) const { return units_[unit].name; }
  void state(const StateRecord&) override;
  void reset();

  /// Also hands every record on (a trace file, a test).
  void forward_to(TraceSink* next) { next_ = next, heed_releases(next != nullptr); }

  /// Checks that each unit's states cover [0, end of its clock) without gap or overlap, and sums them.
  void finish(device::RunStatistics& into, Cycle core_end, Cycle memory_end) const;

 private:
  static constexpr std::size_t kCauses = static_cast<std::size_t>(Cause::count);
  struct Totals {
    std::string name;
    Clock clock;
    bool counts_layers;
    std::optional<std::size_t> worker = {};  // place in kWorkerUnits
    Cycles busy = 0, idle = 0;
    std::array<Cycles, kCauses> waits{};
    Cycle covered_to = 0;
  };
  struct OfLayer {  // as in device::LayerStatistics
    Cycle start = kNever, end = 0;
    std::array<Cycles, device::kWorkers> busy{};
    Cycles array_active = 0;
    std::array<Cycles, kCauses> array_waits{};
  };
  void sum_layer(const StateRecord&);
  static std::map<std::string, Cycles> by_name(const std::array<Cycles, kCauses>& waits);

  std::vector<Totals> units_;
  std::vector<OfLayer> layers_;
  std::uint16_t array_ = kNoUnit;
  TraceSink* next_ = nullptr;
  TurnKeeper* turns_ = nullptr;
};

}  // namespace nnp::sim

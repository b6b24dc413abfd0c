// SPDX-License-Identifier: Apache-2.0
// Keeps turns (host_runtime/device/turns.h) while the chip runs: whenever a unit of the core ends a state,
// the cycles since the last such end are given to one layer and one cell, from the states that all units were
// in. Needs no record but the present one of each unit, whatever the length of the run; and looks only at
// units whose state ended, for most such ends change nothing that a cell depends on.
#pragma once

#include <functional>
#include <vector>

#include "host_runtime/device/statistics.h"
#include "isa/instruction/instruction.h"
#include "sim/chip/chip_units.h"
#include "sim/kernel/accounting.h"
#include "sim/kernel/clock_domain.h"
#include "sim/units/engine/retire_counter.h"

namespace nnp::sim {

/// The units whose work a layer is bounded by, by device::Worker.
inline constexpr std::array<std::uint16_t, device::kWorkers> kWorkerUnits{kMatrix, kDrain, kVector, kLoad,
                                                                          kStore};

class TurnKeeper : public Committable, public RetireObserver {
 public:
  using Tracks = std::array<const StateTrack*, kFirstMemory>;  // by UnitId
  /// Bytes that a layer has asked of device memory so far.
  using SentBytes = std::function<Bytes(std::uint16_t layer)>;

  explicit TurnKeeper(ClockDomain& core) : core_(core) {}
  void watch(const Tracks& tracks, SentBytes sent) { tracks_ = tracks, sent_ = std::move(sent); }
  void reset();

  // A launch: begin_launch, expect each of its instructions in order, start.
  void begin_launch(std::uint32_t first_instruction, bool in_parts);
  void expect(const isa::Instruction&);
  void start();

  void retired(std::uint32_t instruction) override;
  /// Until cycle `to` every unit was in its track's present state, or that which it foresaw; from then on
  /// `unit` is in another.
  void advance(std::uint16_t unit, Cycle to) {
    reach(to);
    doubtful_ |= 1u << unit;
  }
  void finish(device::RunStatistics& into);

 private:
  static constexpr std::uint32_t kNoPlace = 0xFFFF'FFFFu;
  static constexpr std::uint32_t kInput = 0x8000'0000u;  // and the part: of an H2D
  std::uint16_t front_layer() const {
    return front_ == kNoPlace ? kNoLayer
                              : static_cast<std::uint16_t>(layers_ == 0 ? front_ : front_ % layers_);
  }
  std::uint32_t front_part() const { return layers_ == 0 || front_ == kNoPlace ? 0 : front_ / layers_; }
  void begin_part();
  /// After the front, or what its inputs wait for, may have changed.
  void see_inputs() {
    inputs_out_ = front_part() < inputs_left_.size() && inputs_left_[front_part()] > 0;
    is_chosen_ = false;
  }
  /// The turn is a layer's from the cycle on in which all before it have retired.
  void commit(Cycle now) override;
  void take_turn();
  using Sights = std::array<std::uint8_t, kFirstMemory>;  // bits, see turn_keeper.cpp
  std::uint8_t sight(std::uint16_t unit, std::uint16_t layer) const;
  void reach(Cycle to);
  void look();
  void choose_cell();
  void give();
  bool host_only() const;
  static device::Work work(const Sights&);
  static device::Traffic traffic(const Sights&);

  ClockDomain& core_;
  Tracks tracks_{};
  SentBytes sent_;
  std::uint32_t first_ = 0;                 // instruction of the launch
  bool in_parts_ = false;                   // LaunchDescriptor
  bool part_has_layers_ = false;            // of the instructions expected so far
  std::uint32_t part_ = 0;                  // the last one expected
  std::uint32_t layers_ = 0;                // places of a part, once there are two
  std::vector<std::uint32_t> place_of_;     // of its instructions; kNoPlace where none is held up by it
  std::vector<std::uint32_t> left_;         // instructions that have not retired, by place: part, then layer
  std::vector<std::uint32_t> inputs_left_;  // H2D that have not retired, by part
  bool inputs_out_ = false;                 // whether the front's part had any at the end of the cycle before
  std::uint32_t front_ = kNoPlace;          // the first place with instructions left
  std::vector<std::uint32_t> taken_;  // turns so far, by layer; turns_ sums what was sent at their starts
  Cycle reached_ = 0;
  static constexpr std::uint32_t kAll = (1u << kFirstMemory) - 1;
  Sights sights_{};                // as the layer of the turn sees the units
  std::uint32_t doubtful_ = kAll;  // units of which it may see something else by now
  /// What units that are seen so come to, and for how long they were in this turn, which is not summed yet.
  struct Cell {
    Sights sights{};
    device::Work work{};
    device::Traffic traffic{};
    std::array<bool, device::kWorkers> busy{};
    Cycles cycles = 0;
    bool known = false;
    void add_to(device::TurnStatistics&);
  };
  Cell& cell_of(const Sights&);
  void end_turn();
  std::array<Cell, 64> cells_{};  // by a hash of the sights, for they come again and again
  Cell of_launch_{};              // the launch's own
  Cell* cell_ = &of_launch_;      // of the units as they are seen
  bool is_chosen_ = false;        // it still holds
  Cycle since_ = 0;               // it has its cycles until then
  std::vector<device::TurnStatistics> turns_;
  device::TurnStatistics launch_;
};

}  // namespace nnp::sim

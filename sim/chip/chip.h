// SPDX-License-Identifier: Apache-2.0
// The one place that knows all units: builds the chip of a ChipSpec, wires it, runs launches and gathers
// statistics. Plain C++; systemc_host.h lets it live in SystemC.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "host_runtime/device/device.h"
#include "models/chips/chip_spec.h"
#include "sim/chip/accounting_sink.h"
#include "sim/kernel/simulation.h"
#include "sim/units/command_processor/command_processor.h"
#include "sim/units/dma/load_dma.h"
#include "sim/units/dma/store_dma.h"
#include "sim/units/dma/weight_dma.h"
#include "sim/units/drain/drain_unit.h"
#include "sim/units/dram/memory_channel.h"
#include "sim/units/matrix/matrix_unit.h"
#include "sim/units/matrix/plugged_array.h"
#include "sim/units/pcie/host_dma.h"
#include "sim/units/vector/vector_unit.h"

namespace nnp::sim {

struct ChipOptions {
  Engine engine = Engine::leap;
  bool values = true;           // false: timing only
  std::uint64_t shuffle = 0;    // a seed: units are registered in another order (results must not change)
  TraceSink* trace = nullptr;   // gets every state record and span
  bool trace_commands = false;  // and every command on the memory channels' command buses
  Cycle max_cycles = 0;         // a launch that goes on to this core cycle is an error; 0: none is
  StallOptions stalls{};        // injected: cycles change, values must not
  std::optional<PluggedArray> plugged = std::nullopt;  // what core.array.model = "rtl" runs
};

class Chip {
 public:
  Chip(const models::ChipSpec& spec, const ChipOptions& options);

  ChipState& state() { return state_; }
  const models::ChipSpec& spec() const { return spec_; }
  Simulation& simulation() { return simulation_; }
  PcieLink& link() { return link_; }

  /// Forgets time and statistics (not memory contents): the next launch starts at cycle 0.
  void begin_inference();
  /// Rings the doorbell: the command processor starts when the write has crossed the link.
  void start_launch(const device::LaunchDescriptor&);
  /// Runs up to `limit`; true when the launch's interrupt has reached the host.
  bool run_until(Picoseconds limit);
  Picoseconds interrupt_time() const { return interrupt_time_; }
  device::RunStatistics statistics() const;
  void add_load_time(Picoseconds time) { load_time_ += time; }
  void set_progress(std::function<bool(const device::Progress&)> progress) {
    progress_ = std::move(progress);
  }

 private:
  void connect_tokens(const device::LaunchDescriptor&);
  void trace_commands();
  void drive_array(const ChipOptions&);
  std::array<QueueEngine*, 7> engines() {
    return {&host_dma_, &load_, &weight_, &matrix_, &drain_, &vector_, &store_};
  }
  EngineContext context() { return {core_, tokens_, state_, &sink_, trace_, retired_}; }
  bool poll_progress();
  /// Every unit's present state ends at core cycle `end`; returns the end of the memory's clock.
  Cycle close_tracks(Cycle end);
  void close_accounts();
  void abandon();

  models::ChipSpec spec_;
  ChipState state_;
  Simulation simulation_;
  AccountingSink sink_;
  TraceSink* trace_;
  ClockDomain core_, memory_domain_;
  TokenFile tokens_;
  RetireCounter retired_;
  TurnKeeper turns_;
  SlotArbiter arbiter_;
  std::vector<std::unique_ptr<MemoryChannel>> memory_;
  Crossbar crossbar_;
  PcieLink link_;
  MatrixUnit matrix_;
  DrainUnit drain_;
  VectorUnit vector_;
  LoadDma load_;
  WeightDma weight_;
  StoreDma store_;
  HostDma host_dma_;
  CommandProcessor command_;

  Picoseconds last_edge_;  // at which a core cycle may be run
  std::uint32_t launch_instructions_ = 0;
  Cycle launch_end_ = 0;
  Picoseconds interrupt_time_ = 0, load_time_ = 0;
  device::RunStatistics finished_;
  std::function<bool(const device::Progress&)> progress_;
  std::uint32_t progress_countdown_ = 0;
};

}  // namespace nnp::sim

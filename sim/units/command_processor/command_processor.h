// SPDX-License-Identifier: Apache-2.0
// Fetches the instruction stream (device memory, or host memory over PCIe), decodes it and dispatches in
// order to the queues. CTRL instructions are executed here.
#pragma once

#include <array>
#include <deque>
#include <functional>

#include "models/chips/chip_spec.h"
#include "sim/units/dma/memory_port.h"
#include "sim/units/engine/engine.h"
#include "sim/units/pcie/pcie_link.h"

namespace nnp::sim {

/// The stream lies in memory, where the program itself may overwrite it: ProgramFault where no instruction
/// is.
isa::Instruction decode_stored(const ByteMemory&, Address, std::uint32_t index);

class CommandProcessor : public Unit {
 public:
  CommandProcessor(std::string name, std::uint16_t unit_id, EngineContext context,
                   const models::FrontEndSpec& spec, Crossbar& crossbar, PcieLink& link, std::uint8_t source,
                   std::uint8_t link_source, Bytes window_bytes);

  /// The engine behind a queue; every queue but ctrl has one.
  void connect(isa::Queue queue, QueueEngine& engine);
  MemoryPort& port() { return port_; }
  Bridge<PcieAnswer>& link_answers() { return link_answers_; }
  std::uint16_t id() const { return track_.unit(); }
  const StateTrack& track() const { return track_; }

  /// The doorbell: runs `count` instructions whose bytes lie at `address` (of device or host memory, by
  /// FrontEndSpec::fetch); the first fetch goes out at `now`.
  /// `first` is the first one's index in the program.
  void start(Address address, std::uint32_t count, std::uint32_t first, Cycle now);
  /// HALT has been executed. `interrupt_cycle` is the cycle of the last IRQ.
  bool halted() const { return halted_; }
  Cycle interrupt_cycle() const { return interrupt_cycle_; }
  std::uint32_t dispatched() const { return next_instruction_; }
  std::uint16_t layer() const { return layer_; }

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  std::string waiting_for() const override;
  const Unit* waits_on() const override;
  std::uint16_t waiting_layer() const override;
  void finish(Cycle end) { track_.finish(end); }
  void reset();

 private:
  bool can_fetch() const;
  void fetch(Cycle now);
  std::uint32_t index() const { return first_instruction_ + next_instruction_; }
  void decode_next();
  /// Returns the state of this cycle.
  UnitState dispatch(Cycle now);
  UnitState control(const isa::Instruction& instruction, Cycle now);

  EngineContext context_;
  StateTrack track_;
  TransferLog log_;
  models::FrontEndSpec spec_;
  PcieLink& link_;
  std::uint8_t link_source_;
  MemoryPort port_;
  Bridge<PcieAnswer> link_answers_;
  std::array<QueueEngine*, isa::kQueues> engines_{};
  std::array<std::vector<std::uint32_t>, isa::kQueues> queued_;  // ring: the last instructions in each queue
  std::array<std::size_t, isa::kQueues> pushes_{};

  Address address_ = 0;
  Bytes stream_bytes_ = 0, asked_bytes_ = 0, arrived_bytes_ = 0;
  std::deque<bool> fetch_done_;
  std::deque<Bytes> fetch_bytes_;
  std::uint32_t first_fetch_ = 0;
  std::uint32_t next_instruction_ = 0, first_instruction_ = 0;  // index() is their sum
  isa::Instruction instruction_;  // number decoded_ of the launch: the next one, which may wait
  std::uint32_t decoded_ = kNoInstruction;
  std::uint64_t dispatched_to_engines_ = 0;
  Cycle start_ = 0, next_dispatch_ = 0;
  Cycle at_hand_ = 0;  // since when the next instruction could be dispatched, were it not for tokens or SYNC
  bool running_ = false, halted_ = false;
  Cycle interrupt_cycle_ = 0;
  unsigned waited_counter_ = 0;  // of a CTRL instruction that waits for tokens
  std::uint16_t layer_ = 0;
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// The event model: what units publish about time, and the sink that takes it. Units know no file format.
//
// States partition the time of a unit: busy, waiting with a cause, or idle. Spans say when one thing
// happened: an instruction, a transfer, a tile of weights, its pass through the array. A wait names the span
// whose end released it, so that every cycle can be followed back to its root.
#pragma once

#include <cstdint>

#include "isa/arch/units.h"
#include "sim/kernel/causes.h"

namespace nnp::sim {

inline constexpr std::uint32_t kNoInstruction = 0xFFFFFFFFu, kNoTransfer = 0xFFFFFFFFu;
inline constexpr std::uint16_t kNoUnit = 0xFFFFu, kNoLayer = 0xFFFFu;
inline constexpr std::uint16_t kHostLink = 0xFFFEu;  // the PCIe link: a resource without states of its own

/// What a unit is in during some cycles. `resource` is the unit waited for, where it is known beforehand.
struct UnitState {
  State state = State::idle;
  Cause cause = Cause::none;
  std::uint16_t resource = kNoUnit;
  std::uint16_t layer = kNoLayer;
  std::uint32_t instruction = kNoInstruction;
  bool operator==(const UnitState&) const = default;
};

/// What ended a wait (or an idle time): something that `unit` did, seen one cycle later. `number` is that of
/// the instruction, transfer or tile.
struct Release {
  enum class Kind : std::uint8_t {
    own,           // the unit's own timer: a shift, a stream's start, a pipeline
    retired,       // an instruction of `unit` retired and signalled: seen at its retirement + 1
    dispatched,    // `unit` put an instruction into this unit's queue: seen at its dispatch + 1
    decoded,       // `unit` took an instruction out of its full queue: seen at its decoding + 1
    transfer,      // `unit` (memory channel or link) answered a transfer of this unit: seen at its answer
    tile_arrived,  // `unit` pushed a tile of weights: seen at its push + 1
    tile_taken,    // `unit` shifted a tile out of the FIFO: seen at the end of the shift + 1
    count
  };
  Kind kind = Kind::own;
  std::uint16_t unit = kNoUnit;
  std::uint32_t number = kNoInstruction;
  bool operator==(const Release&) const = default;
};

/// One state of one unit. Cycles are of the unit's own clock.
struct StateRecord {
  std::uint16_t unit;
  Cycle start;
  Cycles length;
  UnitState state;
  Release ended_by;  // of a wait or an idle time
  bool operator==(const StateRecord&) const = default;
};

/// One instruction in its unit, published when it retires, in queue order. Core cycles.
struct InstructionSpan {
  std::uint16_t unit;
  std::uint16_t layer;
  std::uint32_t instruction;                 // index in the program
  Cycle dispatched;                          // put into the queue
  Cycle decoded;                             // taken out of it
  Cycle ready;                               // its tokens are taken
  Cycle started, ended;                      // its work: streams, requests, transfers
  Cycle retired;                             // results usable, tokens signalled
  std::uint32_t completed_by = kNoTransfer;  // the transfer whose answer ended it, where one did
  bool operator==(const InstructionSpan&) const = default;
};

/// One request of a DMA engine to a memory channel or the link; published in order of sending, when all
/// before it are answered too. Core cycles.
struct TransferSpan {
  std::uint16_t unit;    // the engine
  std::uint16_t server;  // the memory channel, or kHostLink
  std::uint16_t layer;
  bool write;                 // to memory, or to the host
  std::uint32_t instruction;  // kNoInstruction: a fetch of the instruction stream
  std::uint32_t number;       // counts up from 0, each unit
  Address address;            // device memory address (link: bytes before it in the instruction)
  Bytes bytes;
  Cycle sent, answered;
  bool operator==(const TransferSpan&) const = default;
};

/// One tile of weights on its way into the FIFO; published when it is pushed. Core cycles.
struct TileSpan {
  std::uint16_t unit;
  std::uint32_t instruction;  // the WLOAD
  std::uint32_t number;       // counts up from 0
  Cycle requested;            // its first byte was asked for
  Cycle pushed;
  std::uint32_t completed_by;  // the transfer that brought its last byte
  bool operator==(const TileSpan&) const = default;
};

/// The same tile in the array: into the shadow registers, then one stream; published when the stream ends.
/// Where weights stream (output and input stationary) nothing shifts: shift and stream are the same cycles.
struct PassSpan {
  std::uint16_t unit;
  std::uint16_t layer;
  std::uint32_t instruction;  // the MATMUL or CONV
  std::uint32_t number;       // of the tile
  std::uint32_t rows;         // streamed: rows of activations, steps of depth or columns of weights
  Cycle shift_start, shift_end, stream_start, stream_end;
  bool operator==(const PassSpan&) const = default;
};

/// One command on a memory channel's command bus. Cycle of the memory clock.
struct MemoryCommand {
  std::uint16_t unit;
  std::uint8_t operation;  // a DramOp
  std::uint8_t bank;       // over all ranks and bank groups
  std::uint32_t row, column;
  Cycle cycle;
  bool operator==(const MemoryCommand&) const = default;
};

class TraceSink {
 public:
  virtual ~TraceSink() = default;
  virtual void state(const StateRecord&) = 0;
  virtual void instruction(const InstructionSpan&) {}
  virtual void transfer(const TransferSpan&) {}
  virtual void tile(const TileSpan&) {}
  virtual void pass(const PassSpan&) {}
  virtual void command(const MemoryCommand&) {}
  /// Whether anybody looks at what ended a wait: else states come without it.
  bool heeds_releases() const { return heeds_releases_; }

 protected:
  void heed_releases(bool heeds) { heeds_releases_ = heeds; }

 private:
  bool heeds_releases_ = true;
};

}  // namespace nnp::sim

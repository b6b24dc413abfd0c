// SPDX-License-Identifier: Apache-2.0
// WLOAD: weight tiles from device memory into the weight FIFO, in order, as far ahead as the FIFO has places.
#pragma once

#include "isa/arch/matrix_shape.h"
#include "sim/units/dma/memory_port.h"
#include "sim/units/dma/transfer.h"
#include "sim/units/engine/weight_tile.h"

namespace nnp::sim {

class WeightDma : public QueueEngine {
 public:
  WeightDma(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth,
            Channel<WeightTile>& fifo, std::uint16_t array_id, Crossbar& crossbar, std::uint8_t source,
            Bytes request_bytes, Bytes window_bytes)
      : QueueEngine(std::move(name), unit_id, context, queue_depth),
        fifo_(fifo),
        array_id_(array_id),
        log_(track_, context.trace),
        port_(context.domain, crossbar, log_, source, window_bytes),
        request_bytes_(request_bytes) {
    port_.answers().connect(this);
  }
  MemoryPort& port() { return port_; }
  const TrafficCounter& traffic() const { return traffic_; }
  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  void reset() override;

 private:
  struct Tile {  // requested, not yet pushed; a place in the FIFO is reserved for it
    WeightTile tile;
    InFlight* entry = nullptr;
    Bytes left = 0;  // still to arrive
    bool last_of_job = false;
    Cycle requested = 0;
  };
  struct ChunkOf {  // a chunk covers `count` whole tiles from `first_tile`, or part of one
    std::uint32_t first_tile = 0, count = 0;
    Bytes bytes = 0;
    bool done = false;
  };
  void retire(Job&) override {}
  isa::WeightLayout layout() const;  // of the issuing job
  const isa::WeightStrip& strip() const { return *strip_; }
  WeightValues values() const;
  Bytes gathered_offset(std::uint32_t tile) const;
  Bytes tile_bytes(std::uint32_t index) const;  // with what is fetched behind the last one
  void issue(Cycle now);
  void push_tile(Cycle now);
  void check(const Job&) const;
  bool can_issue() const;
  UnitState state_without_issue() const;
  /// Most often a piece of one stored tile.
  Bytes next_chunk_bytes() const {
    const Bytes left = tile_left_ > 0 ? tile_left_ : next_tile_bytes_;
    if (is_stored() && (tile_left_ > 0 || left >= request_bytes_)) return std::min(left, request_bytes_);
    return next_run_or_tiles();
  }
  Bytes next_run_or_tiles() const;
  void open_tile(Cycle now);

  Channel<WeightTile>& fifo_;
  std::uint16_t array_id_;
  TransferLog log_;
  MemoryPort port_;
  Bytes request_bytes_;
  TrafficCounter traffic_;

  void issue_stored(Cycle now);
  void issue_run(Cycle now);
  void send(Cycle now, Bytes offset, const ChunkOf& chunk);
  bool is_stored() const { return layout_.order == isa::WeightLayout::Order::tiles; }

  InFlight* issuing_ = nullptr;
  isa::WeightLayout layout_;  // of the issuing job
  std::optional<isa::WeightStrip> strip_;
  WeightValues values_;
  std::uint32_t tile_count_ = 0, next_tile_ = 0;
  Bytes next_tile_bytes_ = 0;  // of tile next_tile_, where there is one
  Bytes strip_offset_ = 0,
        tile_left_ = 0;  // next byte of a stored strip; bytes of the open tile not yet asked for
  NumberedQueue<Tile> tiles_;
  NumberedQueue<ChunkOf> chunks_;  // as the port has them
};

}  // namespace nnp::sim

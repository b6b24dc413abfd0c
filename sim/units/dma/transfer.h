// SPDX-License-Identifier: Apache-2.0
// Walks the bytes of a LOAD or STORE: z planes of y runs of x bytes, in chunks that a request can carry.
#pragma once

#include <algorithm>

#include "sim/units/dma/transfer_log.h"
#include "sim/units/engine/engine.h"

namespace nnp::sim {

struct Chunk {
  Address dram = 0;
  Address buffer = 0;
  Bytes bytes = 0;
};

class TransferWalk {
 public:
  TransferWalk() = default;
  explicit TransferWalk(const Job& job)
      : dram_(job.get(isa::field::dram)),
        buffer_(job.get(isa::field::buffer)),
        x_(job.get(isa::field::run_bytes)),
        y_(job.get(isa::field::run_y)),
        z_(job.get(isa::field::run_z)),
        dram_stride_y_(job.word(isa::word::dram_stride_y)),
        dram_stride_z_(job.word(isa::word::dram_stride_z)),
        buffer_stride_y_(job.word(isa::word::buffer_stride_y)),
        buffer_stride_z_(job.word(isa::word::buffer_stride_z)) {}
  Bytes total() const { return x_ * y_ * z_; }
  bool at_end() const { return iz_ == z_ || total() == 0; }
  Chunk peek(Bytes most) const {
    return {
        static_cast<Address>(static_cast<std::int64_t>(dram_) + dram_stride_y_ * iy_ + dram_stride_z_ * iz_) +
            ix_,
        static_cast<Address>(static_cast<std::int64_t>(buffer_) + buffer_stride_y_ * iy_ +
                             buffer_stride_z_ * iz_) +
            ix_,
        std::min(most, x_ - ix_)};
  }
  void advance(Bytes bytes) {
    ix_ += bytes;
    if (ix_ < x_) return;
    ix_ = 0;
    if (++iy_ < static_cast<std::int64_t>(y_)) return;
    iy_ = 0;
    ++iz_;
  }

 private:
  Address dram_ = 0, buffer_ = 0;
  Bytes x_ = 0, y_ = 0;
  std::int64_t z_ = 0;
  std::int64_t dram_stride_y_ = 0, dram_stride_z_ = 0, buffer_stride_y_ = 0, buffer_stride_z_ = 0;
  Bytes ix_ = 0;
  std::int64_t iy_ = 0, iz_ = 0;
};

inline Requester requester(const Job& job) { return {job.index, job.instruction.layer}; }

/// What an engine moved, by layer (for the statistics).
struct TrafficCounter {
  std::vector<Bytes> by_layer;
  void add(std::uint16_t layer, Bytes bytes) {
    if (layer >= by_layer.size()) by_layer.resize(layer + 1u, 0);
    by_layer[layer] += bytes;
  }
  Bytes of(std::uint16_t layer) const { return layer < by_layer.size() ? by_layer[layer] : 0; }
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/weight_dma.h"

namespace nnp::sim {

namespace field = isa::field;

void WeightDma::reset() {
  QueueEngine::reset();
  port_.reset();
  log_.reset();
  traffic_ = {};
  first_chunk_ = 0, first_tile_ = 0;
}

void WeightDma::tick(Cycle now) {
  // 1. What arrived.
  port_.receive(now, [this](std::uint32_t number) {
    const ChunkOf& chunk = chunks_[number - first_chunk_];
    if (chunk.count == 0) {
      tiles_[chunk.first_tile - first_tile_].left -= chunk.bytes;
    } else {
      for (std::uint32_t i = 0; i < chunk.count; ++i) tiles_[chunk.first_tile + i - first_tile_].left = 0;
    }
    chunk_done_[number - first_chunk_] = true;
  });
  while (!chunk_done_.empty() && chunk_done_.front())
    chunks_.pop_front(), chunk_done_.pop_front(), ++first_chunk_;
  // 2. Whole tiles enter the FIFO in order.
  while (!tiles_.empty() && tiles_.front().left == 0) push_tile(now);
  retire_and_decode(now);
  // A place in the FIFO was freed in the cycle before: by the tile that is a FIFO's length ahead of the next.
  if (track_.current().cause == Cause::fifo_full && fifo_.can_push(tiles_.size() + 1))
    track_.released(
        now, Release::Kind::tile_taken, array_id_,
        static_cast<std::uint32_t>(first_tile_ + tiles_.size()) - context_.state.arch.weight_fifo_tiles);
  // 3. Ask for more.
  const Job* issued = nullptr;
  if (issuing_ == nullptr && next_ready()) {
    issuing_ = &start_next(now);
    tile_count_ = static_cast<std::uint32_t>(strip().tiles());
    next_tile_ = 0, strip_offset_ = 0, tile_left_ = 0;
  }
  if (can_issue()) {
    issued = &issuing_->job;
    issue(now);
  }
  // 4. State.
  if (issued != nullptr)
    track_.set(now, state_of(State::busy, Cause::none, *issued));
  else if (issuing_ != nullptr && tile_left_ == 0 && !fifo_.can_push(tiles_.size() + 1))
    track_.set(now, state_of(State::wait, Cause::fifo_full, issuing_->job, array_id_));
  else if (!tiles_.empty())
    track_.set(now, state_of(State::wait, Cause::memory, tiles_.front().entry->job));
  else
    track_.set(now, resting_state());
}

bool WeightDma::can_issue() const {
  if (issuing_ == nullptr) return false;
  if (tile_left_ == 0 && !fifo_.can_push(tiles_.size() + 1)) return false;
  return port_.can_send(next_chunk_bytes());
}

Bytes WeightDma::tile_bytes(std::uint32_t index) const {
  const isa::WeightStrip cut = strip();
  const bool block = index + 1 == tile_count_ && (issuing_->job.instruction.flags & isa::kFlagBlock);
  const Address end = issuing_->job.get(field::w_dram) + cut.bytes();
  return cut.tile_bytes(index) + (block ? isa::rest_of_block(end, context_.state.arch) : 0);
}

/// Part of the open tile, or as many whole tiles as one request and the FIFO hold.
Bytes WeightDma::next_chunk_bytes() const {
  if (tile_left_ > 0) return std::min(tile_left_, request_bytes_);
  Bytes bytes = tile_bytes(next_tile_);
  if (bytes >= request_bytes_) return std::min(bytes, request_bytes_);
  for (std::uint32_t count = 1; next_tile_ + count < tile_count_; ++count) {
    const Bytes more = tile_bytes(next_tile_ + count);
    if (bytes + more > request_bytes_ || !fifo_.can_push(tiles_.size() + count + 1)) break;
    bytes += more;
  }
  return bytes;
}

void WeightDma::push_tile(Cycle now) {
  Tile& front = tiles_.front();
  front.tile.pushed = now;
  fifo_.push(front.tile);
  if (front.last_of_job) front.entry->end(now, 0, log_.last());
  if (context_.trace != nullptr)
    context_.trace->tile(
        {id(), front.tile.instruction, front.tile.number, front.requested, now, log_.last()});
  tiles_.pop_front();
  ++first_tile_;
}

void WeightDma::open_tile(Cycle now) {
  const isa::WeightStrip cut = strip();
  const Address start = issuing_->job.get(field::w_dram);
  const WeightTile tile{start,
                        start + cut.tile_offset(next_tile_),
                        static_cast<std::uint32_t>(cut.tile_rows(next_tile_)),
                        static_cast<std::uint32_t>(cut.tile_cols(next_tile_)),
                        issuing_->job.index,
                        static_cast<std::uint32_t>(first_tile_ + tiles_.size())};
  tiles_.push_back({tile, issuing_, tile_bytes(next_tile_), next_tile_ + 1 == tile_count_, now});
  ++next_tile_;
}

void WeightDma::issue(Cycle now) {
  const Bytes bytes = next_chunk_bytes();
  const Address address = issuing_->job.get(field::w_dram) + strip_offset_;
  ChunkOf chunk{0, 0, bytes};
  if (tile_left_ > 0 || tile_bytes(next_tile_) > bytes) {
    if (tile_left_ == 0) tile_left_ = tile_bytes(next_tile_), open_tile(now);
    chunk.first_tile = first_tile_ + tiles_.size() - 1;
    tile_left_ -= bytes;
  } else {
    chunk.first_tile = first_tile_ + tiles_.size();
    for (Bytes covered = 0; covered < bytes; ++chunk.count) covered += tile_bytes(next_tile_), open_tile(now);
  }
  port_.send(now, requester(issuing_->job), address, bytes, false);
  chunks_.push_back(chunk);
  chunk_done_.push_back(false);
  traffic_.add(issuing_->job.instruction.layer, bytes);
  strip_offset_ += bytes;
  if (next_tile_ == tile_count_ && tile_left_ == 0) issuing_ = nullptr;
}

Cycle WeightDma::next_event(Cycle now) const {
  const Cycle next = std::min(next_own_event(now), port_.next_answer(now));
  // Having issued this cycle, the state may change in the next; and a job that could start or go on does so.
  const bool more =
      track_.current().state == State::busy || (issuing_ != nullptr ? can_issue() : next_ready());
  return more ? now + 1 : next;
}

}  // namespace nnp::sim

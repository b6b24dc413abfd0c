// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/weight_dma.h"

#include <cstring>

namespace nnp::sim {

namespace field = isa::field;

void WeightDma::reset() {
  QueueEngine::reset();
  port_.reset();
  log_.reset();
  traffic_ = {};
  tiles_.reset(), chunks_.reset();
}

void WeightDma::tick(Cycle now) {
  track_.settle(now);
  // 1. What arrived.
  port_.receive(now, [this](std::uint32_t number) {
    ChunkOf& chunk = chunks_[number];
    if (chunk.count == 0) tiles_[chunk.first_tile].left -= chunk.bytes;
    for (std::uint32_t i = 0; i < chunk.count; ++i) tiles_[chunk.first_tile + i].left = 0;
    chunk.done = true;
  });
  while (!chunks_.empty() && chunks_.front().done) chunks_.pop();
  // 2. Whole tiles enter the FIFO in order.
  while (!tiles_.empty() && tiles_.front().left == 0) push_tile(now);
  retire_and_decode(now);
  // A place in the FIFO was freed in the cycle before: by the tile that is a FIFO's length ahead of the next.
  if (track_.current().cause == Cause::fifo_full && fifo_.can_push(tiles_.size() + 1))
    track_.released(now, Release::Kind::tile_taken, array_id_,
                    tiles_.next() - context_.state.arch.weight_fifo_tiles);
  // 3. Ask for more.
  const Job* issued = nullptr;
  if (issuing_ == nullptr && next_ready()) {
    issuing_ = &start_next(now);
    check(issuing_->job);
    layout_ = layout(), values_ = values();
    strip_.emplace(context_.state.arch, issuing_->job.get(field::w_k), issuing_->job.get(field::w_n),
                   layout_);
    tile_count_ = static_cast<std::uint32_t>(strip().tiles());
    next_tile_ = 0, strip_offset_ = 0, tile_left_ = 0;
    next_tile_bytes_ = tile_bytes(0);
  }
  if (can_issue()) {
    issued = &issuing_->job;
    issue(now);
  }
  // 4. State.
  if (issued == nullptr) return track_.set(now, state_without_issue());
  track_.set(now, state_of(State::busy, Cause::none, *issued));
  track_.foresee(now + 1, state_without_issue());
}

UnitState WeightDma::state_without_issue() const {
  if (issuing_ != nullptr && tile_left_ == 0 && !fifo_.can_push(tiles_.size() + 1))
    return state_of(State::wait, Cause::fifo_full, issuing_->job, array_id_);
  if (!tiles_.empty()) return state_of(State::wait, Cause::memory, tiles_.front().entry->job);
  return resting_state();
}

/// A strip has weights; of an activation no more than there are bytes to gather.
void WeightDma::check(const Job& job) const {
  const std::uint64_t k = job.get(field::w_k), n = job.get(field::w_n);
  if (k == 0 || n == 0)
    throw ProgramFault(
        fmt::format("weight_dma: instruction {} has k {} and n {}; at least 1 is allowed", job.index, k, n));
  const Bytes bytes = k * n * isa::weight_bytes(job.instruction.flags),
              most = context_.state.device_memory.size();
  const bool gathers = (job.instruction.flags & (isa::kFlagTransposed | isa::kFlagRows)) != 0;
  if (gathers && context_.state.values && bytes > most)
    throw ProgramFault(fmt::format("weight_dma: instruction {} gathers {} bytes; device memory has {}",
                                   job.index, bytes, most));
}

bool WeightDma::can_issue() const {
  if (issuing_ == nullptr) return false;
  if (tile_left_ == 0 && !fifo_.can_push(tiles_.size() + 1)) return false;
  return port_.can_send(next_chunk_bytes());
}

Bytes WeightDma::tile_bytes(std::uint32_t index) const {
  const isa::WeightStrip& cut = strip();
  const bool block =
      is_stored() && index + 1 == tile_count_ && (issuing_->job.instruction.flags & isa::kFlagBlock);
  if (!block) return cut.tile_bytes(index);
  return cut.tile_bytes(index) +
         isa::rest_of_block(issuing_->job.get(field::w_dram) + cut.bytes(), context_.state.arch);
}

isa::WeightLayout WeightDma::layout() const {
  using Order = isa::WeightLayout::Order;
  const std::uint8_t flags = issuing_->job.instruction.flags;
  const Order order = (flags & isa::kFlagTransposed) != 0 ? Order::transposed
                      : (flags & isa::kFlagRows) != 0     ? Order::rows
                                                          : Order::tiles;
  return {order, isa::weight_bytes(flags),
          order == Order::tiles ? 0 : static_cast<std::uint32_t>(issuing_->job.word(isa::word::w_stride))};
}

WeightValues WeightDma::values() const {
  WeightValues values{issuing_->job.get(field::w_dram), !is_stored(), nullptr};
  if (is_stored() || !context_.state.values) return values;
  const Bytes element = layout_.element_bytes;
  const std::uint64_t k = issuing_->job.get(field::w_k), n = issuing_->job.get(field::w_n);
  const bool transposed = layout_.order == isa::WeightLayout::Order::transposed;
  const std::uint64_t lines = transposed ? n : k, length = transposed ? k : n;
  auto weights = std::make_shared<std::vector<std::uint8_t>>(k * n * element);
  for (std::uint64_t line = 0; line < lines; ++line) {
    const std::uint8_t* from =
        context_.state.device_memory.read(values.stored + line * layout_.stride, length * element);
    if (!transposed)
      std::memcpy(weights->data() + line * length * element, from, length * element);
    else
      for (std::uint64_t i = 0; i < length; ++i)
        std::memcpy(weights->data() + (i * n + line) * element, from + i * element, element);
  }
  values.weights = std::move(weights);
  return values;
}

/// Of a tile's first weight in the gathered strip.
Bytes WeightDma::gathered_offset(std::uint32_t tile) const {
  const isa::ArchSpec& arch = context_.state.arch;
  const std::uint64_t n = issuing_->job.get(field::w_n), n_tiles = strip().n_tiles();
  return (tile / n_tiles * arch.array_rows * n + tile % n_tiles * arch.array_cols) * layout_.element_bytes;
}

/// Part of the open tile, or as many whole tiles as one request and the FIFO hold; of an activation what is
/// left of a run.
Bytes WeightDma::next_run_or_tiles() const {
  if (!is_stored()) {
    const std::uint32_t tile = tile_left_ > 0 ? next_tile_ - 1 : next_tile_;
    const Bytes run = strip().run_bytes(tile);
    return std::min(tile_left_ > 0 ? (tile_left_ - 1) % run + 1 : run, request_bytes_);
  }
  Bytes bytes = next_tile_bytes_;
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
  tiles_.pop();
}

void WeightDma::open_tile(Cycle now) {
  const isa::WeightStrip& cut = strip();
  const WeightTile tile{
      values_,
      values_.gathered ? gathered_offset(next_tile_) : cut.tile_offset(next_tile_),
      values_.gathered ? issuing_->job.get(field::w_n) * layout_.element_bytes : cut.row_stride(next_tile_),
      static_cast<std::uint32_t>(cut.tile_rows(next_tile_)),
      static_cast<std::uint32_t>(cut.tile_cols(next_tile_)),
      issuing_->job.index,
      tiles_.next()};
  tiles_.push({tile, issuing_, next_tile_bytes_, next_tile_ + 1 == tile_count_, now});
  if (++next_tile_ < tile_count_) next_tile_bytes_ = tile_bytes(next_tile_);
}

void WeightDma::issue(Cycle now) {
  is_stored() ? issue_stored(now) : issue_run(now);
  if (next_tile_ == tile_count_ && tile_left_ == 0) issuing_ = nullptr;
}

void WeightDma::issue_stored(Cycle now) {
  const Bytes bytes = next_chunk_bytes();
  ChunkOf chunk{0, 0, bytes};
  if (tile_left_ > 0 || next_tile_bytes_ > bytes) {
    if (tile_left_ == 0) tile_left_ = next_tile_bytes_, open_tile(now);
    chunk.first_tile = tiles_.next() - 1;
    tile_left_ -= bytes;
  } else {
    chunk.first_tile = tiles_.next();
    for (Bytes covered = 0; covered < bytes; ++chunk.count) covered += next_tile_bytes_, open_tile(now);
  }
  send(now, strip_offset_, chunk);
  strip_offset_ += bytes;
}

void WeightDma::issue_run(Cycle now) {
  const Bytes bytes = next_chunk_bytes();
  if (tile_left_ == 0) tile_left_ = next_tile_bytes_, open_tile(now);
  const isa::WeightStrip& cut = strip();
  const std::uint32_t tile = next_tile_ - 1;
  const Bytes done = cut.tile_bytes(tile) - tile_left_, run = cut.run_bytes(tile);
  send(now, cut.tile_offset(tile) + cut.run_offset(done / run) + done % run, {tiles_.next() - 1, 0, bytes});
  tile_left_ -= bytes;
}

void WeightDma::send(Cycle now, Bytes offset, const ChunkOf& chunk) {
  if (context_.state.values && is_stored())
    context_.state.device_memory.prefetch(issuing_->job.get(field::w_dram) + offset, chunk.bytes);
  port_.send(now, requester(issuing_->job), issuing_->job.get(field::w_dram) + offset, chunk.bytes, false);
  chunks_.push(chunk);
  traffic_.add(issuing_->job.instruction.layer, chunk.bytes);
}

Cycle WeightDma::next_event(Cycle now) const {
  const bool more = issuing_ != nullptr ? can_issue() : next_ready();
  return more ? now + 1 : std::min(next_own_event(now), port_.next_answer(now));
}

}  // namespace nnp::sim

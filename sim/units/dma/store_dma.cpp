// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/store_dma.h"

#include <cstring>

namespace nnp::sim {

void StoreDma::reset() {
  QueueEngine::reset();
  port_.reset();
  log_.reset();
  traffic_ = {};
  chunks_.reset(), jobs_out_ = 0;
}

void StoreDma::tick(Cycle now) {
  // 1. Memory has taken chunks.
  receive(now);
  while (!chunks_.empty() && chunks_.front().done) {
    if (chunks_.front().last_of_job) chunks_.front().entry->end(now, 0, log_.last()), --jobs_out_;
    chunks_.pop();
  }
  // 2. A chunk has been read: on to memory.
  if (grant_.granted() && now >= read_end()) {
    const Chunk chunk = walk_.peek(request_bytes_);
    port_.send(now, requester(reading_->job), chunk.dram, chunk.bytes, true);
    traffic_.add(reading_->job.instruction.layer, chunk.bytes);
    walk_.advance(chunk.bytes);
    chunks_.push({reading_});
    if (walk_.at_end()) chunks_.back().last_of_job = true, ++jobs_out_, reading_ = nullptr;
    grant_.clear();
  }
  retire_and_decode(now);
  if (reading_ == nullptr && next_ready()) {
    reading_ = &start_next(now);
    walk_ = TransferWalk(reading_->job);
    if (walk_.at_end()) reading_->end(now + 1), reading_ = nullptr;
  }
  // 3. Read the next chunk.
  if (ready_to_read()) {
    const Chunk chunk = walk_.peek(request_bytes_);
    StreamRequest request;
    request.unit = this;
    request.unit_id = id();
    request.earliest = now + 1;
    request.length = read_length_ = word_.quotient_up(chunk.bytes);
    request.quiet = read_length_ + more_read_cycles_;
    request.first_words[0] = static_cast<std::uint32_t>(word_.quotient(chunk.buffer));
    arbiter_.request(request, grant_);
  }
  // 4. State.
  if (grant_.requested && (!grant_.granted() || now >= grant_.start))
    track_.set(now, state_of(State::busy, Cause::none, reading_->job));
  else if (grant_.granted())
    track_.set(now, state_of(State::wait, Cause::bank_conflict, reading_->job, grant_.blocker));
  else if (!chunks_.empty())
    track_.set(now, state_of(State::wait, Cause::memory, chunks_.front().entry->job));
  else
    track_.set(now, resting_state());
  // While it reads, an answer is of no use but to the job that ends with it.
  port_.heed(!grant_.requested || jobs_out_ != 0);
}

void StoreDma::receive(Cycle now) {
  port_.receive(now, [this](std::uint32_t chunk) { chunks_[chunk].done = true; });
}

void StoreDma::catch_up(Cycle now) {
  QueueEngine::catch_up(now);
  if (now != 0) receive(now - 1);
}

Cycle StoreDma::next_event(Cycle now) const {
  Cycle next = std::min(next_own_event(now), port_.next_answer(now));
  if (ready_to_read() || (reading_ == nullptr && next_ready())) return now + 1;
  if (grant_.granted())
    for (const Cycle cycle : {grant_.start, read_end()})
      if (cycle > now) next = std::min(next, cycle);
  return next;
}

void StoreDma::retire(Job& job) {
  if (!context_.state.values) return;
  for (TransferWalk walk(job); !walk.at_end();) {
    const Chunk chunk = walk.peek(~Bytes{0});
    std::memcpy(context_.state.device_memory.at(chunk.dram, chunk.bytes),
                context_.state.buffer.at(chunk.buffer, chunk.bytes), chunk.bytes);
    walk.advance(chunk.bytes);
  }
}

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/load_dma.h"

#include <cstring>

namespace nnp::sim {

void LoadDma::reset() {
  QueueEngine::reset();
  port_.reset();
  log_.reset();
  traffic_ = {};
  chunks_.reset();
}

void LoadDma::tick(Cycle now) {
  track_.settle(now);
  receive(now);
  write_next(now);
  retire_and_decode(now);
  const bool issued = issue(now);
  // State: writing or asking is work; else waiting for memory.
  const UnitState besides = state_besides_issuing(now);
  if (!issued || writing(now)) {
    track_.set(now, besides);
  } else {
    track_.set(now, state_of(State::busy, Cause::none, chunks_.back().entry->job));
    track_.foresee(now + 1, state_besides_issuing(now + 1));
  }
  // While it writes, an answer is of no use but for the place in the window.
  port_.heed(!grant_.requested || issuing_ != nullptr);
}

void LoadDma::receive(Cycle now) {
  port_.receive(now, [this](std::uint32_t chunk) { chunks_[chunk].arrived = true; });
}

void LoadDma::catch_up(Cycle now) {
  QueueEngine::catch_up(now);
  if (now != 0) receive(now - 1);
}

UnitState LoadDma::state_besides_issuing(Cycle now) const {
  if (writing(now)) return state_of(State::busy, Cause::none, chunks_.front().entry->job);
  if (grant_.granted() && now >= grant_.wanted)
    return state_of(State::wait, Cause::bank_conflict, chunks_.front().entry->job, grant_.blocker);
  if (!chunks_.empty()) return state_of(State::wait, Cause::memory, chunks_.front().entry->job);
  return resting_state();
}

/// Chunks are written in order of issue; one stream at a time.
void LoadDma::write_next(Cycle now) {
  if (grant_.granted() && now >= grant_.start + write_length_) {
    // The write that just ended.
    if (chunks_.front().last_of_job) chunks_.front().entry->end(now);
    chunks_.pop();
    grant_.clear();
  }
  if (grant_.requested || chunks_.empty() || !chunks_.front().arrived) return;
  StreamRequest request;
  request.unit = this;
  request.unit_id = id();
  request.earliest = now + 1;
  request.length = request.quiet = write_length_ = word_.quotient_up(chunks_.front().bytes);
  request.first_words[0] = static_cast<std::uint32_t>(word_.quotient(chunks_.front().buffer));
  arbiter_.request(request, grant_);
}

bool LoadDma::issue(Cycle now) {
  if (issuing_ == nullptr) {
    if (!next_ready()) return false;
    issuing_ = &start_next(now);
    walk_ = TransferWalk(issuing_->job);
    if (walk_.at_end()) {
      issuing_->end(now + 1);
      issuing_ = nullptr;
      return false;
    }
  }
  const Chunk chunk = walk_.peek(request_bytes_);
  if (!port_.can_send(chunk.bytes)) return false;
  port_.send(now, requester(issuing_->job), chunk.dram, chunk.bytes, false);
  traffic_.add(issuing_->job.instruction.layer, chunk.bytes);
  walk_.advance(chunk.bytes);
  chunks_.push({issuing_, chunk.buffer, chunk.bytes});
  if (walk_.at_end()) chunks_.back().last_of_job = true, issuing_ = nullptr;
  return true;
}

Cycle LoadDma::next_event(Cycle now) const {
  Cycle next = std::min(next_own_event(now), port_.next_answer(now));
  if (issuing_ != nullptr ? port_.can_send(walk_.peek(request_bytes_).bytes) : next_ready()) next = now + 1;
  if (grant_.granted())
    for (const Cycle cycle : {grant_.start, grant_.start + write_length_})
      if (cycle > now) next = std::min(next, cycle);
  return next;
}

void LoadDma::retire(Job& job) {
  if (!context_.state.values) return;
  for (TransferWalk walk(job); !walk.at_end();) {
    const Chunk chunk = walk.peek(~Bytes{0});
    std::memcpy(context_.state.buffer.at(chunk.buffer, chunk.bytes),
                context_.state.device_memory.read(chunk.dram, chunk.bytes), chunk.bytes);
    walk.advance(chunk.bytes);
  }
}

}  // namespace nnp::sim

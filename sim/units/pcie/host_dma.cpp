// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pcie/host_dma.h"

#include <algorithm>
#include <cstring>

namespace nnp::sim {

namespace field = isa::field;

void HostDma::reset() {
  QueueEngine::reset();
  port_.reset();
  log_.reset();
}

void HostDma::start_job(Cycle now) {
  current_ = &start_next(now);
  runs_ = isa::HostRuns::of(current_->job.instruction);
  const Place device = current_->job.instruction.flags & isa::kFlagToBuffer ? Place::buffer : Place::memory;
  const bool to_device = current_->job.instruction.opcode == isa::Opcode::h2d;
  const Stage link{Place::link, runs_.bytes}, other{device, to_device ? runs_.written() : runs_.read()};
  from_ = to_device ? link : other;
  to_ = to_device ? other : link;
  if (nothing_moves())
    for (Stage* stage : {&from_, &to_}) stage->begun = stage->done = stage->total;
}

Bytes HostDma::from_chunk() const {
  const Bytes left = from_.total - from_.begun;
  if (from_.place != Place::link) return std::min(kDeviceReadBytes, left);
  return PcieWire::piece(current_->job.get(field::host) + from_.begun, left, link_.wire().max_read_request());
}

Bytes HostDma::to_chunk() const {
  if (to_.place != Place::link) {
    // Up to one read request's bytes, with the gaps between their runs.
    const Bytes most = runs_.packed_in(to_.begun) + link_.wire().max_read_request();
    const Bytes here = runs_.filled_by(std::min(from_.done, most)) - to_.begun;
    return std::min(here, to_.place == Place::buffer ? write_window_bytes_ : link_.wire().max_read_request());
  }
  const Bytes here = runs_.packed_in(from_.done) - to_.begun;
  const Bytes packet = PcieWire::piece(current_->job.get(field::host) + to_.begun, to_.total - to_.begun,
                                       link_.wire().max_payload());
  return here < packet ? 0 : packet;
}

bool HostDma::can_begin_from() const {
  const Bytes bytes = from_chunk();
  if (from_.place == Place::link)
    return bytes > 0 && from_.begun - runs_.packed_in(to_.begun) + bytes <= read_window_bytes_;
  const Bytes held = from_.begun - std::min(from_.begun, runs_.filled_by(to_.done));
  return bytes > 0 && held + bytes <= write_window_bytes_ && can_begin(from_, bytes);
}

bool HostDma::can_begin(const Stage& stage, Bytes bytes) const {
  if (stage.place == Place::buffer) return !grant_.requested;
  return stage.place == Place::link || port_.can_send(bytes);
}

void HostDma::begin(Stage& stage, Bytes bytes, Cycle now) {
  const Address device = current_->job.get(field::device) + stage.begun;
  const bool write = &stage == &to_;
  switch (stage.place) {
    case Place::link:
      link_.send({!write, static_cast<std::uint32_t>(bytes), link_source_,
                  log_.sent(now, requester(current_->job), stage.begun, bytes, write),
                  current_->job.get(field::host) + stage.begun});
      break;
    case Place::memory:
      port_.send(now, requester(current_->job), device, bytes, write);
      break;
    case Place::buffer: {
      const std::uint32_t word_bytes = context_.state.arch.buffer_word_bytes;
      StreamRequest request;
      request.unit = this;
      request.unit_id = id();
      request.earliest = now + 1;
      request.length = ceil_div<Cycles>(bytes, word_bytes);
      stream_length_ = request.length + (write ? 0 : more_read_cycles_);
      request.first_words[0] = static_cast<std::uint32_t>(device / word_bytes);
      stream_bytes_ = bytes;
      arbiter_.request(request, grant_);
      break;
    }
  }
  stage.begun += bytes;
}

void HostDma::tick(Cycle now) {
  // 1. What has been done.
  while (link_answers_.ready(now)) {
    const PcieAnswer answer = link_answers_.pop();
    stage_at(Place::link).done += answer.bytes;
    log_.answered(now, answer.id, kHostLink);
  }
  log_.publish();
  const Bytes before = port_.in_flight();
  port_.receive(now, [](std::uint32_t) {});
  if (before != port_.in_flight()) stage_at(Place::memory).done += before - port_.in_flight();
  if (grant_.granted() && now >= grant_.start + stream_length_)
    stage_at(Place::buffer).done += stream_bytes_, grant_.clear();
  if (current_ != nullptr && to_.done == to_.total) {
    current_->end(now, 0, to_.place == Place::buffer || nothing_moves() ? kNoTransfer : log_.last());
    current_ = nullptr;
  }
  retire_and_decode(now);
  // 2. Start an instruction, or the next chunks.
  begun_ = false;
  if (current_ == nullptr && next_ready()) start_job(now), begun_ = true;
  if (current_ != nullptr) {
    if (can_begin_to()) begin(to_, to_chunk(), now), begun_ = true;
    if (can_begin_from()) begin(from_, from_chunk(), now), begun_ = true;
  }
  // 3. State.
  track_.set(now, present_state(now));
}

UnitState HostDma::present_state(Cycle now) const {
  if (current_ == nullptr) return resting_state();
  const Job& job = current_->job;
  if (begun_) return state_of(State::busy, Cause::none, job);
  if (grant_.granted() && now >= grant_.wanted && now < grant_.start)
    return state_of(State::wait, Cause::bank_conflict, job, grant_.blocker);
  if (grant_.requested) return state_of(State::busy, Cause::none, job);
  // What is still on its way in, else what is still on its way out.
  const Stage& slow = from_.begun > from_.done ? from_ : to_;
  return state_of(State::wait, slow.place == Place::memory ? Cause::memory : Cause::pcie, job);
}

Cycle HostDma::next_event(Cycle now) const {
  Cycle next = std::min({next_own_event(now), port_.next_answer(now), link_answers_.next(now)});
  // Having begun something this cycle, the state changes in the next.
  if (begun_ || (current_ == nullptr ? next_ready() : grant_.requested && !grant_.granted())) return now + 1;
  if (grant_.granted())
    for (const Cycle cycle : {grant_.start, grant_.start + stream_length_})
      if (cycle > now) next = std::min(next, cycle);
  if (current_ != nullptr && (can_begin_to() || can_begin_from())) return now + 1;
  return next;
}

void HostDma::retire(Job& job) {
  ChipState& state = context_.state;
  if (!state.values) return;
  const isa::HostRuns runs = isa::HostRuns::of(job.instruction);
  const bool to_device = job.instruction.opcode == isa::Opcode::h2d;
  std::uint8_t* host = state.host_memory.at(job.get(field::host), runs.bytes);
  ByteMemory& memory = job.instruction.flags & isa::kFlagToBuffer ? state.buffer : state.device_memory;
  std::uint8_t* device = memory.at(job.get(field::device), to_device ? runs.written() : runs.read());
  for (Bytes left = runs.bytes; left > 0; host += runs.run, device += runs.stride) {
    const Bytes bytes = std::min(left, runs.run);
    if (to_device)
      std::memset(std::copy_n(host, bytes, device), 0, runs.stride - bytes);
    else
      std::copy_n(device, bytes, host);
    left -= bytes;
  }
}

}  // namespace nnp::sim

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

bool HostDma::may_start() const {
  if (!next_ready() || copies_.empty()) return next_ready();
  const Copy& last = copies_.back();
  const Bytes finished = last.to_device() ? last.from.begun : last.from.done;
  return finished == last.from.total && last.to_device() == (next_->instruction.opcode == isa::Opcode::h2d);
}

void HostDma::start_copy(Cycle now) {
  InFlight& entry = start_next(now);
  const isa::HostRuns runs = isa::HostRuns::of(entry.job.instruction);
  const bool to_device = entry.job.instruction.opcode == isa::Opcode::h2d;
  const Stage link{Place::link, runs.bytes};
  const Stage device{entry.job.instruction.flags & isa::kFlagToBuffer ? Place::buffer : Place::memory,
                     to_device ? runs.written() : runs.read()};
  Copy& copy =
      copies_.emplace_back(to_device ? Copy{&entry, runs, link, device} : Copy{&entry, runs, device, link});
  if (nothing_moves(copy))
    for (Stage* stage : {&copy.from, &copy.to}) stage->begun = stage->done = stage->total;
}

void HostDma::done(Place place, Bytes bytes) {
  for (Copy& copy : copies_) {
    Stage& stage = copy.at(place);
    if (stage.place == place && stage.begun > stage.done) {
      stage.done += bytes;
      return;
    }
  }
}

Bytes HostDma::from_chunk() const {
  const Copy& copy = copies_.back();
  const Bytes left = copy.from.total - copy.from.begun;
  if (copy.from.place != Place::link) return std::min(kDeviceReadBytes, left);
  return PcieWire::piece(copy.job().get(field::host) + copy.from.begun, left,
                         link_.wire().max_read_request());
}

Bytes HostDma::to_chunk() const {
  const auto& [entry, runs, from, to] = copies_.front();
  if (to.place != Place::link) {
    // Up to one read request's bytes, with the gaps between their runs.
    const Bytes most = runs.packed_in(to.begun) + link_.wire().max_read_request();
    const Bytes here = runs.filled_by(std::min(from.done, most)) - to.begun;
    return std::min(here, to.place == Place::buffer ? write_window_bytes_ : link_.wire().max_read_request());
  }
  const Bytes here = runs.packed_in(from.done) - to.begun;
  const Bytes packet = PcieWire::piece(entry->job.get(field::host) + to.begun, to.total - to.begun,
                                       link_.wire().max_payload());
  return here < packet ? 0 : packet;
}

/// Packed bytes that the first stage has begun and the second has not yet begun (reads on the link) or done.
Bytes HostDma::held() const {
  Bytes bytes = 0;
  for (const auto& [entry, runs, from, to] : copies_)
    bytes += from.place == Place::link ? from.begun - runs.packed_in(to.begun)
                                       : runs.packed_in(from.begun) - to.done;
  return bytes;
}

bool HostDma::can_begin_from() const {
  const auto& [entry, runs, from, to] = copies_.back();
  const Bytes bytes = from_chunk();
  if (bytes == 0) return false;
  if (from.place == Place::link) return held() + bytes <= read_window_bytes_;
  const Bytes packed = runs.packed_in(from.begun + bytes) - runs.packed_in(from.begun);
  return held() + packed <= write_window_bytes_ && can_begin(from, bytes);
}

bool HostDma::can_begin(const Stage& stage, Bytes bytes) const {
  if (stage.place == Place::buffer) return !grant_.requested;
  return stage.place == Place::link || port_.can_send(bytes);
}

void HostDma::begin(Copy& copy, Stage& stage, Bytes bytes, Cycle now) {
  const Job& job = copy.job();
  const Address device = job.get(field::device) + stage.begun;
  const bool write = &stage == &copy.to;
  switch (stage.place) {
    case Place::link:
      link_.send({!write, static_cast<std::uint32_t>(bytes), link_source_,
                  log_.sent(now, requester(job), stage.begun, bytes, write),
                  job.get(field::host) + stage.begun});
      break;
    case Place::memory:
      port_.send(now, requester(job), device, bytes, write);
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
    done(Place::link, answer.bytes);
    log_.answered(now, answer.id, kHostLink);
  }
  log_.publish();
  const Bytes before = port_.in_flight();
  port_.receive(now, [](std::uint32_t) {});
  if (before != port_.in_flight()) done(Place::memory, before - port_.in_flight());
  if (grant_.granted() && now >= grant_.start + stream_length_)
    done(Place::buffer, stream_bytes_), grant_.clear();
  if (!copies_.empty() && copies_.front().to.done == copies_.front().to.total) {
    Copy& copy = copies_.front();
    copy.entry->end(now, 0,
                    copy.to.place == Place::buffer || nothing_moves(copy) ? kNoTransfer : log_.last());
    copies_.pop_front();
  }
  retire_and_decode(now);
  // 2. Start an instruction, or the next chunks.
  begun_ = false;
  if (may_start()) start_copy(now), begun_ = true;
  if (!copies_.empty()) {
    if (can_begin_to()) begin(copies_.front(), copies_.front().to, to_chunk(), now), begun_ = true;
    if (can_begin_from()) begin(copies_.back(), copies_.back().from, from_chunk(), now), begun_ = true;
  }
  // 3. State.
  track_.set(now, present_state(now));
}

UnitState HostDma::present_state(Cycle now) const {
  if (copies_.empty()) return resting_state();
  const auto& [entry, runs, from, to] = copies_.front();
  const Job& job = entry->job;
  if (begun_) return state_of(State::busy, Cause::none, job);
  if (grant_.granted() && now >= grant_.wanted && now < grant_.start)
    return state_of(State::wait, Cause::bank_conflict, job, grant_.blocker);
  if (grant_.requested) return state_of(State::busy, Cause::none, job);
  // What is still on its way in, else what is still on its way out.
  const Stage& slow = from.begun > from.done ? from : to;
  return state_of(State::wait, slow.place == Place::memory ? Cause::memory : Cause::pcie, job);
}

Cycle HostDma::next_event(Cycle now) const {
  Cycle next = std::min({next_own_event(now), port_.next_answer(now), link_answers_.next(now)});
  // One copy ends in a cycle; the next may be complete already, its end of another place.
  if (!copies_.empty() && copies_.front().to.done == copies_.front().to.total) return now + 1;
  // Having begun something this cycle, the state changes in the next.
  if (begun_ || may_start() || (grant_.requested && !grant_.granted())) return now + 1;
  if (grant_.granted())
    for (const Cycle cycle : {grant_.start, grant_.start + stream_length_})
      if (cycle > now) next = std::min(next, cycle);
  if (!copies_.empty() && (can_begin_to() || can_begin_from())) return now + 1;
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

// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/matrix_unit.h"

#include <algorithm>

#include "isa/program/assembler.h"

namespace nnp::sim {

namespace field = isa::field;

MatrixUnit::MatrixUnit(std::string name, std::uint16_t unit_id, EngineContext context,
                       std::size_t queue_depth, SlotArbiter& arbiter, const MatrixTiming& timing)
    : QueueEngine(std::move(name), unit_id, context, queue_depth),
      arbiter_(arbiter),
      timing_(timing),
      shift_cycles_(ceil_div(context.state.arch.array_rows, timing.shift_rows_per_cycle)),
      pipeline_cycles_(Cycles{context.state.arch.array_rows} + context.state.arch.array_cols - 1 +
                       timing.read_latency - 1),
      weights_(context.domain, context.state.arch.weight_fifo_tiles) {}

void MatrixUnit::reset() {
  QueueEngine::reset();
  useful_macs_ = 0, raw_stall_ = 0, raw_since_ = kNever;
}

void MatrixUnit::see_tile(Cycle now) {
  if (!weights_.empty() && weights_.front().pushed + 1 == now)
    track_.released(now, Release::Kind::tile_arrived, weight_source_, weights_.front().number);
}

void MatrixUnit::publish_pass() const {
  context_.trace->pass({id(), current_->job.instruction.layer, current_->job.index, active_.number,
                        static_cast<std::uint32_t>(current_->job.get(field::mx_m)), active_shift_start_,
                        active_shift_end_, stream_start_, stream_end_});
}

void MatrixUnit::tick(Cycle now) {
  see_tile(now);
  // 1. A tile has arrived in the shadow registers; its FIFO place is free.
  if (shifting_ && now >= shift_end_) shifting_ = false, loaded_ = true, shadow_ = weights_.pop();
  // 2. A stream ends.
  if (streaming_ && now >= stream_end_) {
    streaming_ = false;
    if (context_.trace != nullptr) publish_pass();
    if (tiles_left_ == 0) current_ = nullptr;
  }
  retire_and_decode(now);
  // 3. The granted stream starts: shadow registers become the active ones.
  if (grant_.granted() && now >= grant_.start) {
    start_stream(grant_.start);
    retire_and_decode(now);
  }
  // 4. The next tile begins to shift.
  if (!shifting_ && !loaded_ && !weights_.empty() && (timing_.overlap || !streaming_))
    shifting_ = true, shadow_shift_start_ = now, shift_end_ = now + shift_cycles_;
  // 5. Ask for the buffer one cycle before everything is ready.
  request_stream(now);
  // 6. State of this cycle.
  track_.set(now, present_state(now));
  const bool raw = !streaming_ && !tile_at_hand() && next_ && !next_has_tokens_ &&
                   !(next_->instruction.flags & isa::kFlagWaitReuse);
  if (raw && raw_since_ == kNever) raw_since_ = now;
  if (!raw && raw_since_ != kNever) raw_stall_ += now - raw_since_, raw_since_ = kNever;
}

void MatrixUnit::start_stream(Cycle start) {
  if (!tile_at_hand()) {
    current_ = &start_next(start);
    tiles_left_ = static_cast<std::uint32_t>(
        ceil_div<std::uint64_t>(current_->job.get(field::mx_k), context_.state.arch.array_rows));
    strips_.push_back(shadow_.strip);
  }
  --tiles_left_;
  loaded_ = false;
  streaming_ = true;
  active_ = shadow_, active_shift_start_ = shadow_shift_start_, active_shift_end_ = shift_end_;
  stream_start_ = start, stream_end_ = start + stream_length_;
  if (tiles_left_ == 0) current_->end(stream_end_, pipeline_cycles_);
  grant_.clear();
}

void MatrixUnit::request_stream(Cycle now) {
  const bool weights_ready = loaded_ || (shifting_ && shift_end_ <= now + 1);
  const bool array_free = !streaming_ || stream_end_ <= now + 1;
  if (grant_.requested || !weights_ready || !array_free || !(tile_at_hand() || next_ready())) return;
  const Job& job = tile_at_hand() ? current_->job : *next_;
  const auto& arch = context_.state.arch;
  const bool a16 = job.instruction.flags & isa::kFlagA16;
  const Cycles word_reads = ceil_div<Cycles>(Cycles{arch.array_rows} * (a16 ? 2 : 1), arch.buffer_word_bytes);
  stream_length_ = job.get(field::mx_m) * std::max<Cycles>(a16 ? 2 : 1, word_reads);
  StreamRequest request;
  request.unit = this;
  request.unit_id = id();
  request.earliest = now + 1;
  request.length = stream_length_;
  request.first_words[0] = static_cast<std::uint32_t>(job.get(field::mx_a) / arch.buffer_word_bytes);
  arbiter_.request(request, grant_);
}

UnitState MatrixUnit::present_state(Cycle now) const {
  if (streaming_) return state_of(State::busy, Cause::none, current_->job);
  if (!job_at_hand()) return resting_state();
  const Job& job = tile_at_hand() ? current_->job : *next_;
  if (grant_.granted() && now >= grant_.wanted)
    return state_of(State::wait, Cause::bank_conflict, job, grant_.blocker);
  if (shifting_) return state_of(State::wait, Cause::weight_shift, job, id());
  if (!loaded_) return state_of(State::wait, Cause::weight_stall, job);
  if (!tile_at_hand() && !next_has_tokens_) return resting_state();
  return state_of(State::wait, Cause::issue, job, id());
}

Cycle MatrixUnit::next_event(Cycle now) const {
  Cycle next = next_own_event(now);
  const auto at = [&](Cycle cycle) {
    if (cycle > now) next = std::min(next, cycle);
  };
  if (streaming_) at(stream_end_ - 1), at(stream_end_);
  if (shifting_) at(shift_end_ - 1), at(shift_end_);
  if (grant_.requested) at(grant_.granted() ? grant_.start : now + 1), at(std::max(grant_.wanted, now + 1));
  return next;
}

std::string MatrixUnit::waiting_for() const {
  if (!needs_tile()) return QueueEngine::waiting_for();
  const Job& job = tile_at_hand() ? current_->job : *next_;
  return fmt::format("instruction {} `{}` of layer {} waits for a weight tile: the FIFO is empty", job.index,
                     isa::disassemble(job.instruction), job.instruction.layer);
}

const Unit* MatrixUnit::waits_on() const { return needs_tile() ? weight_unit_ : QueueEngine::waits_on(); }

std::uint16_t MatrixUnit::waiting_layer() const {
  if (!needs_tile()) return QueueEngine::waiting_layer();
  return (tile_at_hand() ? current_->job : *next_).instruction.layer;
}

void MatrixUnit::retire(Job& job) {
  useful_macs_ += job.get(field::mx_m) * job.get(field::mx_k) * job.get(field::mx_n);
  if (context_.state.values) execute_matrix(job, strips_.front(), context_.state);
  strips_.pop_front();
}

}  // namespace nnp::sim

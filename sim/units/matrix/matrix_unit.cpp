// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/matrix_unit.h"

#include <algorithm>

#include "isa/program/assembler.h"

namespace nnp::sim {

namespace field = isa::field;

MatrixUnit::MatrixUnit(std::string name, std::uint16_t unit_id, EngineContext context,
                       std::size_t queue_depth, SlotArbiter& arbiter, const ArrayDesign& design,
                       Cycles read_latency)
    : QueueEngine(std::move(name), unit_id, context, queue_depth),
      arbiter_(arbiter),
      timing_(make_array_timing(design)),
      plan_(context_.state.arch, *timing_),
      read_latency_(read_latency),
      load_latency_(plan_.loads_activations() && !design.ideal_fill ? read_latency - 1 : 0),
      pipeline_cycles_(timing_->depth() + (plan_.streams_activations() ? read_latency - 1 : 0)),
      weights_(context.domain, context.state.arch.weight_fifo_tiles) {
  weights_.wake_before(plan_.loads_weights() ? 1 : 2);  // see weights_ready()
}

void MatrixUnit::drive(std::string name, std::unique_ptr<RegisterArray> array) {
  driven_ = std::make_unique<DrivenArray>(std::move(name), std::move(array), *timing_, plan_, read_latency_,
                                          context_.state);
}

void MatrixUnit::reset() {
  QueueEngine::reset();
  if (driven_) driven_->reset();
  stream_end_ = 0, pass_open_ = false, pass_ = {}, empty_from_ = 0, planned_job_ = kNoInstruction;
  occupancy_ = {};
  useful_macs_ = 0, raw_stall_ = 0, raw_since_ = kNever;
}

void MatrixUnit::see_tile(Cycle now) {
  if (!weights_.empty() && weights_.front().pushed + 1 == now)
    track_.released(now, Release::Kind::tile_arrived, weight_source_, weights_.front().number);
}

void MatrixUnit::publish_segment() const {
  context_.trace->pass({id(), current_->job.instruction.layer, current_->job.index, active_.number,
                        plan_.segment(current_->job, segment_ - 1).vectors, active_shift_start_,
                        active_shift_end_, stream_start_, stream_end_});
}

void MatrixUnit::tick(Cycle now) {
  see_tile(now);
  // 1. The stationary operand is complete in the shadow registers; a tile's FIFO place is free.
  if (loading_ && now >= load_end_) {
    loading_ = false, loaded_ = true;
    if (plan_.loads_weights()) shadow_ = weights_.pop();
  }
  // 2. A stream ends.
  if (streaming_ && now >= stream_end_) end_stream();
  retire_and_decode(now);
  // 3. What the buffer granted begins; a stream that needs no buffer begins when it can.
  if (grant_.granted() && now >= grant_.start) {
    if (plan_.streams_activations()) {
      start_stream(grant_.start);
      retire_and_decode(now);
    } else {
      loading_ = true, load_start_ = grant_.start, load_end_ = grant_.end + load_latency_;
      if (const auto [job, pass] = next_load(); driven_) driven_->load_activations(grant_.start, *job, pass);
    }
    grant_.clear();
  }
  if (timing_->design().ideal_fill) begin_load(now);
  if (!plan_.streams_activations() && !streaming_ && (segment_at_hand() || next_ready()) &&
      weights_ready(now) && earliest_start() <= now) {
    start_stream(now);
    retire_and_decode(now);
  }
  // 4. The next load begins, or asks for the buffer; 5. the next stream asks for it: one cycle before.
  begin_load(now);
  if (plan_.streams_activations()) request_stream(now);
  // 6. State of this cycle.
  track_.set(now, present_state(now));
  const bool raw = !streaming_ && !segment_at_hand() && next_ && !next_has_tokens_ &&
                   !(next_->instruction.flags & isa::kFlagWaitReuse);
  if (raw && raw_since_ == kNever) raw_since_ = now;
  if (!raw && raw_since_ != kNever) raw_stall_ += now - raw_since_, raw_since_ = kNever;
}

void MatrixUnit::end_stream() {
  streaming_ = false;
  if (plan_.streams_weights()) weights_.pop();
  if (context_.trace != nullptr) publish_segment();
  emptying_ = state_of(State::wait, Cause::pipeline, current_->job, id());
  if (!segment_at_hand()) current_ = nullptr;
}

void MatrixUnit::start_stream(Cycle start) {
  if (!segment_at_hand()) {
    plan_.check(*next_);
    current_ = &start_next(start);
    segment_ = 0, segments_ = plan_.segments(current_->job);
    strips_.push_back(plan_.loads_weights() ? shadow_.values : weights_.front().values);
  }
  const Job& job = current_->job;
  const std::uint16_t layer = job.instruction.layer;
  const Segment segment = next_segment();
  streaming_ = true, stream_start_ = start, stream_end_ = start + segment.length;
  active_ = plan_.loads_weights() ? shadow_ : weights_.front();
  active_shift_start_ = plan_.loads_weights() ? load_start_ : start;
  active_shift_end_ = plan_.loads_weights() ? load_end_ : stream_end_;
  if (segment.opens_pass) {
    if (loaded_) occupancy_.add(layer, load_start_, load_end_);
    pass_ = {loaded_ ? load_start_ : start, start, 0}, pass_shape_ = plan_.pass(job, segment_);
    loaded_ = false;
  }
  if (driven_) driven_->start_segment(start, job, segment_, active_);
  ++segment_;
  pass_open_ = !segment.closes_pass;
  if (segment.closes_pass) {
    pass_.end = stream_end_;
    empty_from_ = timing_->empty_from(stream_end_, pipeline_cycles_ - timing_->depth());
    occupancy_.add(layer, pass_.start, empty_from_);
  }
  if (!segment_at_hand()) current_->end(stream_end_, pipeline_cycles_);
}

std::pair<const Job*, std::uint32_t> MatrixUnit::next_load() const {
  if (segment_at_hand()) {
    const std::uint32_t of_a_pass = plan_.segments_of_a_pass(current_->job);
    const std::uint32_t pass = ceil_div(segment_, of_a_pass);
    if (pass < segments_ / of_a_pass) return {&current_->job, pass};
  }
  return {next_ready() ? &*next_ : nullptr, 0};
}

void MatrixUnit::begin_load(Cycle now) {
  if (loading_ || loaded_) return;
  if (timing_->design().ideal_fill) return load_at_once(now);
  if (plan_.loads_weights()) {
    if (weights_.empty() || !(timing_->overlap() || empty_at(now))) return;
    loading_ = true, load_start_ = now, load_end_ = now + timing_->load({});
    if (driven_) driven_->load_weights(now, weights_.front());
  } else if (plan_.loads_activations()) {
    const Job* job = next_load().first;
    if (grant_.requested || job == nullptr || !(timing_->overlap() || empty_at(now + 1))) return;
    StreamRequest request;
    request.unit = this, request.unit_id = id();
    request.earliest = now + 1;
    request.length = plan_.load_accesses(*job);
    request.first_words[0] =
        static_cast<std::uint32_t>(job->get(field::mx_a) / context_.state.arch.buffer_word_bytes);
    arbiter_.request(request, grant_);
  }
}

// A load that takes no time: neither the shadow registers nor the buffer's banks notice.
void MatrixUnit::load_at_once(Cycle now) {
  if (plan_.loads_weights() ? weights_.empty() : !plan_.loads_activations() || next_load().first == nullptr)
    return;
  loaded_ = true, load_start_ = load_end_ = now;
  if (plan_.loads_weights()) shadow_ = weights_.pop();
}

bool MatrixUnit::weights_ready(Cycle at) const {
  if (plan_.loads_weights()) return loaded_ || (loading_ && load_end_ <= at);
  if (plan_.loads_activations() && !pass_open_ && !loaded_) return false;
  return weights_.size() > (streaming_ ? 1u : 0u);  // the present stream's tile keeps its place
}

bool MatrixUnit::waits_for_weights() const {
  if (plan_.loads_weights()) return !loaded_;
  return weights_.empty() && (!plan_.loads_activations() || pass_open_ || loaded_);
}

const Segment& MatrixUnit::next_segment() const {
  const Job& job = job_of_next_segment();
  const std::uint32_t number = segment_at_hand() ? segment_ : 0;
  if (planned_job_ != job.index || planned_number_ != number)
    planned_ = plan_.segment(job, number), planned_job_ = job.index, planned_number_ = number;
  return planned_;
}

/// Of the next segment, as far as what streamed before it decides.
Cycle MatrixUnit::earliest_start() const {
  if (pass_open_ || pass_.end == 0) return stream_end_;
  if (!timing_->overlap()) return empty_from_;
  const Segment& next = next_segment();
  // A pass of several segments is longer than any way out.
  return timing_->next_start(
      pass_, pass_shape_,
      next.closes_pass ? next.length : timing_->stream(plan_.pass(job_of_next_segment(), 0)));
}

void MatrixUnit::request_stream(Cycle now) {
  if (grant_.requested || !(segment_at_hand() || next_ready()) || !weights_ready(now + 1) ||
      (streaming_ && stream_end_ > now + 1) || earliest_start() > now + 1)
    return;
  const Job& job = job_of_next_segment();
  StreamRequest request;
  request.unit = this, request.unit_id = id();
  request.earliest = now + 1;
  request.length = next_segment().length;
  request.first_words[0] =
      static_cast<std::uint32_t>(job.get(field::mx_a) / context_.state.arch.buffer_word_bytes);
  arbiter_.request(request, grant_);
}

UnitState MatrixUnit::present_state(Cycle now) const {
  if (streaming_) return state_of(State::busy, Cause::none, current_->job);
  if (!timing_->overlap() && !pass_open_ && now < empty_from_) return emptying_;
  if (!job_at_hand()) return resting_state();
  const Job& job = job_of_next_segment();
  if (grant_.granted() && now >= grant_.wanted)
    return state_of(State::wait, Cause::bank_conflict, job, grant_.blocker);
  if (loading_) return state_of(State::wait, Cause::weight_shift, job, id());
  if (waits_for_weights()) return state_of(State::wait, Cause::weight_stall, job);
  if (!segment_at_hand() && !next_has_tokens_) return resting_state();
  if (earliest_start() > now + 1) return state_of(State::wait, Cause::pipeline, job, id());
  return state_of(State::wait, Cause::issue, job, id());
}

Cycle MatrixUnit::next_event(Cycle now) const {
  Cycle next = next_own_event(now);
  const auto at = [&](Cycle cycle) {
    if (cycle > now) next = std::min(next, cycle);
  };
  if (streaming_) at(stream_end_ - 1), at(stream_end_);
  // One cycle before the end of a load a stream asks for the buffer, if none goes on.
  if (loading_) at(streaming_ && stream_end_ > load_end_ ? load_end_ : load_end_ - 1), at(load_end_);
  if (grant_.requested) at(grant_.granted() ? grant_.start : now + 1), at(grant_.wanted);
  if (!timing_->overlap() && !pass_open_) at(empty_from_ - 1), at(empty_from_);
  if (!streaming_ && (segment_at_hand() || next_ready())) {
    const Cycle earliest = earliest_start();
    at(earliest - 1), at(earliest);
  }
  return next;
}

std::string MatrixUnit::waiting_for() const {
  if (!needs_tile()) return QueueEngine::waiting_for();
  const Job& job = job_of_next_segment();
  return fmt::format("instruction {} `{}` of layer {} waits for a weight tile: the FIFO is empty", job.index,
                     isa::disassemble(job.instruction), job.instruction.layer);
}

const Unit* MatrixUnit::waits_on() const { return needs_tile() ? weight_unit_ : QueueEngine::waits_on(); }

std::uint16_t MatrixUnit::waiting_layer() const {
  if (!needs_tile()) return QueueEngine::waiting_layer();
  return job_of_next_segment().instruction.layer;
}

void MatrixUnit::retire(Job& job) {
  const bool grouped =
      job.instruction.opcode == isa::Opcode::conv && (job.instruction.flags & isa::kFlagGroups) != 0;
  const std::uint64_t groups = grouped ? static_cast<std::uint32_t>(job.word(isa::word::groups)) : 1;
  useful_macs_ +=
      job.get(field::mx_m) * job.get(field::mx_k) * job.get(field::mx_n) / std::max<std::uint64_t>(groups, 1);
  if (driven_)
    driven_->retire(in_flight_.front().retires, job);
  else if (context_.state.values)
    execute_matrix(job, strips_.front(), context_.state);
  strips_.pop_front();
}

}  // namespace nnp::sim

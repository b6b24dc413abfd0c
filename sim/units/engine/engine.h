// SPDX-License-Identifier: Apache-2.0
// What every instruction-executing unit shares: its in-order queue, descriptors, token waits, and retirement.
//
// An engine decodes ahead by one: `next_` holds the instruction behind the one that runs, with its tokens
// taken as soon as they are there, so that dependent work starts back to back. CFG, WAIT and SIGNAL are
// executed in the queue, one a cycle.
#pragma once

#include <array>
#include <bit>
#include <deque>
#include <optional>

#include "isa/instruction/fields.h"
#include "sim/kernel/channel.h"
#include "sim/units/engine/chip_state.h"
#include "sim/units/engine/retire_counter.h"
#include "sim/units/engine/tokens.h"

namespace nnp::sim {

/// An instruction on its way: `index` is its place in the program.
struct Dispatched {
  isa::Instruction instruction;
  std::uint32_t index = kNoInstruction;
  Cycle at = 0;                    // put into the queue
  std::uint16_t sender = kNoUnit;  // by this unit
};

/// An instruction in an engine, with the descriptor as it was when the instruction was decoded.
struct Job {
  isa::Instruction instruction;
  std::uint32_t index = kNoInstruction;
  isa::Descriptor descriptor{};
  Cycle dispatched = 0, decoded = 0, ready = 0;  // ready: its tokens are taken
  std::uint64_t get(const isa::Field& field) const { return instruction.get(field); }
  std::int32_t word(unsigned index_in_descriptor) const {
    return static_cast<std::int32_t>(descriptor[index_in_descriptor]);
  }
  float word_float(unsigned index_in_descriptor) const {
    return std::bit_cast<float>(descriptor[index_in_descriptor]);
  }
};

/// What all engines of a core hang on.
struct EngineContext {
  ClockDomain& domain;
  TokenFile& tokens;
  ChipState& state;
  TraceSink* sink;   // states, always
  TraceSink* trace;  // everything else; nullptr when nobody wants it
  RetireCounter& retired;
};

class QueueEngine : public Unit {
 public:
  QueueEngine(std::string name, std::uint16_t unit_id, EngineContext context, std::size_t queue_depth)
      : Unit(std::move(name)),
        context_(context),
        track_(unit_id, context.sink),
        queue_(context.domain, queue_depth) {
    queue_.connect(nullptr, this);
    queue_.wake_before(1);
  }
  Channel<Dispatched>& queue() { return queue_; }
  std::uint16_t id() const { return track_.unit(); }
  const StateTrack& track() const { return track_; }
  /// Nothing queued, running or retiring.
  virtual bool drained() const { return queue_.empty() && !next_ && in_flight_.empty(); }
  /// Says what it has put off of the cycles before `now`, so that records come in the order of cycles.
  virtual void catch_up(Cycle now) { track_.catch_up(now); }
  void finish(Cycle end) { track_.finish(end); }
  virtual void reset();
  /// Descriptors are zero when a launch starts.
  void start_launch() { descriptors_ = {}; }
  std::string waiting_for() const override;
  const Unit* waits_on() const override;
  std::uint16_t waiting_layer() const override;

 protected:
  struct InFlight {
    Job job;
    Cycle retires = kNever;  // known once its end is
    Cycle started = 0;
    Cycle ended = 0;                           // its work, before the pipeline
    std::uint32_t completed_by = kNoTransfer;  // the transfer whose answer ended it
    Cycles stall = 0;                          // injected: the pipeline is so much longer
    /// Its work ends at `cycle`; its results are usable `latency` cycles later.
    void end(Cycle cycle, Cycles latency = 0, std::uint32_t transfer = kNoTransfer) {
      ended = cycle, retires = cycle + latency + stall, completed_by = transfer;
    }
  };

  /// Step 1 of every tick: retire what is due, then decode at most one instruction into next_.
  void retire_and_decode(Cycle now) {
    executed_.reset();
    if (!in_flight_.empty() && in_flight_.front().retires <= now) retire_due(now);
    if (!next_ && !queue_.empty()) decode(now);
    if (next_ && !next_has_tokens_ && context_.tokens.available(next_->instruction.wait)) take_tokens(now);
    if (next_in_queue_ && next_ready()) execute_in_queue(now);
  }
  /// The job is done: its values (unless the run is timing only) and its counters.
  virtual void retire(Job& job) = 0;
  /// next_ is there and has its tokens.
  bool next_ready() const { return next_ && next_has_tokens_; }
  /// next_ starts. It retires in order, when the caller has said its end on the returned entry (stable until
  /// then).
  InFlight& start_next(Cycle now) {
    in_flight_.push_back({*next_});
    in_flight_.back().started = now;
    in_flight_.back().stall = context_.domain.stalls().of(StallPlace::retirement, id(), next_->index);
    next_.reset();
    return in_flight_.back();
  }
  /// The state of an engine that runs nothing: executing CFG, WAIT or SIGNAL, waiting for next_'s token or
  /// for its pipeline, or idle.
  UnitState resting_state() const {
    if (executed_) return state_of(State::wait, Cause::issue, *executed_, id());
    if (next_ && !next_has_tokens_) return waiting_for_token();
    if (!in_flight_.empty()) return state_of(State::wait, Cause::pipeline, in_flight_.front().job, id());
    return {};
  }
  UnitState state_of(State state, Cause cause, const Job& job, std::uint16_t resource = kNoUnit) const {
    return {state, cause, resource, job.instruction.layer, job.index};
  }
  /// First cycle after `now` in which decoding or retiring goes on by itself.
  Cycle next_own_event(Cycle now) const {
    if (executed_ || (!next_ && !queue_.empty())) return now + 1;
    return in_flight_.empty() || in_flight_.front().retires == kNever
               ? kNever
               : std::max(in_flight_.front().retires, now + 1);
  }

  EngineContext context_;
  StateTrack track_;
  Channel<Dispatched> queue_;
  std::optional<Job> next_;
  bool next_has_tokens_ = false;
  bool next_in_queue_ = false;      // it is a CFG, WAIT or SIGNAL
  std::deque<InFlight> in_flight_;  // started, not retired, in order
  std::optional<Job> executed_;     // the CFG, WAIT or SIGNAL of this cycle

 private:
  UnitState waiting_for_token() const;
  void retire_due(Cycle now);
  void decode(Cycle now);
  void take_tokens(Cycle now);
  void execute_in_queue(Cycle now);
  void publish(const InFlight&, Cycle now) const;
  std::array<isa::Descriptor, 2> descriptors_{};
};

}  // namespace nnp::sim

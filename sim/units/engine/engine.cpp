// SPDX-License-Identifier: Apache-2.0
#include "sim/units/engine/engine.h"

#include "isa/program/assembler.h"

namespace nnp::sim {

using isa::Opcode;

void QueueEngine::reset() {
  NNP_ASSERT(drained(), "{} is reset while it holds instructions", name());
  track_.reset();
  executed_.reset();
}

void QueueEngine::retire_due(Cycle now) {
  while (!in_flight_.empty() && in_flight_.front().retires <= now) {
    Job& job = in_flight_.front().job;
    if (job.instruction.opcode != Opcode::signal) retire(job);
    if (job.instruction.signal.used()) context_.tokens.signal(job.instruction.signal, job.index, now);
    context_.retired.add(id(), job.index);
    if (context_.trace != nullptr) publish(in_flight_.front(), now);
    in_flight_.pop_front();
  }
}

void QueueEngine::decode(Cycle now) {
  const Dispatched item = queue_.pop();
  const Opcode opcode = item.instruction.opcode;
  next_ = Job{item.instruction, item.index, descriptors_[isa::descriptor_set(item.instruction)],
              item.at,          now,        now};
  next_has_tokens_ = !item.instruction.wait.used();
  next_in_queue_ = opcode == Opcode::signal || opcode == Opcode::cfg || opcode == Opcode::wait;
  // Of one that was there before nobody has waited for.
  if (item.at + 1 == now) track_.released(now, Release::Kind::dispatched, item.sender, item.index);
}

/// Those that next_ waits for, which are there.
void QueueEngine::take_tokens(Cycle now) {
  const isa::TokenOp wait = next_->instruction.wait;
  context_.tokens.take(wait, next_->index, now);
  next_has_tokens_ = true;
  next_->ready = now;
  if (context_.tokens.last_signal(wait.counter).cycle + 1 == now)
    track_.released(now, Release::Kind::retired, context_.tokens.source(wait.counter),
                    context_.tokens.last_signal(wait.counter).instruction);
}

/// CFG, WAIT and SIGNAL take this cycle; the instruction behind them is decoded in the next.
void QueueEngine::execute_in_queue(Cycle now) {
  const Job& job = *next_;
  switch (job.instruction.opcode) {
    case Opcode::signal:
      executed_ = job;
      start_next(now).end(now);  // behind what is in flight: a signal keeps queue order
      return;
    case Opcode::cfg:
      isa::apply_cfg(job.instruction, descriptors_[isa::descriptor_set(job.instruction)]);
      break;
    default:
      break;
  }
  context_.retired.add(id(), job.index);
  executed_ = job;
  if (context_.trace != nullptr) {
    InFlight done{job};
    done.started = now;
    done.end(now);
    publish(done, now);
  }
  next_.reset();
}

void QueueEngine::publish(const InFlight& entry, Cycle now) const {
  const Job& job = entry.job;
  context_.trace->instruction({id(), job.instruction.layer, job.index, job.dispatched, job.decoded, job.ready,
                               entry.started, entry.ended, now, entry.completed_by});
}

UnitState QueueEngine::waiting_for_token() const {
  const Cause cause = next_->instruction.flags & isa::kFlagWaitReuse ? Cause::war : Cause::raw;
  return state_of(State::wait, cause, *next_, context_.tokens.source(next_->instruction.wait.counter));
}

std::string QueueEngine::waiting_for() const {
  if (!next_ || next_has_tokens_) return {};
  const auto wait = next_->instruction.wait;
  return fmt::format("instruction {} `{}` of layer {} waits for {} of token {}\n    {}", next_->index,
                     isa::disassemble(next_->instruction), next_->instruction.layer, wait.amount,
                     static_cast<unsigned>(wait.counter), context_.tokens.story(wait.counter));
}

const Unit* QueueEngine::waits_on() const {
  if (!next_ || next_has_tokens_) return nullptr;
  return context_.tokens.source_unit(next_->instruction.wait.counter);
}

std::uint16_t QueueEngine::waiting_layer() const {
  return next_ && !next_has_tokens_ ? next_->instruction.layer : kNoLayer;
}

}  // namespace nnp::sim

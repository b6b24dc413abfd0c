// SPDX-License-Identifier: Apache-2.0
#include "sim/units/engine/engine.h"

#include "isa/instruction/instruction_table.h"

namespace nnp::sim {

using isa::Opcode;

void QueueEngine::reset() {
  NNP_ASSERT(drained(), "{} is reset while it holds instructions", name());
  track_.reset();
}

void QueueEngine::retire_and_decode(Cycle now) {
  while (!in_flight_.empty() && in_flight_.front().retires <= now) {
    Job& job = in_flight_.front().job;
    if (job.instruction.opcode != Opcode::signal) retire(job);
    if (job.instruction.signal.used()) context_.tokens.signal(job.instruction.signal, job.index);
    context_.retired.add();
    in_flight_.pop_front();
  }
  if (!next_ && !queue_.empty()) {
    const Dispatched item = queue_.pop();
    const std::uint8_t set = item.instruction.flags & isa::kFlagDescriptorSet ? 1 : 0;
    next_ = Job{item.instruction, item.index, descriptors_[set]};
    next_has_tokens_ = !item.instruction.wait.used();
  }
  if (next_ && !next_has_tokens_ && context_.tokens.available(next_->instruction.wait)) {
    context_.tokens.take(next_->instruction.wait);
    next_has_tokens_ = true;
    track_.end_wait(context_.tokens.last_signaller(next_->instruction.wait.counter));
  }
  // CFG, WAIT and SIGNAL take this cycle; the instruction behind them is decoded in the next.
  if (next_ready()) execute_in_queue(now);
}

void QueueEngine::execute_in_queue(Cycle now) {
  const Job& job = *next_;
  switch (job.instruction.opcode) {
    case Opcode::signal:
      start_next().retires = now;  // behind what is in flight: a signal keeps queue order
      return;
    case Opcode::cfg: {
      auto& descriptor = descriptors_[job.instruction.flags & isa::kFlagDescriptorSet ? 1 : 0];
      const auto index = job.get(isa::field::cfg_index);
      const isa::Field* fields[] = {&isa::field::cfg_v0, &isa::field::cfg_v1, &isa::field::cfg_v2, &isa::field::cfg_v3};
      for (unsigned i = 0; i < 4 && index + i < isa::kDescriptorWords; ++i)
        descriptor[index + i] = static_cast<std::uint32_t>(job.get(*fields[i]));
      break;
    }
    case Opcode::wait: break;
    default: return;
  }
  context_.retired.add();
  next_.reset();
}

UnitState QueueEngine::resting_state() const {
  if (next_ && !next_has_tokens_) {
    const Cause cause = next_->instruction.flags & isa::kFlagWaitReuse ? Cause::war : Cause::raw;
    return state_of(State::wait, cause, *next_, context_.tokens.source(next_->instruction.wait.counter));
  }
  if (!in_flight_.empty()) return state_of(State::wait, Cause::pipeline, in_flight_.front().job, id());
  return {};
}

Cycle QueueEngine::next_own_event(Cycle now) const {
  if (!next_ && !queue_.empty()) return now + 1;
  return in_flight_.empty() || in_flight_.front().retires == kNever ? kNever : std::max(in_flight_.front().retires, now + 1);
}

std::string QueueEngine::waiting_for() const {
  if (!next_ || next_has_tokens_) return {};
  const auto wait = next_->instruction.wait;
  return fmt::format("instruction {} ({}, layer {}) waits for {} of token {}, which holds {}; unit {} signals it", next_->index,
                     isa::info(next_->instruction.opcode).mnemonic, next_->instruction.layer, wait.amount, wait.counter,
                     context_.tokens.value(wait.counter), context_.tokens.source(wait.counter));
}

}  // namespace nnp::sim

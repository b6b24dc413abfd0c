// SPDX-License-Identifier: Apache-2.0
#include "sim/units/command_processor/command_processor.h"

#include <algorithm>
#include <cstring>

#include "isa/instruction/instruction_table.h"

namespace nnp::sim {

using isa::Opcode;

CommandProcessor::CommandProcessor(std::string name, std::uint16_t unit_id, EngineContext context,
                                   const models::FrontEndSpec& spec, Crossbar& crossbar, PcieLink& link,
                                   std::uint8_t source, std::uint8_t link_source, Bytes window_bytes)
    : Unit(std::move(name)),
      context_(context),
      track_(unit_id, context.sink),
      log_(track_, context.trace),
      spec_(spec),
      link_(link),
      link_source_(link_source),
      port_(context.domain, crossbar, log_, source, window_bytes),
      link_answers_(context.domain) {
  port_.answers().connect(this);
  link_answers_.connect(this);
}

void CommandProcessor::connect(isa::Queue queue, QueueEngine& engine) {
  engines_[static_cast<std::size_t>(queue)] = &engine;
  queued_[static_cast<std::size_t>(queue)].assign(spec_.queue_depth, kNoInstruction);
  engine.queue().connect(this, &engine);
}

void CommandProcessor::start(Address address, std::uint32_t count, std::uint32_t first, Cycle now) {
  address_ = address;
  first_instruction_ = first;
  stream_bytes_ = Bytes{count} * isa::kInstructionBytes;
  asked_bytes_ = arrived_bytes_ = 0;
  next_instruction_ = 0, decoded_ = kNoInstruction, dispatched_to_engines_ = 0, next_dispatch_ = now;
  start_ = now, running_ = true, halted_ = false;
  context_.domain.wake(*this, now);
}

void CommandProcessor::reset() {
  track_.reset();
  port_.reset();
  log_.reset();
  pushes_.fill(0);
  fetch_done_.clear(), fetch_bytes_.clear(), first_fetch_ = 0;
}

bool CommandProcessor::can_fetch() const {
  const Bytes consumed = Bytes{next_instruction_} * isa::kInstructionBytes;
  return running_ && asked_bytes_ < stream_bytes_ &&
         asked_bytes_ - consumed + spec_.fetch_bytes <= spec_.fetch_buffer_bytes &&
         (spec_.fetch == models::FetchFrom::host || port_.can_send(spec_.fetch_bytes));
}

void CommandProcessor::fetch(Cycle now) {
  const Bytes bytes = std::min(spec_.fetch_bytes, stream_bytes_ - asked_bytes_);
  if (spec_.fetch == models::FetchFrom::host) {
    link_.send({true, static_cast<std::uint32_t>(bytes), link_source_,
                log_.sent(now, {}, asked_bytes_, bytes, false), address_ + asked_bytes_});
  } else {
    port_.send(now, {}, address_ + asked_bytes_, bytes, false);
    fetch_done_.push_back(false);
    fetch_bytes_.push_back(bytes);
  }
  asked_bytes_ += bytes;
}

void CommandProcessor::tick(Cycle now) {
  // Fetches arrive; only a gapless prefix can be decoded.
  while (link_answers_.ready(now)) {
    const PcieAnswer answer = link_answers_.pop();
    arrived_bytes_ += answer.bytes;
    log_.answered(now, answer.id, kHostLink);
  }
  log_.publish();
  port_.receive(now, [this](std::uint32_t number) { fetch_done_[number - first_fetch_] = true; });
  while (!fetch_done_.empty() && fetch_done_.front()) {
    arrived_bytes_ += fetch_bytes_.front();
    fetch_done_.pop_front(), fetch_bytes_.pop_front(), ++first_fetch_;
  }
  if (!running_ || now < start_) return track_.set(now, {});
  track_.set(now, dispatch(now));
  if (can_fetch()) fetch(now);
}

isa::Instruction decode_stored(const ByteMemory& memory, Address address, std::uint32_t index) {
  std::array<std::byte, isa::kInstructionBytes> bytes;
  std::memcpy(bytes.data(), memory.at(address, bytes.size()), bytes.size());
  try {
    return isa::decode(bytes);
  } catch (const std::invalid_argument& error) {
    throw ProgramFault(fmt::format("instruction {}, as it lies in memory: {}", index, error.what()));
  }
}

void CommandProcessor::decode_next() {
  const ByteMemory& memory =
      spec_.fetch == models::FetchFrom::host ? context_.state.host_memory : context_.state.device_memory;
  instruction_ = decode_stored(memory, address_ + Bytes{next_instruction_} * isa::kInstructionBytes, index());
  decoded_ = next_instruction_;
}

UnitState CommandProcessor::dispatch(Cycle now) {
  const auto waiting = [this](Cause cause, std::uint16_t layer = kNoLayer, std::uint16_t resource = kNoUnit) {
    return UnitState{State::wait, cause, resource, layer, index()};
  };
  if (now < next_dispatch_) return track_.current();
  if (Bytes{next_instruction_ + 1u} * isa::kInstructionBytes > arrived_bytes_) return waiting(Cause::fetch);
  if (decoded_ != next_instruction_) decode_next();
  const isa::Instruction& instruction = instruction_;
  if (instruction.queue == isa::Queue::ctrl) return control(instruction, now);
  const auto queue = static_cast<std::size_t>(instruction.queue);
  QueueEngine& engine = *engines_[queue];
  if (!engine.queue().can_push()) return waiting(Cause::queue_full, instruction.layer, engine.id());
  // The place that this instruction takes was made by the one that is a queue's length before it.
  std::uint32_t& oldest = queued_[queue][pushes_[queue]++ % queued_[queue].size()];
  if (track_.current().cause == Cause::queue_full)
    track_.released(now, Release::Kind::decoded, engine.id(), oldest);
  oldest = index();
  engine.queue().push({instruction, index(), now, id()});
  layer_ = instruction.layer;
  const UnitState busy{State::busy, Cause::none, kNoUnit, instruction.layer, index()};
  ++next_instruction_, ++dispatched_to_engines_;
  next_dispatch_ = now + spec_.dispatch_cycles;
  at_hand_ = next_dispatch_;
  return busy;
}

UnitState CommandProcessor::control(const isa::Instruction& instruction, Cycle now) {
  const auto waiting = [&](Cause cause, std::uint16_t resource = kNoUnit) {
    return UnitState{State::wait, cause, resource, instruction.layer, index()};
  };
  if (instruction.wait.used() && !context_.tokens.available(instruction.wait)) {
    waited_counter_ = instruction.wait.counter;
    return waiting(Cause::raw, context_.tokens.source(instruction.wait.counter));
  }
  if (instruction.opcode == Opcode::sync || instruction.opcode == Opcode::halt) {
    context_.retired.watch(this);
    if (context_.retired.visible() < dispatched_to_engines_) return waiting(Cause::sync);
    context_.retired.watch(nullptr);
    if (const auto& last = context_.retired.last(); last.cycle + 1 == now)
      track_.released(now, Release::Kind::retired, last.unit, last.instruction);
  }
  if (instruction.wait.used()) {
    context_.tokens.take(instruction.wait, index(), now);
    if (const auto& last = context_.tokens.last_signal(instruction.wait.counter); last.cycle + 1 == now)
      track_.released(now, Release::Kind::retired, context_.tokens.source(instruction.wait.counter),
                      last.instruction);
  }
  if (instruction.signal.used()) context_.tokens.signal(instruction.signal, index(), now);
  if (instruction.opcode == Opcode::irq) interrupt_cycle_ = now;
  if (context_.trace != nullptr) {
    const Cycle end = now + spec_.dispatch_cycles;
    context_.trace->instruction(
        {id(), instruction.layer, index(), at_hand_, at_hand_, now, now, end, end, kNoTransfer});
  }
  const UnitState busy{State::busy, Cause::none, kNoUnit, instruction.layer, index()};
  ++next_instruction_;
  next_dispatch_ = now + spec_.dispatch_cycles;
  at_hand_ = next_dispatch_;
  if (instruction.opcode != Opcode::halt) return busy;
  halted_ = true, running_ = false;
  return {};
}

Cycle CommandProcessor::next_event(Cycle now) const {
  const Cycle next = std::min(port_.next_answer(now), link_answers_.next(now));
  if (running_ && now < start_) return start_;
  if (can_fetch()) return now + 1;
  if (track_.current().state == State::busy) return std::min(next, std::max(next_dispatch_, now + 1));
  return next;
}

std::string CommandProcessor::waiting_for() const {
  if (!running_) return {};
  const UnitState& state = track_.current();
  std::string text = fmt::format("instruction {} is not dispatched: {}", index(), to_string(state.cause));
  if (state.cause == Cause::raw) text += "; " + context_.tokens.story(waited_counter_);
  if (const Unit* on = waits_on()) text += fmt::format(", {}", on->name());
  return text;
}

const Unit* CommandProcessor::waits_on() const {
  if (!running_ || track_.current().state != State::wait) return nullptr;
  for (const QueueEngine* engine : engines_)
    if (engine != nullptr && engine->id() == track_.current().resource) return engine;
  return nullptr;
}

std::uint16_t CommandProcessor::waiting_layer() const { return running_ ? track_.current().layer : kNoLayer; }

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_launch.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "compiler/codegen/token_inserter.h"
#include "tests/support/random_operations.h"

namespace nnp::test {
namespace {

using isa::Instruction;
using isa::Opcode;
using isa::Queue;

unsigned free_counter(const std::vector<Instruction>& stream) {
  for (unsigned counter = 0; counter < isa::kTokenCounters; ++counter)
    if (std::none_of(stream.begin(), stream.end(), [&](const Instruction& i) {
          return (i.wait.used() && i.wait.counter == counter) ||
                 (i.signal.used() && i.signal.counter == counter);
        }))
      return counter;
  return isa::kTokenCounters;
}

/// One to three signals, of one queue or of several, and behind them in the stream a wait of another for all
/// they give and for what the counter began with. Signals come before their wait, so they cannot make a
/// circle; the weight queue gives none, because its instructions end only when the array has taken their
/// tiles, and takes at most once, because of its place (see weights()).
void more_tokens(std::vector<Instruction>& stream, isa::Launch& launch, Picker& random) {
  bool weights_wait = false;
  for (std::int64_t left = random.pick(0, 6); left > 0; --left) {
    const unsigned counter = free_counter(stream);
    if (counter == isa::kTokenCounters) return;
    const auto add = [&](std::size_t at, Queue queue, Opcode opcode) -> Instruction& {
      Instruction instruction;
      instruction.opcode = opcode, instruction.queue = queue;
      instruction.layer = static_cast<std::uint16_t>(random.pick(0, 3));
      return *stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(at), instruction);
    };
    constexpr Queue givers[] = {Queue::hdma,  Queue::load,   Queue::matrix,
                                Queue::drain, Queue::vector, Queue::store};
    const auto initial = static_cast<std::uint16_t>(random.one_in(3) ? random.pick(1, 5) : 0);
    launch.initial_tokens[counter] = initial;
    std::int64_t total = initial;
    auto last = static_cast<std::size_t>(random.pick(0, static_cast<std::int64_t>(stream.size()) / 2));
    const Queue giver = givers[random.pick(0, 5)];
    const bool several = random.one_in(3);
    for (std::int64_t signals = random.pick(1, 3); signals > 0; --signals) {
      const std::int64_t amount = random.pick(1, 9);
      add(last, several ? givers[random.pick(0, 5)] : giver, Opcode::signal).signal = {
          static_cast<std::uint8_t>(counter), static_cast<std::uint8_t>(amount)};
      total += amount;
      last = static_cast<std::size_t>(
          random.pick(static_cast<std::int64_t>(last) + 1, static_cast<std::int64_t>(stream.size())));
    }
    auto taker = static_cast<Queue>(random.pick(1, isa::kQueues - 1));
    if (taker == Queue::weight && std::exchange(weights_wait, true)) taker = Queue::matrix;
    Instruction& wait = add(last, taker, Opcode::wait);
    wait.wait = {static_cast<std::uint8_t>(counter), static_cast<std::uint8_t>(total)};
    wait.flags = random.one_in(4) ? isa::kFlagWaitReuse : std::uint8_t{0};
  }
}

/// Weights are small, so that no sum wraps; drain parameters are finite.
std::vector<std::uint8_t> constants(Picker& random) {
  std::vector<std::uint8_t> bytes(kStream);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.pick(0, 255));
  for (Address at = 0; at < kWeightBytes; ++at) bytes[at] = static_cast<std::uint8_t>(random.pick(-15, 15));
  for (Address at = 0; at < kParamBytes * kParamSets; at += 8) {
    const auto bias = static_cast<std::int32_t>(random.pick(-3000, 3000));
    const float factor = random.scale() / 16;
    std::memcpy(&bytes[at], &bias, 4);
    std::memcpy(&bytes[at + 4], &factor, 4);
  }
  return bytes;
}

}  // namespace

isa::Program random_launch(std::uint64_t seed, const models::ChipSpec& chip) {
  Picker random(seed);
  RandomOperations operations(random, chip.arch);
  operations.constants();
  for (std::int64_t left = random.pick(8, 40); left > 0; --left) operations.operation();
  operations.finish();
  isa::Program program;
  program.instructions = compiler::insert_tokens(operations.instructions(), chip.arch, {});
  isa::Launch launch;
  more_tokens(program.instructions, launch, random);
  for (const Opcode opcode : {Opcode::sync, Opcode::irq, Opcode::halt}) {
    Instruction last;
    last.opcode = opcode, last.queue = Queue::ctrl;
    program.instructions.push_back(last);
  }
  launch.instruction_count = static_cast<std::uint32_t>(program.instructions.size());
  program.launches.push_back(launch);
  program.layers.resize(4);
  program.host_bytes = kHostBytes;
  program.instruction_address = kStream;
  program.device_bytes = kStream + program.instructions.size() * isa::kInstructionBytes;
  program.constants = constants(random);
  return program;
}

isa::Program without_a_signal(isa::Program program) {
  for (auto at = program.instructions.rbegin(); at != program.instructions.rend(); ++at)
    if (at->signal.used()) {
      at->signal = {};
      if (at->opcode == Opcode::signal) at->opcode = Opcode::wait;  // without a counter: nothing to do
      return program;
    }
  return program;
}

}  // namespace nnp::test

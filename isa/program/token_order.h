// SPDX-License-Identifier: Apache-2.0
// What queue order and tokens promise about a launch: for every instruction, how far each queue is known to
// have retired before it starts. Knows nothing of memory; happens_before.cpp compares accesses with it.
//
// A wait is certain only of units that must have been signalled: those it needs beyond the initial ones,
// given the waits that surely took theirs before it. Where one queue signals a counter they are its first
// units, in order; where several do, each is certain only of what the others together cannot supply.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "isa/program/program.h"

namespace nnp::isa {

/// Per queue, the number of its instructions (counted from the start of the launch) known to have retired.
using QueueClock = std::array<std::uint32_t, kQueues>;

struct TokenOrder {
  struct Fault {
    std::uint32_t instruction;  // relative to the launch
    std::string message;
  };

  std::vector<QueueClock> known_before;  // by instruction of the launch, when it starts
  std::vector<std::uint32_t> position;   // of an instruction among those of its queue
  std::vector<Fault>
      deadlocks;  // waits that are never satisfied; known_before is incomplete if there are any
  std::vector<Fault> overflows;  // signals that can lift their counter past 65535

  /// `earlier` has retired, or is held back by queue order, when `later` touches its operands.
  bool ordered(const Instruction* stream, std::uint32_t earlier, std::uint32_t later) const {
    const auto queue = static_cast<std::size_t>(stream[earlier].queue);
    return stream[later].queue == stream[earlier].queue || known_before[later][queue] > position[earlier];
  }
};

/// `stream` holds the launch.instruction_count instructions of the launch; all must be legal (fault_of).
TokenOrder order_by_tokens(const Instruction* stream, const Launch& launch);

}  // namespace nnp::isa

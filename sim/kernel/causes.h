// SPDX-License-Identifier: Apache-2.0
// States and the causes of waits: the words of every accounting table and trace.
#pragma once

#include <cstdint>

namespace nnp::sim {

enum class State : std::uint8_t { idle, busy, wait };

enum class Cause : std::uint8_t {
  none,
  weight_stall,   // matrix: the next weight tile has not arrived
  weight_shift,   // matrix: the next weights (input stationary: activations) move into the array
  raw,            // a token whose signal says "written": data another unit makes
  war,            // a token whose signal says "read": a place another unit must leave
  bank_conflict,  // the buffer's banks are taken in this phase
  memory,         // device memory has not answered
  pcie,           // the host link has not answered
  fifo_full,      // weight FIFO has no room for the next tile
  queue_full,     // the instruction's queue has no room
  fetch,          // the next instruction has not arrived
  sync,           // a SYNC waits for the queues to run dry
  issue,          // an instruction is at hand and is being set up
  pipeline,       // results are still in the pipeline of this unit
  refresh,        // memory channel: its rows are being refreshed while requests wait
  count
};

const char* to_string(State);
const char* to_string(Cause);

/// What people are told about a cause.
struct CauseText {
  const char* name;
  const char* definition;  // what it means
  const char* formula;     // how long such a wait is
  const char* advice;      // what shortens it
};
const CauseText& text(Cause);
/// The definition alone.
const char* definition(Cause);

}  // namespace nnp::sim

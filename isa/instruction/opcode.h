// SPDX-License-Identifier: Apache-2.0
// Opcodes and the queues that execute them.
#pragma once

#include <cstdint>

namespace nnp::isa {

/// One in-order queue per engine; queues run independently and meet only at token counters.
enum class Queue : std::uint8_t { ctrl, hdma, load, weight, matrix, drain, vector, store };
inline constexpr unsigned kQueues = 8;

enum class Opcode : std::uint8_t {
  sync,
  mark,
  irq,
  halt,  // ctrl
  h2d,
  d2h,    // hdma
  load,   // load
  wload,  // weight
  matmul,
  conv,   // matrix
  drain,  // drain
  add,
  mul,
  lut,
  pool,
  move,
  reduce,  // vector
  store,   // store
  cfg,
  wait,
  signal,  // any queue
  apply,
  combine,  // vector
};
inline constexpr unsigned kOpcodes = 23;

}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// The window of a conv or pool, before anybody divides by its sizes or counts its taps.
#pragma once

#include <fmt/format.h>

#include <cstdlib>

#include "sim/units/engine/engine.h"

namespace nnp::sim {

/// Throws ProgramFault: sizes are positive, everything is at most 2^24, and so are the taps of a kernel.
inline void check_window(const Job& job) {
  namespace word = isa::word;
  constexpr std::int64_t kMost = std::int64_t{1} << 24;
  const auto check = [&](const char* name, std::int64_t value, std::int64_t least) {
    if (value >= least && value <= kMost) return;
    throw ProgramFault(
        fmt::format("instruction {}: {} is {}; allowed are {} to {}", job.index, name, value, least, kMost));
  };
  const bool conv = job.instruction.opcode == isa::Opcode::conv;
  check("out_w", job.word(word::out_w), 1);
  check("kernel_h", job.word(word::kernel_h), 1);
  check("kernel_w", job.word(word::kernel_w), 1);
  check("kernel_h x kernel_w", std::int64_t{job.word(word::kernel_h)} * job.word(word::kernel_w), 1);
  if (conv) check("in_c", job.word(word::in_c), 1);
  if (conv && (job.instruction.flags & isa::kFlagImages) != 0) check("out_h", job.word(word::out_h), 1);
  for (const auto& [name, index] : {std::pair{"in_h", word::in_h},
                                    {"in_w", word::in_w},
                                    {"stride_h", word::stride_h},
                                    {"stride_w", word::stride_w}})
    check(name, job.word(index), 0);
  for (const auto& [name, index] : {std::pair{"pad_top", word::pad_top},
                                    {"pad_left", word::pad_left},
                                    {"dilation_h", word::dilation_h},
                                    {"dilation_w", word::dilation_w},
                                    {"first_row", word::first_row}})
    check(name, job.word(index), -kMost);
}

}  // namespace nnp::sim

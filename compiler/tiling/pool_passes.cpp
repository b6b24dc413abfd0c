// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/pool_passes.h"

#include <algorithm>

#include "compiler/tiling/pieces.h"
#include "isa/instruction/fields.h"

namespace nnp::compiler {
namespace {

constexpr std::int64_t kFewestLanes = 8;  // columns of the array for a lane
constexpr std::int64_t kMostElements = (std::int64_t{1} << isa::field::vx_x.bits) - 1;

/// For a tap of so many elements.
std::int64_t tap_cycles(std::int64_t elements, std::int64_t lanes, const PoolLine& line,
                        const isa::ArchSpec& arch) {
  return std::max(ceil_div(elements, lanes),
                  ceil_div<std::int64_t>(elements * line.in.element_bytes, arch.buffer_word_bytes));
}

std::int64_t line_elements(const PoolLine& line) {
  return line.in_w * static_cast<std::int64_t>(line.in.pixel_bytes / line.in.element_bytes);
}

}  // namespace

std::int64_t one_pass_cycles(const PoolLine& line, std::int64_t lanes, const isa::ArchSpec& arch) {
  return line.out_w * line.kernel_h * line.kernel_w * tap_cycles(line.in.channels, lanes, line, arch);
}

std::int64_t two_pass_cycles(const PoolLine& line, std::int64_t lanes, const isa::ArchSpec& arch) {
  return line.kernel_h * tap_cycles(line_elements(line), lanes, line, arch) +
         line.out_w * line.kernel_w * tap_cycles(line.in.channels, lanes, line, arch);
}

bool takes_two_passes(const PoolLine& line, std::int64_t lines, bool in_resident, const isa::ArchSpec& arch) {
  if (line.in.pixel_bytes % line.in.element_bytes != 0) return false;  // pixels of a line are out of step
  if (line_elements(line) > kMostElements) return false;
  const std::int64_t columns = arch.array_cols;
  const auto saved = [&](std::int64_t lanes) {
    return one_pass_cycles(line, lanes, arch) - two_pass_cycles(line, lanes, arch);
  };
  if (!in_resident)
    for (std::int64_t fewer = 2; fewer <= kFewestLanes; fewer *= 2)
      if (saved(std::max<std::int64_t>(1, columns / fewer)) < 0) return false;
  return lines * saved(columns) > kInstructionCycles;
}

}  // namespace nnp::compiler

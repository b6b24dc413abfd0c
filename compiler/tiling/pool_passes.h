// SPDX-License-Identifier: Apache-2.0
// A MaxPool in one pass of the vector unit or in two. POOL works on the channels of one position at a time,
// so lanes idle where a pixel has fewer. In two passes the first takes the largest of each column of a line
// of windows: it has no window along the line, so all pixels of a line of the picture are one position's
// channels. The second takes the largest of each row of those. A largest of largest ones is the largest, bit
// for bit.
#pragma once

#include <cstdint>

#include "compiler/tiling/layout.h"

namespace nnp::compiler {

/// A line of a pool's windows.
struct PoolLine {
  std::int64_t in_w, out_w;         // pixels of the picture, windows
  std::int64_t kernel_h, kernel_w;  // pixels
  Layout in;                        // whose pixels the unit reads
};

/// What the vector unit takes for a line if it has so many lanes, in cycles (vector_unit.cpp).
std::int64_t one_pass_cycles(const PoolLine&, std::int64_t lanes, const isa::ArchSpec&);
std::int64_t two_pass_cycles(const PoolLine&, std::int64_t lanes, const isa::ArchSpec&);

/// Whether two passes over `lines` lines are the faster. A program does not know how many lanes there are:
/// it takes as many as the array has columns. With values in device memory, which a pool mostly waits for,
/// an eighth as many must not be slower either: such are NVDLA's.
bool takes_two_passes(const PoolLine&, std::int64_t lines, bool in_resident, const isa::ArchSpec&);

}  // namespace nnp::compiler

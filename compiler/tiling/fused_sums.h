// SPDX-License-Identifier: Apache-2.0
// Sums that are made where one of their operands is: a residual Add behind a Conv, tile by tile while the
// tile is in the buffer. That operand is never stored.
#pragma once

#include <vector>

#include "compiler/tiling/layout.h"

namespace nnp::compiler {

struct FusedSum {
  std::size_t maker = 0, sum = 0;      // nodes: the Conv, Gemm or MatMul, and the Add
  ir::ValueId passing = ir::kNoValue;  // the maker's result, which nobody else reads
  ir::ValueId other = ir::kNoValue;    // the second operand, which is there before the maker starts
  ir::ValueId result = ir::kNoValue;
};

/// Those that a scheduled graph has: integer Adds of two equally laid out activations, of which the one that
/// is made later comes from the array, in the same launch.
std::vector<FusedSum> fusable_sums(const ir::Graph&, const isa::ArchSpec&);

}  // namespace nnp::compiler

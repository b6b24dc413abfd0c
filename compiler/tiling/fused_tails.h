// SPDX-License-Identifier: Apache-2.0
// Layers that are made where one of their operands is: a residual Add or a pool behind a Conv, while its
// results are in the buffer. That operand is never stored.
#pragma once

#include <optional>
#include <vector>

#include "compiler/tiling/layout.h"

namespace nnp::compiler {

struct FusedTail {
  std::size_t maker = 0, node = 0;     // nodes: the Conv, Gemm or MatMul; and the Add or pool
  ir::ValueId passing = ir::kNoValue;  // the maker's result, which nobody else reads
  ir::ValueId other = ir::kNoValue;    // Add: the second operand, which is there before the maker starts
  ir::ValueId result = ir::kNoValue;
  bool adds() const { return other != ir::kNoValue; }
};

/// Lines and columns of a pool's window.
struct PoolWindow {
  std::int64_t h = 1, w = 1;
};
/// Of a pool whose windows lie side by side and cover the picture; nullopt of any other.
std::optional<PoolWindow> pool_window(const ir::Graph&, const ir::Node& pool);

/// Those that a scheduled graph has, in the same launch, one a maker: integer Adds of two equally laid out
/// activations, of which the one that is made later comes from the array; and pools of a Conv's result whose
/// windows lie side by side and cover it.
std::vector<FusedTail> fusable_tails(const ir::Graph&, const isa::ArchSpec&);

}  // namespace nnp::compiler

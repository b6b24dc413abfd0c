// SPDX-License-Identifier: Apache-2.0
// The loops that walk several views together: few axes, outermost first, as long as they can be.
#pragma once

#include <array>
#include <functional>

#include "compiler/codegen/vector/view.h"

namespace nnp::compiler {

/// One loop: its count and how far each view (result, first and second source) goes a turn, in bytes.
struct Loop {
  std::int64_t count = 1;
  std::array<std::int64_t, 3> step{};
};

/// The loops over `axes` of views of equal extents. Axes of one element are left out; loops are in the order
/// of falling steps of the first view unless `keep_order`; neighbours become one loop where all views allow.
std::vector<Loop> loops_of(const std::vector<const View*>& views, const std::vector<std::size_t>& axes,
                           bool keep_order = false);

/// Calls f with the byte offset of each view for every turn of the loops.
void for_each_turn(const std::vector<Loop>& loops,
                   const std::function<void(const std::array<std::int64_t, 3>&)>& f);

}  // namespace nnp::compiler

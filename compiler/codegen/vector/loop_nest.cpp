// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/vector/loop_nest.h"

#include <algorithm>
#include <cstdlib>

namespace nnp::compiler {

std::vector<Loop> loops_of(const std::vector<const View*>& views, const std::vector<std::size_t>& axes,
                           bool keep_order) {
  std::vector<Loop> loops;
  for (const std::size_t axis : axes) {
    if (views[0]->extents[axis] == 1) continue;
    Loop loop;
    loop.count = views[0]->extents[axis];
    for (std::size_t v = 0; v < views.size(); ++v) loop.step[v] = views[v]->strides[axis];
    loops.push_back(loop);
  }
  if (!keep_order)
    std::stable_sort(loops.begin(), loops.end(),
                     [](const Loop& a, const Loop& b) { return std::abs(a.step[0]) > std::abs(b.step[0]); });
  std::vector<Loop> merged;
  for (const Loop& loop : loops) {
    bool joins = !merged.empty();
    for (std::size_t v = 0; joins && v < views.size(); ++v)
      joins = merged.back().step[v] == loop.count * loop.step[v];
    if (joins)
      merged.back() = {merged.back().count * loop.count, loop.step};
    else
      merged.push_back(loop);
  }
  return merged;
}

void for_each_turn(const std::vector<Loop>& loops,
                   const std::function<void(const std::array<std::int64_t, 3>&)>& f) {
  std::vector<std::int64_t> turn(loops.size(), 0);
  std::array<std::int64_t, 3> offset{};
  while (true) {
    f(offset);
    std::size_t level = loops.size();
    while (level > 0) {
      const Loop& loop = loops[--level];
      const bool wraps = ++turn[level] == loop.count;
      for (std::size_t v = 0; v < 3; ++v)
        offset[v] += wraps ? -loop.step[v] * (loop.count - 1) : loop.step[v];
      if (!wraps) break;
      turn[level] = 0;
      if (level == 0) return;
    }
    if (loops.empty()) return;
  }
}

}  // namespace nnp::compiler

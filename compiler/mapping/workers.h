// SPDX-License-Identifier: Apache-2.0
// A loop whose turns run on several threads.
#pragma once

#include <functional>

namespace nnp::compiler {

/// turn(0) ... turn(count - 1) on at most `jobs` threads, in any order. An exception of a turn is thrown once
/// all others are done or given up.
void in_parallel(unsigned jobs, std::size_t count, const std::function<void(std::size_t)>& turn);

}  // namespace nnp::compiler

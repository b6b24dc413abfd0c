// SPDX-License-Identifier: Apache-2.0
// Our own faults: an assertion that stays on in all builds and throws with its state, so that a test or the
// program can report it.
#pragma once

#include <fmt/format.h>

#include <stdexcept>

namespace nnp::sim {

struct InternalError : std::logic_error {
  using std::logic_error::logic_error;
};

}  // namespace nnp::sim

#define NNP_ASSERT(condition, ...)                                                                        \
  do {                                                                                                    \
    if (!(condition)) [[unlikely]]                                                                        \
      throw ::nnp::sim::InternalError(fmt::format("{}:{}: broken invariant `{}`: {}", __FILE__, __LINE__, \
                                                  #condition, fmt::format(__VA_ARGS__)));                 \
  } while (false)

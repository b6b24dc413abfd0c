// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/workers.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace nnp::compiler {

void in_parallel(unsigned jobs, std::size_t count, const std::function<void(std::size_t)>& turn) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr fault;
  std::mutex fault_mutex;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        turn(i);
      } catch (...) {
        const std::scoped_lock lock(fault_mutex);
        if (!fault) fault = std::current_exception();
        next = count;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    for (std::size_t i = 1; i < std::min<std::size_t>(jobs, count); ++i) others.emplace_back(work);
    work();
  }
  if (fault) std::rethrow_exception(fault);
}

}  // namespace nnp::compiler

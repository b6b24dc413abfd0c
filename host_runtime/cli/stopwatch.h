// SPDX-License-Identifier: Apache-2.0
// Wall and processor time of this process and its children that have ended, and the most memory that one of
// them had.
#pragma once

#include <cstdint>

namespace nnp::cli {

struct Spent {
  double wall_s = 0, cpu_s = 0;
};

class Stopwatch {
 public:
  Stopwatch();
  Spent elapsed() const;

 private:
  Spent start_;
};

std::uint64_t peak_rss_bytes();
std::uint64_t physical_memory_bytes();

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/stopwatch.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace nnp::cli {
namespace {

rusage usage_of(int who) {
  rusage usage = {};
  getrusage(who, &usage);
  return usage;
}

Spent now() {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  double cpu = 0;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    const rusage usage = usage_of(who);
    cpu += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now().time_since_epoch();
  return {wall.count(), cpu};
}

}  // namespace

Stopwatch::Stopwatch() : start_(now()) {}

Spent Stopwatch::elapsed() const {
  const Spent end = now();
  return {end.wall_s - start_.wall_s, end.cpu_s - start_.cpu_s};
}

std::uint64_t peak_rss_bytes() {
  const auto most = std::max(usage_of(RUSAGE_SELF).ru_maxrss, usage_of(RUSAGE_CHILDREN).ru_maxrss);
  return static_cast<std::uint64_t>(most) * 1024;
}

std::uint64_t physical_memory_bytes() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/stopwatch.h"

#include <sys/resource.h>

#include <chrono>

namespace nnp::cli {
namespace {

rusage own_usage() {
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  return usage;
}

Spent now() {
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  const rusage usage = own_usage();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now().time_since_epoch();
  return {wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime)};
}

}  // namespace

Stopwatch::Stopwatch() : start_(now()) {}

Spent Stopwatch::elapsed() const {
  const Spent end = now();
  return {end.wall_s - start_.wall_s, end.cpu_s - start_.cpu_s};
}

std::uint64_t peak_rss_bytes() { return static_cast<std::uint64_t>(own_usage().ru_maxrss) * 1024; }

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/measure.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <limits>
#include <stdexcept>
#include <string>

namespace nnp::bench {
namespace {

void write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t written = write(to, text.data() + at, text.size() - at);
    if (written <= 0) std::_Exit(1);
    at += static_cast<std::size_t>(written);
  }
}

}  // namespace

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

double best_seconds(const std::function<void()>& work, int runs) {
  double best = std::numeric_limits<double>::infinity();
  for (int run = 0; run < runs; ++run) {
    const double start = cpu_seconds();
    work();
    best = std::min(best, cpu_seconds() - start);
  }
  return best;
}

Json in_child(const std::function<Json()>& work) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("bench: no pipe");
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("bench: no process");
  if (child == 0) {
    close(ends[0]);
    try {
      write_all(ends[1], work().dump());
      std::_Exit(0);
    } catch (const std::exception& error) {
      fmt::print(stderr, "bench: {}\n", error.what());
      std::_Exit(1);
    }
  }
  close(ends[1]);
  std::string text;
  char piece[4096];
  for (ssize_t got = read(ends[0], piece, sizeof piece); got > 0; got = read(ends[0], piece, sizeof piece))
    text.append(piece, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("bench: a measurement failed");
  Json result = Json::parse(text);
  result["peak_rss_bytes"] = usage.ru_maxrss * 1024;
  return result;
}

}  // namespace nnp::bench

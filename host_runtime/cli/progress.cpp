// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/interrupt.h"

namespace nnp::cli {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(100);

double seconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

Progress::Progress(bool wanted) : shown_(wanted && isatty(STDERR_FILENO) == 1) {}

void Progress::phase(const std::string& text) {
  stop_if_interrupted();
  show(text + " ...");
}

std::function<bool(const device::Progress&)> Progress::of_device(const isa::Program& program) {
  struct State {
    Clock::time_point start = Clock::now(), last = start;
    std::uint64_t before = 0, dispatched = 0;  // instructions of earlier launches, and of the present one
  };
  return [this, &program, state = State{}](const device::Progress& now) mutable {
    if (interrupted()) return false;
    if (!shown_) return true;
    if (now.dispatched < state.dispatched) state.before += state.dispatched;  // the next launch
    state.dispatched = now.dispatched;
    const auto time = Clock::now();
    if (time - state.last < kBetween) return true;
    state.last = time;
    const double spent = seconds(time - state.start);
    const double done = share(static_cast<double>(state.before + state.dispatched),
                              static_cast<double>(program.instructions.size()));
    const std::string rest = done > 0.01 ? fmt::format(", {} left", time_text(spent / done - spent)) : "";
    show(fmt::format("cycle {}, layer {} of {}, {:.2f} Mcycles/s{}", count_text(now.cycle), now.layer + 1,
                     program.layers.size(), static_cast<double>(now.cycle) / spent * 1e-6, rest));
    return true;
  };
}

void Progress::show(const std::string& text) {
  if (!shown_) return;
  fmt::print(stderr, "\r\x1b[K{}", text);
  std::fflush(stderr);
  dirty_ = true;
}

void Progress::erase() {
  if (!dirty_) return;
  fmt::print(stderr, "\r\x1b[K");
  std::fflush(stderr);
  dirty_ = false;
}

}  // namespace nnp::cli

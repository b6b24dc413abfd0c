// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/interrupt.h"

#include <csignal>
#include <cstdint>
#include <ctime>

#include "host_runtime/device/device.h"

namespace nnp::cli {
namespace {

constexpr std::int64_t kPatienceMs = 500;

// A handler can reach nothing but globals.
volatile std::sig_atomic_t caught_signal = 0;
volatile std::int64_t caught_at_ms = 0;

std::int64_t now_ms() {
  timespec now = {};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

/// Some senders signal both the process and its group: the two that arrive together are one wish.
extern "C" void remember_signal(int signal) {
  if (caught_signal != 0 && now_ms() - caught_at_ms >= kPatienceMs) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  } else if (caught_signal == 0) {
    caught_at_ms = now_ms();
    caught_signal = signal;
  }
}

}  // namespace

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = remember_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool interrupted() { return caught_signal != 0; }

void stop_if_interrupted() {
  if (interrupted()) throw device::InterruptedError();
}

int interrupt_exit_code() { return 128 + (caught_signal != 0 ? static_cast<int>(caught_signal) : SIGINT); }

}  // namespace nnp::cli

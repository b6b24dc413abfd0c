// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/interrupt.h"

#include <csignal>

#include "host_runtime/device/device.h"

namespace nnp::cli {
namespace {

volatile std::sig_atomic_t caught_signal = 0;  // a handler can reach nothing but a global

extern "C" void remember_signal(int signal) { caught_signal = signal; }

}  // namespace

void catch_signals() {
  struct sigaction action = {};
  action.sa_handler = remember_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool interrupted() { return caught_signal != 0; }

void stop_if_interrupted() {
  if (interrupted()) throw device::InterruptedError();
}

int interrupt_exit_code() { return 128 + (caught_signal != 0 ? static_cast<int>(caught_signal) : SIGINT); }

}  // namespace nnp::cli

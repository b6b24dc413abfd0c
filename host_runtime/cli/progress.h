// SPDX-License-Identifier: Apache-2.0
// One line on stderr that is rewritten while work goes on and erased at its end; nothing at all where stderr
// is no terminal. Also the place where a running simulation hears of Ctrl-C.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "host_runtime/device/device.h"

namespace nnp::cli {

class Progress {
 public:
  explicit Progress(bool wanted);
  ~Progress() { erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A new phase of the work ("compiling resnet50"). Throws device::InterruptedError after a signal.
  void phase(const std::string& text);
  /// For Device::set_progress: returns false after a signal. `program` must outlive it.
  std::function<bool(const device::Progress&)> of_device(const isa::Program& program);
  void erase();

 private:
  using Clock = std::chrono::steady_clock;
  void show(const std::string& text);

  bool shown_;          // at all
  bool dirty_ = false;  // there is a line to erase
};

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// Times programs on a device, one after the other: what the compiler's search asks.
#pragma once

#include <functional>
#include <memory>

#include "compiler/mapping/evaluator.h"
#include "host_runtime/device/device.h"

namespace nnp::executor {

class LaunchTimer : public compiler::Evaluator {
 public:
  /// `make`: a device in its first cycle that computes no values.
  explicit LaunchTimer(std::function<std::unique_ptr<device::Device>()> make) : make_(std::move(make)) {}
  Cycles cycles(const isa::Program& program) override { return statistics(program).cycles; }
  device::RunStatistics statistics(const isa::Program&);

 private:
  std::function<std::unique_ptr<device::Device>()> make_;
};

}  // namespace nnp::executor

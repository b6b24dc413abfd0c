// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu {

/// A stretch of a GPU's memory, given back with its scope.
class DeviceMemory {
 public:
  DeviceMemory(Gpu& gpu, std::size_t bytes) : gpu_(gpu), at_(gpu.allocate(bytes)) {}
  ~DeviceMemory() { gpu_.release(at_); }
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;
  Address address() const { return at_; }

 private:
  Gpu& gpu_;
  Address at_;
};

}  // namespace nnp::gpu

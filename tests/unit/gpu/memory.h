// SPDX-License-Identifier: Apache-2.0
// Values in a Gpu's memory for the length of a test, and one request run on them.
#pragma once

#include <vector>

#include "host_runtime/reference/gpu/loops_gpu.h"

namespace nnp::testing {

/// A Gpu whose memory a test fills by values. What it placed is given back with it.
class Bench {
 public:
  ~Bench() {
    for (const gpu::Address at : placed_) gpu_->release(at);
  }
  template <typename T>
  gpu::Address place(const std::vector<T>& values) {
    const std::size_t bytes = values.size() * sizeof(T);
    placed_.push_back(gpu_->allocate(bytes));
    gpu_->upload(placed_.back(), values.data(), bytes);
    return placed_.back();
  }
  /// Room for `count` elements, of bytes 0xA5.
  template <typename T>
  gpu::Address room(std::size_t count) {
    placed_.push_back(gpu_->allocate(count * sizeof(T)));
    gpu_->fill(placed_.back(), 0xA5, count * sizeof(T));
    return placed_.back();
  }
  template <typename T>
  std::vector<T> read(gpu::Address at, std::size_t count) {
    std::vector<T> values(count);
    gpu_->download(values.data(), at, count * sizeof(T));
    return values;
  }
  template <typename Request>
  void run(const Request& request) {
    const auto program = gpu_->program();
    program->add(request);
    program->run();
  }
  gpu::Gpu& gpu() { return *gpu_; }

 private:
  std::unique_ptr<gpu::Gpu> gpu_ = gpu::loops_gpu();
  std::vector<gpu::Address> placed_;
};

}  // namespace nnp::testing

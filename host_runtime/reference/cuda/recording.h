// SPDX-License-Identifier: Apache-2.0
// Kernels recorded once and launched as one graph: the host's part of a launch, tens of microseconds for some
// library calls, is not in what is timed.
#pragma once

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

class Recording {
 public:
  /// What `queue` queues on the stream. Libraries may load code at their first call, which no recording
  /// allows: run it once before. Throws GpuError where something cannot be recorded.
  Recording(cudaStream_t, const std::function<void()>& queue);
  ~Recording();
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  void launch() const;
  /// Seconds of one launch, waited for.
  double seconds() const;

 private:
  cudaStream_t stream_;
  cudaGraphExec_t graph_ = nullptr;
  cudaEvent_t start_ = nullptr, stop_ = nullptr;
};

/// Seconds of one launch of a kernel among others of its own: the least of `repeats` rows of so many that
/// they take a millisecond, at most 20. Infinity where it fails.
double seconds_of(const Context&, const Launch&, int repeats = 3);

}  // namespace nnp::cuda

// SPDX-License-Identifier: Apache-2.0
// Runs networks on a GPU: how long an inference takes, kernel by kernel too, and whether the answer is right.
#pragma once

#include <functional>

#include "host_runtime/gpu_bench/batched_network.h"
#include "host_runtime/gpu_bench/measurement.h"
#include "host_runtime/reference/gpu/network_program.h"

namespace nnp::gpu_bench {

struct BenchRequest {
  NetworkSource source;
  std::vector<gpu::NetworkPrecision> precisions;
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> layers_at;  // batches whose kernels are timed one by one, too
  int warm_up = 20;
  int most_runs = 200;           // of one row; fewer where they would take longer than
  double seconds_per_row = 1.0;  // this, but never fewer than 10
};

/// An answer nearer than this to the CPU's is this network's: a wrong kernel leaves about 0 dB. How near each
/// layer is, --check cuda says.
inline constexpr double kLeastSqnrDb = 20;

/// One row for each batch and precision; what the GPU cannot run (memory, an operator) is a row with its
/// reason. `say` hears what is under way.
std::vector<Row> bench(gpu::Gpu&, const BenchRequest&, compiler::FloatRunner&,
                       const std::function<void(const std::string&)>& say);

}  // namespace nnp::gpu_bench

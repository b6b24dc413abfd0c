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

/// Codes that go by reals (Softmax, normalisations) may be a step off, and what follows differs: an integer
/// network's answer is the naive reference's from so near on. A wrong kernel leaves about 0 dB.
inline constexpr double kLeastCodesDb = 20;
/// A float network's layers are each checked at the smallest batch. At others the whole answer may be so much
/// further from the CPU's than there: other algorithms round otherwise.
inline constexpr double kBatchesApartDb = 6;

/// One row for each batch and precision; what the GPU cannot run (memory, an operator) is a row with its
/// reason. `say` hears what is under way.
std::vector<Row> bench(gpu::Gpu&, const BenchRequest&, compiler::FloatRunner&,
                       const std::function<void(const std::string&)>& say);

}  // namespace nnp::gpu_bench

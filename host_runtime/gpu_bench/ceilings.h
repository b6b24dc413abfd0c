// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "host_runtime/gpu_bench/measurement.h"

namespace nnp::gpu_bench {

/// Copies of 1 GiB, and a product of size^3 in each precision on random numbers, the median of a few.
Ceilings measure_ceilings(gpu::Gpu&, int size = 8192, std::size_t copy_bytes = std::size_t{1} << 30);

}  // namespace nnp::gpu_bench

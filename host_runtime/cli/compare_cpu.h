// SPDX-License-Identifier: Apache-2.0
// What the rows of this machine's processor have in common.
#pragma once

#include "host_runtime/cli/compare_sides.h"
#include "host_runtime/comparison/timing.h"

namespace nnp::cli {

/// One thread, and all where there are more.
std::vector<unsigned> thread_counts();

comparison::Row cpu_row(const char* runner, const Batch&, const char* precision, unsigned threads,
                        const comparison::Timing&);

/// Measures a large float32 product on so many threads, and makes it the row's peak.
void add_product_peak(comparison::Row&, unsigned threads);

}  // namespace nnp::cli

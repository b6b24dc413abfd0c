// SPDX-License-Identifier: Apache-2.0
// How a row is measured: process CPU seconds (user and system; getrusage's clock is too coarse for a run of
// milliseconds), the best of three, each kind of run in a process of its own so that its peak memory is its
// own.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>

namespace nnp::bench {

using Json = nlohmann::ordered_json;

inline constexpr int kRuns = 3;

double cpu_seconds();
/// Of `runs` calls, the one that took least.
double best_seconds(const std::function<void()>& work, int runs = kRuns);

/// What `work` returns, computed in a child process, with "peak_rss_bytes" of the child. Throws
/// std::runtime_error when the child fails.
Json in_child(const std::function<Json()>& work);

}  // namespace nnp::bench

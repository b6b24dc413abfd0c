// SPDX-License-Identifier: Apache-2.0
// How a runner on this machine is timed: warm up, look how long a run takes, repeat as often as a few seconds
// allow, and take the median.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::comparison {

inline constexpr double kTimingBudget_s = 3;
inline constexpr unsigned kMostRuns = 51;

struct Timing {
  double median_s = 0;
  unsigned runs = 0, warm_up = 0;
};

/// Seconds of `repeats` runs behind `warm_up` ones.
using TimeRuns = std::function<std::vector<double>(unsigned warm_up, unsigned repeats)>;

/// `runs`: so many; absent: as many as the budget allows, at least one, an odd number.
Timing time_median(const TimeRuns&, std::optional<unsigned> runs);

/// TimeRuns of a function of this process, by a steady clock.
TimeRuns timed(std::function<void()>);

/// Layers that the host computes between the chip's.
struct HostLayers {
  std::size_t layers = 0;
  double seconds = 0;  // the median of three, all layers together
};
/// By the loops that the executor runs them with, on one thread of this machine. What the chip would hand
/// them is zeros: the time of these operators does not depend on values.
HostLayers time_host_layers(const ir::Graph& scheduled, const std::vector<ir::Tensor>& inputs);

}  // namespace nnp::comparison

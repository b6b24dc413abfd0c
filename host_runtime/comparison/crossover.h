// SPDX-License-Identifier: Apache-2.0
// From which batch on one machine does more inferences a second than another.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace nnp::comparison {

/// Inferences a second by batch.
using Throughputs = std::map<std::int64_t, double>;

struct Crossover {
  bool comparable = false;             // false: the two have no batch in common
  std::optional<std::int64_t> batch;   // the smallest common one from which on the rival leads; absent: none
  std::optional<double> interpolated;  // between that one and the common one below it
};

/// Both throughputs are taken as linear in the logarithm of the batch between two batches that both have.
Crossover crossover(const Throughputs& own, const Throughputs& rival);

}  // namespace nnp::comparison

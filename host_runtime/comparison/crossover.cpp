// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/comparison/crossover.h"

#include <cmath>
#include <vector>

namespace nnp::comparison {

Crossover crossover(const Throughputs& own, const Throughputs& rival) {
  struct Lead {
    std::int64_t batch;
    double by;  // of the rival
  };
  std::vector<Lead> leads;
  for (const auto& [batch, per_s] : own)
    if (const auto found = rival.find(batch); found != rival.end())
      leads.push_back({batch, found->second - per_s});
  Crossover result;
  result.comparable = !leads.empty();
  std::size_t first = leads.size();
  while (first > 0 && leads[first - 1].by > 0) --first;
  if (first == leads.size()) return result;
  const Lead& above = leads[first];
  result.batch = above.batch;
  if (first == 0) return result;
  const Lead& below = leads[first - 1];
  const double low = std::log2(static_cast<double>(below.batch)),
               high = std::log2(static_cast<double>(above.batch));
  result.interpolated = std::exp2(low + (high - low) * -below.by / (above.by - below.by));
  return result;
}

}  // namespace nnp::comparison

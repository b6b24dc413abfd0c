// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/sum_watch.h"

#include <fmt/format.h>

#include "sim/kernel/assert.h"

namespace nnp::sim {

SumWatch::SumWatch(std::string array, const ArrayDesign& design)
    : array_(std::move(array)),
      cols_(design.cols),
      awaited_(std::size_t{output_lanes(design)} * design.cols) {}

void SumWatch::expect(std::size_t place, Cycle cycle, std::shared_ptr<PassSums> pass,
                      const std::optional<Leaving>& which) {
  std::deque<Awaited>& queue = awaited_[place];
  NNP_ASSERT(queue.empty() || queue.back().cycle < cycle, "two sums at place {} in cycle {}", place, cycle);
  queue.push_back({cycle, std::move(pass), which});
}

std::optional<std::size_t> SumWatch::see(Cycle now, const ArrayOutputs& outputs) {
  if (outputs.size() != awaited_.size())
    throw ArrayFault(
        fmt::format("array '{}': outputs() has {} sums instead of {}", array_, outputs.size(), places()));
  std::optional<std::size_t> missing;
  for (std::size_t place = 0; place < awaited_.size(); ++place) {
    std::deque<Awaited>& queue = awaited_[place];
    const bool due = !queue.empty() && queue.front().cycle == now;
    if (!outputs[place].valid) {
      if (due && !missing) missing = place;
      continue;
    }
    if (queue.empty())
      throw ArrayFault(
          fmt::format("array '{}': a valid sum stood at the edge of column {} in cycle {}, but no pass sends "
                      "one there",
                      array_, place % cols_, now));
    if (!due)
      throw ArrayFault(fmt::format("array '{}': {} must stand at the edge in cycle {} and stood there in {}",
                                   array_, describe(place, queue.front()), queue.front().cycle, now));
    const Awaited& sum = queue.front();
    ++sums_;
    if (sum.which) {
      std::int32_t& value = sum.pass->values[std::size_t{sum.which->i} * sum.pass->n + sum.which->j];
      // Wraps, as the accumulators do.
      value = static_cast<std::int32_t>(static_cast<std::uint32_t>(value) +
                                        static_cast<std::uint32_t>(outputs[place].value));
    }
    queue.pop_front();
  }
  return missing;
}

void SumWatch::report_late(std::size_t place, Cycle seen) const {
  const Awaited& sum = awaited_[place].front();
  throw ArrayFault(fmt::format("array '{}': {} must stand at the edge in cycle {} and {}", array_,
                               describe(place, sum), sum.cycle,
                               seen == kNever ? "never came" : fmt::format("stood there in {}", seen)));
}

std::string SumWatch::describe(std::size_t place, const Awaited& sum) const {
  const std::string what = sum.which ? fmt::format("output ({}, {})", sum.which->i, sum.which->j)
                                     : fmt::format("the sum of column {}, unused,", place % cols_);
  return fmt::format("{} of {}", what, sum.pass->name);
}

}  // namespace nnp::sim

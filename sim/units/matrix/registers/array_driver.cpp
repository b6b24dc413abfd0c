// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/array_driver.h"

#include <deque>

#include "sim/kernel/assert.h"
#include "sim/units/matrix/registers/edge_feed.h"

namespace nnp::sim {
namespace {

EdgeFeed feed_of(const ArrayDesign& design, std::span<const PassValues> passes,
                 std::span<const PassSchedule> schedules) {
  NNP_ASSERT(passes.size() == schedules.size(), "{} passes, {} schedules", passes.size(), schedules.size());
  EdgeFeed feed(design);
  for (std::size_t pass = 0; pass < passes.size(); ++pass) {
    const auto values = std::make_shared<const PassValues>(passes[pass]);
    const auto& [load, stream] = schedules[pass];
    for (std::uint32_t step = 0; step < load.size(); ++step) feed.load(load[step], values, step);
    for (std::uint32_t step = 0; step < stream.size(); ++step)
      feed.stream(stream[step], values, step, step == 0, step + 1 == stream.size());
  }
  return feed;
}

/// Sorts the sums that leave into the outputs of their passes.
class Collector {
 public:
  Collector(const ArrayDesign& design, std::span<const PassValues> passes) : awaited_(places(design)) {
    for (std::uint32_t pass = 0; pass < passes.size(); ++pass) {
      const PassShape& shape = passes[pass].shape;
      const std::size_t size = std::size_t{shape.m} * shape.n;
      results_.push_back({std::vector<Cycle>(size, kNever), std::vector<std::int32_t>(size)});
      for (std::size_t place = 0; place < awaited_.size(); ++place) {
        const auto lane = static_cast<std::uint32_t>(place / design.cols),
                   col = static_cast<std::uint32_t>(place % design.cols);
        for (const auto& leaving : leaving_order(design, shape, lane, col))
          awaited_[place].push_back(
              {pass, leaving ? std::size_t{leaving->i} * shape.n + leaving->j : kUnused}),
              ++left_;
      }
    }
  }

  bool complete() const { return left_ == 0; }

  void take(Cycle now, const ArrayOutputs& outputs) {
    for (std::size_t place = 0; place < awaited_.size(); ++place) {
      if (!outputs[place].valid || awaited_[place].empty()) continue;
      const Awaited next = awaited_[place].front();
      awaited_[place].pop_front();
      --left_;
      if (next.index == kUnused) continue;
      PassResult& result = results_[next.pass];
      result.cycles[next.index] = now;
      // Wraps, as the accumulators do.
      result.values[next.index] =
          static_cast<std::int32_t>(static_cast<std::uint32_t>(result.values[next.index]) +
                                    static_cast<std::uint32_t>(outputs[place].value));
    }
  }

  std::vector<PassResult> take_results() { return std::move(results_); }

 private:
  static constexpr std::size_t kUnused = ~std::size_t{0};
  struct Awaited {
    std::uint32_t pass;
    std::size_t index;  // in the pass's output
  };
  static std::size_t places(const ArrayDesign& design) {
    return std::size_t{output_lanes(design)} * design.cols;
  }
  std::vector<std::deque<Awaited>> awaited_;  // [output lane][col]
  std::vector<PassResult> results_;
  std::size_t left_ = 0;
};

}  // namespace

std::vector<PassResult> run_passes(RegisterArray& array, std::span<const PassValues> passes,
                                   std::span<const PassSchedule> schedules, const CycleObserver& observe) {
  const ArrayDesign& design = array.design();
  const EdgeFeed feed = feed_of(design, passes, schedules);
  Collector collector(design, passes);
  array.reset();
  // Longer than any way through an array; what has not come by then never comes.
  const Cycle end = feed.end() + 4 * (Cycles{design.rows} + design.cols) + design.tree_registers + 16;
  for (Cycle now = 0; now <= end && !collector.complete(); ++now) {
    collector.take(now, array.outputs());
    if (observe) observe(now, array);
    array.tick(feed.at(now));
  }
  return collector.take_results();
}

}  // namespace nnp::sim

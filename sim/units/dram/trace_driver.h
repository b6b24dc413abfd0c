// SPDX-License-Identifier: Apache-2.0
// Drives one memory channel alone, as fast as its queues take requests, and says what came of it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "sim/units/dram/memory_channel.h"
#include "sim/units/dram/request_trace.h"

namespace nnp::sim {

/// How often each latency came, in memory clocks.
class LatencyCounts {
 public:
  void add(Cycles latency) {
    if (latency >= counts_.size()) counts_.resize(latency + 1);
    ++counts_[latency], ++total_, sum_ += latency;
  }
  std::uint64_t total() const { return total_; }
  double average() const;
  /// The smallest latency that at least `share` (0 to 1) of all do not exceed.
  Cycles percentile(double share) const;
  Cycles largest() const { return counts_.empty() ? 0 : counts_.size() - 1; }

 private:
  std::vector<std::uint64_t> counts_;
  std::uint64_t total_ = 0;
  Cycles sum_ = 0;
};

struct TraceResult {
  std::uint64_t reads = 0, writes = 0;
  /// From the clock in which the first request is accepted to the end of the last data.
  Cycles cycles = 0;
  LatencyCounts read_latency;  // from acceptance to the last data beat
  DramStatistics statistics;   // data_cycles and bus_waits add up to cycles; an ideal memory has no bus_waits
};

/// Requests are offered in order, each one access of the memory, at most one a clock; one whose queue is full
/// waits and so do those behind it. With a window N, a read is offered when fewer than N reads are between
/// acceptance and last data.
class TraceDriver : private RequestObserver {
 public:
  explicit TraceDriver(const DramConfig&, Engine = Engine::leap);
  void set_command_observer(DramCommandObserver observer) {
    channel_->set_command_observer(std::move(observer));
  }
  /// All requests that `next` gives until it returns false; a window of 0 is none. Call once.
  TraceResult run(const std::function<bool(TraceRequest&)>& next, std::uint32_t window = 0);

 private:
  void accepted(const MemoryRequest&, Cycle) override;
  void answered(const MemoryRequest&, Cycle) override;
  void offer(Cycle earliest);
  void send(Cycle cycle);

  const DramConfig config_;
  ClockDomain domain_;
  std::unique_ptr<MemoryChannel> channel_;
  const std::function<bool(TraceRequest&)>* next_ = nullptr;
  TraceResult result_;
  TraceRequest waiting_;  // the request that is offered next
  bool blocked_ = false;  // by the window, until some read's last data is known
  std::uint32_t window_ = 0;
  std::uint32_t open_reads_ = 0;    // accepted, and not known to be done before the next offer
  std::deque<Cycle> done_;          // when reads of these are done, in order
  std::vector<Cycle> accepted_at_;  // by request id
  std::vector<std::uint32_t> free_ids_;
  Cycle last_accepted_ = 0, last_answer_ = 0;
};

}  // namespace nnp::sim

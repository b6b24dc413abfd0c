// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/trace_driver.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nnp::sim {
namespace {

// A bridge shows nothing in cycle 0, so that is when the run begins.
constexpr Cycle kFirst = 1;

}  // namespace

double LatencyCounts::average() const {
  return total_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(total_);
}

Cycles LatencyCounts::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(total_)));
  std::uint64_t seen = 0;
  for (Cycles latency = 0; latency < counts_.size(); ++latency) {
    seen += counts_[latency];
    if (seen >= wanted && seen != 0) return latency;
  }
  return 0;
}

TraceDriver::TraceDriver(const DramConfig& config, Engine engine)
    : config_(config),
      domain_("memory", config.frequency_khz, engine),
      channel_(make_memory_channel("channel", domain_, config, nullptr, 0)) {
  domain_.add(*channel_);
  channel_->set_request_observer(this);
}

TraceResult TraceDriver::run(const std::function<bool(TraceRequest&)>& next, std::uint32_t window) {
  next_ = &next, window_ = window;
  if (next(waiting_)) offer(kFirst);
  if (domain_.engine() == Engine::leap) {
    for (Cycle due = domain_.next_due(); due != kNever; due = domain_.next_due()) domain_.run_cycle(due);
  } else {
    for (Cycle cycle = 0; cycle <= last_accepted_ + 1 || !channel_->idle(); ++cycle) domain_.run_cycle(cycle);
  }
  Cycle end = last_answer_;
  if (config_.standard != DramStandard::ideal) {
    const DramStatistics& bus = channel_->statistics();
    end = std::accumulate(bus.bus_waits.begin(), bus.bus_waits.end(), bus.data_cycles);
  }
  channel_->finish(end + 1);
  result_.statistics = channel_->statistics();
  if (result_.reads + result_.writes == 0) return std::move(result_);
  result_.cycles = end - kFirst;
  if (config_.standard != DramStandard::ideal)
    result_.statistics.bus_waits[static_cast<std::size_t>(BusWait::no_requests)] -= kFirst;
  return std::move(result_);
}

void TraceDriver::accepted(const MemoryRequest& request, Cycle cycle) {
  last_accepted_ = cycle;
  ++(request.write ? result_.writes : result_.reads);
  if (!request.write) accepted_at_[request.id] = cycle, ++open_reads_;
  if ((*next_)(waiting_)) offer(cycle + 1);
}

void TraceDriver::answered(const MemoryRequest& request, Cycle cycle) {
  last_answer_ = std::max(last_answer_, cycle);
  if (request.write) return;
  result_.read_latency.add(cycle - accepted_at_[request.id]);
  free_ids_.push_back(request.id);
  if (window_ == 0) return;
  done_.push_back(cycle);
  if (blocked_) offer(last_accepted_ + 1);
}

// The next request, not before `earliest`; a read also not before the window has room.
void TraceDriver::offer(Cycle earliest) {
  blocked_ = false;
  if (window_ != 0 && !waiting_.write) {
    for (; !done_.empty() && done_.front() <= earliest; done_.pop_front()) --open_reads_;
    if (open_reads_ >= window_) {
      if (done_.empty()) {
        blocked_ = true;
        return;
      }
      earliest = done_.front();
      done_.pop_front(), --open_reads_;
    }
  }
  send(earliest);
}

void TraceDriver::send(Cycle cycle) {
  std::uint32_t id = 0;
  if (!waiting_.write) {
    if (free_ids_.empty()) {
      free_ids_.push_back(static_cast<std::uint32_t>(accepted_at_.size()));
      accepted_at_.push_back(0);
    }
    id = free_ids_.back();
    free_ids_.pop_back();
  }
  const Bytes bytes = config_.access_bytes();
  channel_->requests().push(
      {waiting_.address & ~(bytes - 1), static_cast<std::uint32_t>(bytes), waiting_.write, 0, id},
      domain_.edge(cycle - 1));
}

}  // namespace nnp::sim

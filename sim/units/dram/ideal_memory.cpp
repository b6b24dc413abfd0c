// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/ideal_memory.h"

#include <cmath>

namespace nnp::sim {
namespace {

double clocks_per_byte(const DramConfig& config, const ClockDomain& domain) {
  check(config);
  const double bandwidth = config.ideal_bandwidth_bytes_per_s;
  return bandwidth == 0 ? 0 : static_cast<double>(domain.frequency_khz()) * 1e3 / bandwidth;
}

}  // namespace

IdealMemory::IdealMemory(std::string name, ClockDomain& memory_domain, const DramConfig& config,
                         TraceSink* sink, std::uint16_t unit_id)
    : MemoryChannel(std::move(name), memory_domain, sink, unit_id),
      clocks_per_byte_(clocks_per_byte(config, memory_domain)),
      latency_(memory_domain.cycles_of(config.ideal_latency_s)) {}

void IdealMemory::reset() {
  while (!requests_.empty()) requests_.pop();
  stream_since_ = stream_bytes_ = stream_end_ = busy_since_ = busy_until_ = 0;
  statistics_ = {};
  track_.reset();
}

void IdealMemory::tick(Cycle now) {
  while (requests_.ready(now)) {
    const MemoryRequest request = requests_.pop();
    if (now > busy_until_ || busy_until_ == 0) {
      close_busy_time();
      track_.set(now, {.state = State::busy});
      busy_since_ = now;
    }
    if (now >= stream_end_) stream_since_ = now, stream_bytes_ = 0;
    stream_bytes_ += request.bytes;
    const Cycle before = std::max(stream_end_, now);
    stream_end_ =
        stream_since_ +
        static_cast<Cycles>(std::ceil(static_cast<double>(stream_bytes_) * clocks_per_byte_ - 1e-9));
    statistics_.data_cycles += stream_end_ - before;
    (request.write ? statistics_.write_bytes : statistics_.read_bytes) += request.bytes;
    ++(request.write ? statistics_.write_bursts : statistics_.read_bursts);
    ++statistics_.row_hits;
    const Cycle done = request.write ? stream_end_ : stream_end_ + latency_;
    busy_until_ = std::max({busy_until_, done, now + 1});
    if (request_observer_ != nullptr) request_observer_->accepted(request, now);
    answer(request, done);
  }
}

void IdealMemory::close_busy_time() {
  if (busy_until_ > busy_since_) {
    track_.set(busy_until_, {});
    statistics_.pending_cycles += busy_until_ - busy_since_;
    busy_since_ = busy_until_;
  }
}

void IdealMemory::finish(Cycle end) {
  busy_until_ = std::max(busy_since_, std::min(busy_until_, end));
  close_busy_time();
  track_.finish(std::max(end, busy_until_));
}

}  // namespace nnp::sim

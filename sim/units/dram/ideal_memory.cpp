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
  served_.clear();
  last_ready_ = stream_since_ = stream_bytes_ = stream_end_ = busy_since_ = busy_until_ = 0;
  statistics_ = {};
  track_.reset();
}

void IdealMemory::expect_order() {
  at_once_ = domain_.engine() == Engine::leap;
  if (at_once_) requests_.give_to(this);
}

void IdealMemory::take(const MemoryRequest& request, Cycle ready) {
  NNP_ASSERT(ready >= last_ready_, "{}: a request of cycle {} comes behind one of {}", name(), ready,
             last_ready_);
  last_ready_ = ready;
  served_.push_back(serve(request, ready));
  answer(request, served_.back().done);
  if (served_.size() >= kAccounts) domain_.wake(*this, ready);
}

void IdealMemory::tick(Cycle now) {
  std::size_t past = 0;
  for (; past < served_.size() && served_[past].ready <= now; ++past) account(served_[past]);
  served_.erase(served_.begin(), served_.begin() + static_cast<std::ptrdiff_t>(past));
  while (requests_.ready(now)) {
    const Cycle ready = requests_.first();
    const MemoryRequest request = requests_.pop();
    const Service service = serve(request, ready);
    account(service);
    if (request_observer_ != nullptr) request_observer_->accepted(request, ready);
    answer(request, service.done);
  }
}

void IdealMemory::catch_up(Cycle now) {
  if (at_once_ && now != 0) tick(now - 1);
}

IdealMemory::Service IdealMemory::serve(const MemoryRequest& request, Cycle ready) {
  if (ready >= stream_end_) stream_since_ = ready, stream_bytes_ = 0;
  stream_bytes_ += request.bytes;
  const Cycle before = std::max(stream_end_, ready);
  stream_end_ = stream_since_ +
                static_cast<Cycles>(std::ceil(static_cast<double>(stream_bytes_) * clocks_per_byte_ - 1e-9));
  return {ready, request.write ? stream_end_ : stream_end_ + latency_, stream_end_ - before, request.bytes,
          request.write};
}

void IdealMemory::account(const Service& service) {
  if (service.ready > busy_until_ || busy_until_ == 0) {
    close_busy_time();
    track_.set(service.ready, {.state = State::busy});
    busy_since_ = service.ready;
  }
  statistics_.data_cycles += service.data_cycles;
  (service.write ? statistics_.write_bytes : statistics_.read_bytes) += service.bytes;
  ++(service.write ? statistics_.write_bursts : statistics_.read_bursts);
  ++statistics_.row_hits;
  busy_until_ = std::max({busy_until_, service.done, service.ready + 1});
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

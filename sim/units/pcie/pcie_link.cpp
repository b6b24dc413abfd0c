// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pcie/pcie_link.h"

#include <algorithm>
#include <cmath>

namespace nnp::sim {

PcieLink::PcieLink(ClockDomain& core, const models::PcieSpec& spec)
    : core_(core),
      wire_(spec),
      latency_(static_cast<Picoseconds>(std::llround(spec.latency_s * 1e12))),
      outstanding_reads_(spec.outstanding_reads),
      posted_(spec.posted_header_credits, spec.posted_data_credits),
      nonposted_(spec.nonposted_header_credits, 0),
      completions_(spec.completion_header_credits, spec.completion_data_credits) {}

void PcieLink::reset() {
  statistics_ = {};
  up_ = down_ = {};
  stalled_until_ = 0;
  for (CreditPool* pool : {&posted_, &nonposted_, &completions_}) pool->reset();
}

// From a host address that starts a page on: all reads but the last are whole, and answered alike.
Picoseconds PcieLink::bulk_time(Bytes bytes) {
  Bytes reads = 0, wire_bytes = 0;
  const auto add = [&](Bytes count, Bytes size) {
    if (size == 0) return;
    reads += count;
    wire_.for_each_completion(0, size, [&](Bytes data) {
      wire_bytes += count * wire_.completion(data);
      statistics_.tlps += count;
    });
  };
  add(bytes / wire_.max_read_request(), wire_.max_read_request());
  add(1, bytes % wire_.max_read_request());
  statistics_.tlps += reads;
  statistics_.to_device_bytes += bytes;
  statistics_.up_bytes += reads * wire_.read_request();
  statistics_.down_bytes += wire_bytes;
  if (reads == 0) return 0;
  const Picoseconds round_trip = wire_.time(wire_.read_request()) + 2 * latency_;
  return std::max(round_trip + wire_.time(wire_bytes),
                  ceil_div(reads, outstanding_reads_) * (round_trip + wire_.time(wire_bytes / reads)));
}

void PcieLink::send(const PcieRequest& request) {
  pending_.push_back(request);
  core_.commit_later(*this);
}

Picoseconds PcieLink::Lanes::send(const PcieWire& wire, Picoseconds earliest, Bytes packet) {
  if (earliest > free_from) busy_since = earliest, bytes = 0;
  bytes += packet;
  return free_from = busy_since + wire.time(bytes);
}

// Read requests go up; the host answers each with completions. `down_` is kept in the time of arrival.
Picoseconds PcieLink::read(const PcieRequest& request, Picoseconds present) {
  Picoseconds end = present;
  wire_.for_each_read(request.host, request.bytes, [&](Address address, Bytes size) {
    const Picoseconds sent = up_.send(wire_, nonposted_.take(present, 0), wire_.read_request());
    nonposted_.give_back(sent + 2 * latency_);
    statistics_.up_bytes += wire_.read_request();
    ++statistics_.tlps;
    wire_.for_each_completion(address, size, [&](Bytes data) {
      end = down_.send(wire_, completions_.take(sent + 2 * latency_, data), wire_.completion(data));
      completions_.give_back(end + 2 * latency_);
      statistics_.down_bytes += wire_.completion(data);
      ++statistics_.tlps;
    });
  });
  statistics_.to_device_bytes += request.bytes;
  return end;
}

Picoseconds PcieLink::write(const PcieRequest& request, Picoseconds present) {
  Picoseconds end = present;
  wire_.for_each_write(request.host, request.bytes, [&](Bytes data) {
    end = up_.send(wire_, posted_.take(present, data), wire_.write(data));
    posted_.give_back(end + 2 * latency_);
    statistics_.up_bytes += wire_.write(data);
    ++statistics_.tlps;
  });
  statistics_.from_device_bytes += request.bytes;
  return end;
}

void PcieLink::commit(Cycle now) {
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const PcieRequest& a, const PcieRequest& b) { return a.source < b.source; });
  for (const PcieRequest& request : pending_) {
    const Cycles stall = core_.stalls().of(StallPlace::link, request.source, request.id);
    stalled_until_ = std::max(stalled_until_, now + 1 + stall);
    const Picoseconds present = core_.edge(stalled_until_);
    answers_[request.source]->push({request.id, request.bytes},
                                   request.to_device ? read(request, present) : write(request, present));
  }
  pending_.clear();
}

}  // namespace nnp::sim

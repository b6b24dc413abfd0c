// SPDX-License-Identifier: Apache-2.0
// Flow control credits of one class of packets (posted, non-posted, completion), PCI Express base
// specification 6.0, section 2.6.1: one header credit a packet, one data credit for each 16 bytes it carries.
// A sender waits until it has both. Receivers give back in the order of packets, so everything is known when
// a packet is sent: no events.
#pragma once

#include <deque>

#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

inline constexpr Bytes kCreditBytes = 16;

class CreditPool {
 public:
  /// What the receiver advertises; 0 is without limit, as in the specification.
  CreditPool(std::uint32_t headers, std::uint32_t data) : headers_(headers), data_(data) { reset(); }

  /// First time at or after `time` at which a packet with so many bytes of data may go; takes its credits.
  Picoseconds take(Picoseconds time, Bytes bytes);
  /// The sender learns at `time` that the packet taken last has left the receiver's buffer. Times do not
  /// fall.
  void give_back(Picoseconds time) {
    if (!outstanding_.empty()) outstanding_.back().returns = time;
  }
  void reset() { free_headers_ = headers_, free_data_ = data_, outstanding_.clear(); }

 private:
  struct Packet {
    std::uint64_t data;
    Picoseconds returns = 0;
  };
  bool enough(std::uint64_t data) const {
    return (headers_ == 0 || free_headers_ >= 1) && (data_ == 0 || free_data_ >= data);
  }
  void collect() {
    ++free_headers_, free_data_ += outstanding_.front().data;
    outstanding_.pop_front();
  }
  std::uint64_t headers_, data_;
  std::uint64_t free_headers_ = 0, free_data_ = 0;
  std::deque<Packet> outstanding_;
};

inline Picoseconds CreditPool::take(Picoseconds time, Bytes bytes) {
  if (headers_ == 0 && data_ == 0) return time;
  const std::uint64_t data = ceil_div<std::uint64_t>(bytes, kCreditBytes);
  while (!outstanding_.empty() && outstanding_.front().returns <= time) collect();
  while (!enough(data)) {
    NNP_ASSERT(!outstanding_.empty(), "a packet of {} data credits can never be sent", data);
    time = std::max(time, outstanding_.front().returns);
    collect();
  }
  --free_headers_, free_data_ -= data;
  outstanding_.push_back({data});
  return time;
}

}  // namespace nnp::sim

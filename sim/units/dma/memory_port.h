// SPDX-License-Identifier: Apache-2.0
// An engine's port to device memory: chunks go out in pieces, one transfer each, come back whole, and no more
// than a window is in flight.
#pragma once

#include "sim/units/dma/crossbar.h"
#include "sim/units/dma/numbered_queue.h"
#include "sim/units/dma/transfer_log.h"

namespace nnp::sim {

class MemoryPort {
 public:
  MemoryPort(ClockDomain& core, Crossbar& crossbar, TransferLog& log, std::uint8_t source, Bytes window_bytes)
      : crossbar_(crossbar), log_(log), source_(source), window_bytes_(window_bytes), answers_(core) {}
  Bridge<MemoryAnswer>& answers() { return answers_; }

  bool can_send(Bytes bytes) const { return in_flight_ == 0 || in_flight_ + bytes <= window_bytes_; }
  /// Returns the chunk's number; numbers count up from the last reset().
  std::uint32_t send(Cycle now, const Requester& requester, Address address, Bytes bytes, bool write);
  /// Takes the answers that are visible at `now`; calls done(chunk number) for each chunk that is complete,
  /// in ascending order.
  template <typename F>
  void receive(Cycle now, F&& done);
  /// When receive() is needed next: not while nobody heeds.
  Cycle next_answer(Cycle now) const { return heeds_ ? answers_.next(now) : kNever; }
  /// Whether an answer is to wake the engine. Else receive() may come late and says when answers were seen.
  void heed(bool heeds) {
    heeds_ = heeds;
    answers_.rest_until(heeds ? 0 : kNever);
  }
  Bytes in_flight() const { return in_flight_; }
  /// What was asked for and never used, a fetch behind the last instruction, is forgotten.
  void reset() {
    while (!answers_.empty()) answers_.pop();
    left_.reset(), complete_.clear(), in_flight_ = 0;
    heed(true);
  }

 private:
  Crossbar& crossbar_;
  TransferLog& log_;
  std::uint8_t source_;
  Bytes window_bytes_;
  Bridge<MemoryAnswer> answers_;
  NumberedQueue<Bytes> left_;            // of each chunk, still to be answered
  std::vector<std::uint32_t> complete_;  // numbers of the chunks that this cycle's answers complete
  Bytes in_flight_ = 0;
  bool heeds_ = true;
};

template <typename F>
void MemoryPort::receive(Cycle now, F&& done) {
  bool any = false;
  while (answers_.ready(now)) {
    const Cycle seen = answers_.first();
    const MemoryAnswer answer = answers_.pop();
    Bytes& left = left_[answer.id];
    left -= answer.bytes;
    if (left == 0) complete_.push_back(answer.id);
    in_flight_ -= answer.bytes;
    log_.answered(seen, answer.transfer, answer.server);
    any = true;
  }
  if (!any) return;
  log_.publish();
  sort_few(complete_, [](std::uint32_t number) { return number; });
  for (const std::uint32_t number : complete_) done(number);
  complete_.clear();
  while (!left_.empty() && left_.front() == 0) left_.pop();
}

inline std::uint32_t MemoryPort::send(Cycle now, const Requester& requester, Address address, Bytes bytes,
                                      bool write) {
  const std::uint32_t number = left_.push(bytes);
  in_flight_ += bytes;
  NNP_ASSERT(bytes <= ~std::uint32_t{0}, "a chunk of {} bytes", bytes);
  crossbar_.send({address, static_cast<std::uint32_t>(bytes), write, source_, number,
                  log_.sent(now, requester, address, bytes, write, crossbar_.block())});
  return number;
}

}  // namespace nnp::sim

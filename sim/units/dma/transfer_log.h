// SPDX-License-Identifier: Apache-2.0
// The requests of one engine, numbered: tells the state track what answered it, and publishes their spans.
#pragma once

#include <algorithm>
#include <deque>

#include "sim/kernel/accounting.h"
#include "sim/kernel/divisor.h"

namespace nnp::sim {

/// For whom a request is made.
struct Requester {
  std::uint32_t instruction = kNoInstruction;
  std::uint16_t layer = kNoLayer;
};

class TransferLog {
 public:
  TransferLog(StateTrack& track, TraceSink* trace) : track_(track), trace_(trace) {}

  /// A request leaves in cycle `now`; returns its number.
  std::uint32_t sent(Cycle now, const Requester& requester, Address address, Bytes bytes, bool write) {
    if (trace_ != nullptr)
      open_.push_back({track_.unit(), kNoUnit, requester.layer, write, requester.instruction, next_, address,
                       bytes, now, kNever});
    return next_++;
  }
  /// The same for bytes that leave as a request for each block; returns the first one's number.
  std::uint32_t sent(Cycle now, const Requester& requester, Address address, Bytes bytes, bool write,
                     const Divisor& block) {
    const std::uint32_t first = next_;
    if (trace_ == nullptr) {
      next_ += static_cast<std::uint32_t>(block.quotient(block.rest(address) + bytes - 1) + 1);
      return first;
    }
    while (bytes > 0) {
      const Bytes piece = std::min(bytes, block.number() - block.rest(address));
      sent(now, requester, address, piece, write);
      address += piece, bytes -= piece;
    }
    return first;
  }
  /// Its answer is seen in cycle `now`. Answers of one cycle come in any order: the highest number counts as
  /// the one that released the engine.
  void answered(Cycle now, std::uint32_t number, std::uint16_t server) {
    if (last_cycle_ != now || number > last_number_) {
      last_cycle_ = now, last_number_ = number;
      track_.released(now, Release::Kind::transfer, server, number);
    }
    if (trace_ == nullptr) return;
    TransferSpan& span = open_[number - open_.front().number];
    span.server = server, span.answered = now;
  }
  /// After the answers of a cycle: spans go out in order of their numbers.
  void publish() {
    while (!open_.empty() && open_.front().answered != kNever)
      trace_->transfer(open_.front()), open_.pop_front();
  }
  /// Number of the answer that counted last; kNoTransfer before the first.
  std::uint32_t last() const { return last_number_; }
  void reset() { open_.clear(), next_ = 0, last_number_ = kNoTransfer, last_cycle_ = kNever; }

 private:
  StateTrack& track_;
  TraceSink* trace_;
  std::deque<TransferSpan> open_;  // while traced: sent and not yet published
  std::uint32_t next_ = 0, last_number_ = kNoTransfer;
  Cycle last_cycle_ = kNever;
};

}  // namespace nnp::sim

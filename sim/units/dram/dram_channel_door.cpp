// SPDX-License-Identifier: Apache-2.0
// The request at the front of the bridge, and how its bursts enter the queues.
#include <bit>

#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {

// Takes what the queues have room for, in order of arrival: burst by burst, or where nobody waits in the
// other direction as many as lie in a span. True when that can change the plan.
bool DramChannel::admit(Cycle now) {
  bool any = false;
  door_ = Door::open;
  const Cycle entry =
      std::max(now, last_issue_);  // the door may have been closed until a command ahead of now
  while (requests_.ready(now)) {
    const MemoryRequest& request = requests_.front();
    if (front_.left == 0) come_to_front(request);
    BurstQueue &queue = request.write ? writes_ : reads_, &others = request.write ? reads_ : writes_;
    while (front_.left != 0) {
      std::uint32_t bursts = std::min(front_.in_row, queue.space());
      const bool at_once = others.size() == 0 && front_stride_ != 0 && front_.left != 1;
      if (at_once) bursts = std::min({front_.left, queue.space(), in_span()});
      door_ = at_once && bursts != 0 ? Door::open : door_for(request.write, front_.at, bursts);
      if (door_ != Door::open) return any || door_ != Door::full || plan_.cycle == kNever;
      if (!front_.entered) begin_front();
      if (!pending()) empty_to_ = entry;
      if (at_once) {
        enter_span(bursts);
      } else {
        queue.push(front_.at, bursts, door_request_, next_age_, banks_[front_.at.bank].row);
        update_drain();
        advance_front(bursts);
      }
      any = true;
    }
    complete_front(entry);
  }
  return any;
}

// Its first burst enters.
void DramChannel::begin_front() {
  const MemoryRequest& request = requests_.front();
  front_.entered = true;
  door_request_ = request.write ? next_write_++ : free_reading_;
  if (request.write) return;
  Reading& reading = reading_[door_request_];
  free_reading_ = reading.next_free;
  reading = {front_.left, kNone};
  most_readings_ = std::max(most_readings_, door_request_ + 1);
  answer_due_ = std::min(answer_due_, last_issue_ + (front_.left - 1) * burst_clocks_);
  asked_[door_request_] = request;
  for (DramChannel* twin : twins_) twin->asked_[door_request_] = twin->requests_.front();
}

// Its next `bursts`, which lie in one span and have room, enter one after the other.
void DramChannel::enter_span(std::uint32_t bursts) {
  BurstQueue& queue = requests_.front().write ? writes_ : reads_;
  for (std::uint32_t i = 0; i < std::min(bursts, front_stride_); ++i) {
    const DramLocation at = locate(front_.burst + i);
    queue.push(at, ((bursts - i - 1) >> front_shift_) + 1, door_request_, next_age_ + i, banks_[at.bank].row);
  }
  update_drain();
  next_age_ += bursts, front_.burst += bursts, front_.left -= bursts;
  if (front_.left != 0) locate_front();
}

// The same for all of a request, which only makes lists longer, see front_without_effect().
void DramChannel::enter_behind() {
  begin_front();
  BurstQueue& queue = requests_.front().write ? writes_ : reads_;
  const DramLocation high = front_.block_at;
  const DramLocation* low = &in_block_[front_.burst % kBlock];  // a span does not leave its block
  const std::uint32_t bursts = front_.left, runs = std::min(bursts, front_stride_);
  std::uint32_t each = ((bursts - 1) >> front_shift_) + 1;
  const std::uint32_t longer = bursts - ((each - 1) << front_shift_);
  for (std::uint32_t i = 0; i < runs; ++i) {
    if (i == longer) --each;  // the rest have one less
    queue.push_behind(sum(high, low[i]), each, door_request_, next_age_ + i);
  }
  update_drain();
  next_age_ += bursts, front_.left = 0;
}

// Its last burst has entered.
void DramChannel::complete_front(Cycle entry) {
  const MemoryRequest request = requests_.front();
  (request.write ? statistics_.write_bytes : statistics_.read_bytes) += request.bytes;
  if (request.write) answer(request, entry);
  requests_.pop();
  for (DramChannel* twin : twins_) {
    const MemoryRequest own = twin->requests_.pop();
    if (own.write) twin->answer(own, entry);
  }
  agreed_ -= agreed_ != 0;
  if (request_observer_ != nullptr) request_observer_->accepted(request, entry);
}

void DramChannel::come_to_front(const MemoryRequest& request) {
  NNP_ASSERT(
      request.bytes >= 1 && request.address < capacity_ && request.bytes <= capacity_ - request.address,
      "{}: request for {} bytes at {} of {}", name(), request.bytes, request.address, capacity_);
  front_.burst = request.address >> burst_shift_;
  front_.left =
      static_cast<std::uint32_t>(((request.address + request.bytes - 1) >> burst_shift_) - front_.burst + 1);
  front_.entered = false;
  locate_front();
}

// A burst does not enter while the same burst waits in the other direction: so reads see posted writes, and
// writes wait for earlier reads, whatever the order in which the queues are served.
DramChannel::Door DramChannel::door_for(bool write, const DramLocation& at, std::uint32_t bursts) const {
  if (bursts == 0) return Door::full;
  if (write) return reads_.overlaps(at, bursts) ? Door::behind_reads : Door::open;
  return writes_.overlaps(at, bursts) ? Door::behind_writes : Door::open;
}

// Of front_span_ bursts that are aligned to as many, those that are front_stride_ apart follow each other in
// one row.
void DramChannel::find_stride() {
  if (domain_.engine() == Engine::stepped) return;  // burst by burst
  const auto next_in_row = [&](std::uint64_t bit, std::uint32_t column) {
    return in_block_[bit] == DramLocation{0, 0, column};
  };
  std::uint64_t bit = 1;
  while (bit < kBlock && !next_in_row(bit, 1)) bit *= 2;
  if (bit == kBlock) return;
  front_stride_ = static_cast<std::uint32_t>(bit);
  front_shift_ = static_cast<std::uint32_t>(std::countr_zero(bit));
  std::uint32_t columns = 1;
  for (; bit < kBlock && next_in_row(bit, columns); bit *= 2) columns *= 2;
  front_span_ = front_stride_ * columns;
  span_shift_ = static_cast<std::uint32_t>(std::countr_zero(front_span_));
  for (std::uint64_t other = 1; other < capacity_ >> burst_shift_; other *= 2)
    if ((other < front_stride_ || other >= front_span_) && map_.locate(other).column % columns != 0)
      front_stride_ = 0;
}

}  // namespace nnp::sim

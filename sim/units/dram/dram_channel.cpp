// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_channel.h"

#include <bit>

namespace nnp::sim {
namespace {

const DramConfig& checked(const DramConfig& config) {
  check(config);
  NNP_ASSERT(config.standard != DramStandard::ideal, "an ideal memory has no commands");
  return config;
}

}  // namespace

DramChannel::DramChannel(std::string name, ClockDomain& memory_domain, const DramConfig& config,
                         TraceSink* sink, std::uint16_t unit_id)
    : MemoryChannel(std::move(name), memory_domain, sink, unit_id),
      config_(checked(config)),
      map_(config.address_map, config.organization),
      capacity_(config.capacity_bytes()),
      tREFI_(config.timing.at("tREFI")),
      read_clocks_(evaluate("CL + BL/2", config)),
      write_clocks_(evaluate("CWL + BL/2", config)),
      burst_clocks_(evaluate("BL/2", config)),
      burst_shift_(static_cast<std::uint32_t>(std::countr_zero(config.organization.burst_bytes()))),
      write_high_(std::max(1u, config.queue_depth * config.write_high_percent / 100)),
      write_low_(std::min(write_high_ - 1, config.queue_depth * config.write_low_percent / 100)),
      timer_(config),
      reads_(config.queue_depth),
      writes_(config.queue_depth),
      reading_(config.queue_depth + 1) {
  reset();
}

void DramChannel::reset() {
  while (!requests_.empty()) requests_.pop();
  timer_.reset(), reads_.reset(), writes_.reset();
  banks_.fill({});
  open_ = 0, plan_ = {}, command_free_ = 0, refresh_due_ = tREFI_;
  busy_since_ = busy_until_ = 0, writing_ = draining_ = false;
  door_ = Door::open, admitted_ = 0, next_age_ = 0, door_request_ = next_write_ = 0;
  for (std::uint32_t i = 0; i < reading_.size(); ++i) reading_[i] = {{}, 0, i + 1};
  free_reading_ = 0;
  statistics_ = {};
  track_.reset();
}

void DramChannel::tick(Cycle now) {
  const bool stepped = domain_.engine() == Engine::stepped;
  if (!pending()) {
    if (!requests_.ready(now)) {
      if (stepped) refresh_until(now + 1);
      return;
    }
    refresh_until(now);
    become_busy(now);
  }
  const bool arrived = door_ == Door::open && admit(now);
  if (arrived || stepped) plan_ = plan(std::max(now, command_free_));
  NNP_ASSERT(plan_.cycle >= now, "{}: slept through its command of cycle {}, now {}", name(), plan_.cycle,
             now);
  // With a request at the closed door nothing later can get in, so leap need not wait for its commands'
  // cycles to come.
  while (plan_.cycle == now || (door_ != Door::open && !stepped)) {
    issue(plan_);
    if (door_ != Door::open) admit(now);
    plan_ = pending() ? plan(command_free_) : Plan{};
  }
}

Cycle DramChannel::next_event(Cycle now) const {
  return door_ == Door::open ? std::min(plan_.cycle, requests_.next(now)) : plan_.cycle;
}

// Takes what the queues have room for, in order of arrival, burst by burst. True when that can change the
// plan.
bool DramChannel::admit(Cycle now) {
  bool any = false;
  door_ = Door::open;
  const Cycle entry =
      std::max(now, last_issue());  // the door may have been closed until a command ahead of now
  while (requests_.ready(now)) {
    const MemoryRequest& request = requests_.front();
    NNP_ASSERT(
        request.bytes >= 1 && request.address < capacity_ && request.bytes <= capacity_ - request.address,
        "{}: request for {} bytes at {} of {}", name(), request.bytes, request.address, capacity_);
    BurstQueue& queue = request.write ? writes_ : reads_;
    const std::uint64_t first = request.address >> burst_shift_;
    const auto bursts =
        static_cast<std::uint32_t>(((request.address + request.bytes - 1) >> burst_shift_) - first + 1);
    while (admitted_ < bursts) {
      const DramLocation at = map_.locate(first + admitted_);
      const std::uint32_t run = std::min(std::min(bursts - admitted_, queue.space()), map_.run_length(at));
      door_ = door_for(request.write, at, run);
      if (door_ != Door::open) return true;
      if (admitted_ == 0) {
        door_request_ = request.write ? next_write_++ : free_reading_;
        if (!request.write) {
          Reading& reading = reading_[door_request_];
          free_reading_ = reading.next_free;
          reading = {request, bursts, kNone};
        }
      }
      queue.push(at, run, door_request_, next_age_, banks_[at.bank].row);
      next_age_ += run;
      admitted_ += run;
      any = true;
    }
    (request.write ? statistics_.write_bytes : statistics_.read_bytes) += request.bytes;
    if (request.write) answer(request, entry);
    admitted_ = 0;
    requests_.pop();
  }
  return any;
}

// A burst does not enter while the same burst waits in the other direction: so reads see posted writes, and
// writes wait for earlier reads, whatever the order in which the queues are served.
DramChannel::Door DramChannel::door_for(bool write, const DramLocation& at, std::uint32_t bursts) const {
  if (bursts == 0) return Door::full;
  if (write) return reads_.overlaps(at, bursts) ? Door::behind_reads : Door::open;
  return writes_.overlaps(at, bursts) ? Door::behind_writes : Door::open;
}

void DramChannel::choose_direction() {
  if (draining_ && (writes_.size() == 0 || (writes_.size() <= write_low_ && reads_.size() != 0)))
    draining_ = false;
  if (writes_.size() >= write_high_) draining_ = true;
  writing_ = writes_.size() != 0 && (draining_ || reads_.size() == 0 || door_ == Door::behind_writes);
}

// The next command if nothing arrives, not before `from`. Something is pending.
DramChannel::Plan DramChannel::plan(Cycle from) {
  choose_direction();
  const BurstQueue& queue = writing_ ? writes_ : reads_;
  const RuleOp column_rule = writing_ ? RuleOp::WR : RuleOp::RD;
  Plan best;
  bool best_column = false;
  std::uint64_t best_age = 0;
  for (std::uint32_t left = queue.waiting(); left != 0; left &= left - 1) {
    const auto bank = static_cast<std::uint32_t>(std::countr_zero(left));
    const std::uint32_t bit = left & (0u - left);
    const bool column = (queue.hits() & bit) != 0 &&
                        (banks_[bank].passed_over < config_.row_hit_cap || queue.hit_is_oldest(bank));
    const bool open = (open_ & bit) != 0;
    const RuleOp rule = column ? column_rule : open ? RuleOp::PRE : RuleOp::ACT;
    const Cycle cycle = std::max(timer_.earliest(rule, bank), from);
    if (cycle > best.cycle || (cycle == best.cycle && best_column && !column)) continue;
    const std::uint64_t age = column ? queue.hit(bank).age : queue.oldest(bank).age;
    if (cycle == best.cycle && best_column == column && best_age < age) continue;
    best = {cycle, column ? (writing_ ? DramOp::WR : DramOp::RD) : open ? DramOp::PRE : DramOp::ACT, bank};
    best_column = column, best_age = age;
  }
  return best.cycle < refresh_due_ ? best : plan_refresh(from);
}

DramChannel::Plan DramChannel::plan_refresh(Cycle from) const {
  Cycle cycle = std::max(from, refresh_due_);
  if (open_ == 0) return {std::max(cycle, timer_.earliest_refresh()), DramOp::REF, 0};
  for (std::uint32_t left = open_; left != 0; left &= left - 1) {
    cycle = std::max(cycle, timer_.earliest(RuleOp::PRE, static_cast<std::uint32_t>(std::countr_zero(left))));
  }
  return {cycle, DramOp::PREA, 0};
}

// Carries out the refreshes whose commands fall before `end`. Nothing is pending.
void DramChannel::refresh_until(Cycle end) {
  if (std::max(refresh_due_, command_free_) >= end) return;
  for (Plan next = plan_refresh(command_free_); next.cycle < end; next = plan_refresh(command_free_))
    issue(next);
}

void DramChannel::issue(const Plan& command) {
  const Cycle now = command.cycle;
  const std::uint32_t bank = command.bank;
  command_free_ = now + 1;
  std::uint32_t row = 0, column = 0;
  switch (command.op) {
    case DramOp::ACT: {
      row = (writing_ ? writes_ : reads_).oldest(bank).row;
      banks_[bank] = {row, 0, true, banks_[bank].conflict};
      open_ |= 1u << bank;
      reads_.row_opened(bank, row), writes_.row_opened(bank, row);
      timer_.issued(RuleOp::ACT, bank, now);
      ++statistics_.act;
      break;
    }
    case DramOp::PRE:
      close_bank(bank, now);
      banks_[bank].conflict = true;
      ++statistics_.pre;
      break;
    case DramOp::PREA:
      for (std::uint32_t left = open_; left != 0; left &= left - 1)
        close_bank(static_cast<std::uint32_t>(std::countr_zero(left)), now);
      ++statistics_.pre;
      break;
    case DramOp::RD:
    case DramOp::WR:
      column = (writing_ ? writes_ : reads_).hit(bank).column;
      issue_column(bank, now);
      break;
    case DramOp::REF:
      timer_.issued(RuleOp::REF, 0, now);
      refresh_due_ += tREFI_;
      ++statistics_.ref;
      break;
  }
  if (observer_) {
    const std::uint32_t banks = config_.organization.banks;
    observer_({now, command.op, static_cast<std::uint8_t>(bank / banks),
               static_cast<std::uint8_t>(bank % banks), row, column});
  }
}

void DramChannel::close_bank(std::uint32_t bank, Cycle now) {
  banks_[bank].row = kNone;
  open_ &= ~(1u << bank);
  reads_.row_closed(bank), writes_.row_closed(bank);
  timer_.issued(RuleOp::PRE, bank, now);
}

void DramChannel::issue_column(std::uint32_t bank, Cycle now) {
  BurstQueue& queue = writing_ ? writes_ : reads_;
  Bank& state = banks_[bank];
  if (!queue.hit_is_oldest(bank)) ++state.passed_over;
  ++(!state.fresh     ? statistics_.row_hits
     : state.conflict ? statistics_.row_conflicts
                      : statistics_.row_misses);
  state.fresh = state.conflict = false;
  statistics_.data_cycles += burst_clocks_;
  const std::uint32_t owner = queue.hit(bank).request;
  queue.pop_hit(bank);
  if (writing_) {
    timer_.issued(RuleOp::WR, bank, now);
    ++statistics_.wr, ++statistics_.write_bursts;
    busy_until_ = std::max(busy_until_, now + write_clocks_);
  } else {
    timer_.issued(RuleOp::RD, bank, now);
    ++statistics_.rd, ++statistics_.read_bursts;
    busy_until_ = std::max(busy_until_, now + read_clocks_);
    Reading& reading = reading_[owner];
    if (--reading.bursts_left == 0) {
      answer(reading.request, now + read_clocks_);
      reading.next_free = free_reading_;
      free_reading_ = owner;
    }
  }
}

// The end of a busy time is known when its last column issues, and recorded when the next one begins.
void DramChannel::become_busy(Cycle now) {
  if (now <= busy_until_ && busy_until_ != 0) return;
  become_idle();
  track_.set(now, {.state = State::busy});
  busy_since_ = now;
}

void DramChannel::become_idle() {
  if (busy_until_ > busy_since_) {
    track_.set(busy_until_, {});
    statistics_.pending_cycles += busy_until_ - busy_since_;
    busy_since_ = busy_until_;
  }
}

bool DramChannel::idle() const { return !pending() && requests_.empty() && busy_until_ <= domain_.now(); }

void DramChannel::finish(Cycle end) {
  if (pending() || busy_until_ > end) busy_until_ = std::max(end, busy_since_);
  if (!pending()) refresh_until(end);
  become_idle();
  track_.finish(std::max(end, busy_until_));
}

std::string DramChannel::waiting_for() const {
  if (!pending() && requests_.empty()) return {};
  const char* door[] = {"open", "the queue is full", "waits for an earlier read of its bytes",
                        "waits for an earlier write of its bytes"};
  return fmt::format("{} read and {} write bursts queued, next command {} at {}, door: {}", reads_.size(),
                     writes_.size(), to_string(plan_.op), plan_.cycle, door[static_cast<std::size_t>(door_)]);
}

}  // namespace nnp::sim

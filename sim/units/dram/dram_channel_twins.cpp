// SPDX-License-Identifier: Apache-2.0
// Twins. Consecutive blocks of device memory lie on consecutive channels, so a transfer asks eight of them
// for the same address in the same cycle. Channels that were in the same state and see the same requests in
// the same cycles do the same: one of them, the leader, does the work for all, until one sees something else.
#include <algorithm>

#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {
namespace {

/// After so many clocks it no longer matters when exactly a bank could have been opened: longer than tRCD and
/// all that could come between an activate and its first column.
constexpr Cycles kLongAgo = 256;

void count_no_requests(DramStatistics& sums, Cycles cycles) {
  sums.bus_waits[static_cast<std::size_t>(BusWait::no_requests)] += cycles;
}

bool is_same(const MemoryRequest& a, const MemoryRequest& b) {
  return a.address == b.address && a.bytes == b.bytes && a.write == b.write;
}

}  // namespace

void DramChannel::know_siblings(const std::vector<MemoryChannel*>& channels, bool each_answer) {
  if (domain_.engine() == Engine::stepped) return;
  joins_answers_ = !each_answer;
  const auto self = std::ranges::find(channels, this);
  NNP_ASSERT(self != channels.end(), "{}: not among its siblings", name());
  for (auto behind = self + 1; behind != channels.end(); ++behind)
    if (auto* dram = dynamic_cast<DramChannel*>(*behind)) siblings_.push_back(dram);
}

// Nothing is pending, and requests are at the door: those that tick later, have nothing pending either, see
// the same requests and will do the same follow from now on.
void DramChannel::take_twins(Cycle now) {
  if (observer_ || request_observer_ != nullptr || now <= busy_until_) return;
  for (DramChannel* sibling : siblings_) {
    DramChannel& other = *sibling;
    if (other.leader_ != nullptr) continue;
    other.catch_up(now);
    if (other.pending() || !sees_the_same(other, now)) continue;
    other.publish_refreshes(now);
    other.background_until(now);
    if (!other.twins_.empty()) other.part_from_others(now);
    if (has_the_same_future(other, now)) take(other);
  }
  if (twins_.empty()) return;
  for (agreed_ = 0; requests_.at(agreed_, now) != nullptr;) ++agreed_;
}

bool DramChannel::sees_the_same(const DramChannel& other, Cycle now) const {
  if (requests_.in_calendar() || other.requests_.in_calendar()) return false;
  for (std::size_t i = 0;; ++i) {
    const MemoryRequest *mine = requests_.at(i, now), *its = other.requests_.at(i, now);
    if (mine == nullptr || its == nullptr) return mine == its;
    if (!is_same(*mine, *its)) return false;
  }
}

// Whether two channels with nothing pending do the same from now on, and count it the same way. What is over
// does not matter; where they have been idle for different times, take() settles that.
bool DramChannel::has_the_same_future(const DramChannel& other, Cycle now) const {
  const auto over = [now](Cycle a, Cycle b) { return a == b || (a < now && b < now); };
  if (open_ != other.open_ || capped_ != other.capped_ || wrote_last_ != other.wrote_last_ ||
      other.observer_ || other.busy_until_ >= now || data_end_ > now || other.data_end_ > now ||
      !refreshed_.empty() || !other.refreshed_.empty())
    return false;
  if (refresh_ != other.refresh_ || !over(last_issue_, other.last_issue_) ||
      !over(row_free_, other.row_free_) || !over(column_free_, other.column_free_))
    return false;
  for (std::uint32_t i = 0; i < refresh_.size() * banks_per_rank_; ++i) {
    const Bank &a = banks_[i], &b = other.banks_[i];
    if (a.row != b.row || a.conflict != b.conflict || !over(a.refresh_end, b.refresh_end)) return false;
    if (a.row == kNone) continue;
    if (a.passed_over != b.passed_over || a.fresh != b.fresh) return false;
    if (a.fresh && (a.activate_wait != b.activate_wait || a.activate_waited != b.activate_waited))
      return false;
  }
  return timer_.has_the_same_future(other.timer_, now, now < kLongAgo ? 0 : now - kLongAgo);
}

// A gap on the data bus begins with the end of the last data and is counted when the next is known: what the
// other waited longer, or less, is for lack of requests.
void DramChannel::take(DramChannel& other) {
  become_idle(), other.become_idle();
  DramStatistics difference = other.statistics_;
  difference -= statistics_;
  count_no_requests(difference, data_end_ - other.data_end_);
  const Cycle data_end = other.data_end_, empty_from = other.empty_from_;
  other.statistics_ = {};
  other.for_all_twins([&](DramChannel& c) {
    c.statistics_ += difference;
    c.data_end_ = data_end, c.empty_from_ = empty_from, c.data_end_of_leader_ = data_end_;
    c.leader_ = this;
    c.requests_.connect(this);
    twins_.push_back(&c);
  });
  other.twins_.clear();
}

// A new request is at one door and not at another.
void DramChannel::part_from_others(Cycle now) {
  if (requests_.in_calendar()) return part_from_all(now);
  const auto differs = [&](DramChannel* twin) {
    if (twin->requests_.in_calendar()) return true;
    for (std::size_t i = agreed_;; ++i) {
      const MemoryRequest *mine = requests_.at(i, now), *its = twin->requests_.at(i, now);
      if (mine == nullptr || its == nullptr) return mine != its;
      if (!is_same(*mine, *its)) return true;
    }
  };
  std::erase_if(twins_, [&](DramChannel* twin) {
    const bool parts = differs(twin);
    if (parts) part(*twin, now);
    return parts;
  });
  while (requests_.at(agreed_, now) != nullptr) ++agreed_;
}

// It goes on from where its leader is, this cycle's requests being still to come.
void DramChannel::part(DramChannel& twin, Cycle now) {
  const Cycle data_end = twin.data_end_, empty_from = twin.empty_from_;
  static_cast<DramState&>(twin) = *this;
  twin.statistics_ += statistics_;
  if (data_end_ == twin.data_end_of_leader_) {  // no data since then, so its gap is not counted yet
    twin.data_end_ = data_end, twin.empty_from_ = empty_from;
    count_no_requests(twin.statistics_, data_end - data_end_);
  }
  twin.leader_ = nullptr;
  twin.requests_.connect(&twin);
  // None was made where the leader's own next request would have made another.
  if (twin.pending() && twin.plan_.cycle == kNever) twin.plan_ = twin.plan(twin.last_issue_);
  domain_.wake(twin, now);
}

void DramChannel::part_from_all(Cycle now) {
  for (DramChannel* twin : twins_) part(*twin, now);
  twins_.clear();
}

// To a read of each. What an engine asked for as one chunk it hears of once, unless somebody wants each.
void DramChannel::answer_for_all(std::uint32_t number, Cycle data_end) {
  if (!joins_answers_) return for_all_twins([=](DramChannel& c) { c.answer(c.asked_[number], data_end); });
  MemoryAnswer joined = answer_to(asked_[number]);
  for (const DramChannel* twin : twins_) {
    const MemoryAnswer own = twin->answer_to(twin->asked_[number]);
    if (own.source != joined.source || own.id != joined.id) {
      send(joined, data_end);
      joined = own;
      continue;
    }
    const std::uint32_t bytes = joined.bytes + own.bytes;
    if (own.transfer > joined.transfer) joined = own;
    joined.bytes = bytes;
  }
  send(joined, data_end);
}

Cycle DramChannel::next_request(Cycle now) const {
  Cycle next = requests_.next_wake(now);
  for (const DramChannel* twin : twins_) next = std::min(next, twin->requests_.next_wake(now));
  return next;
}

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// How the leap engine carries out columns that follow each other.
#pragma once

#include <array>

#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {

/// The planned column and those behind it whose data follow each other without a gap, train by train; at the
/// full door requests enter meanwhile, as far as they only make lists longer.
class DramChannel::Trains {
 public:
  /// Not in cycle `until` or later.
  Trains(DramChannel& channel, Cycle until, Cycle now)
      : c_(channel),
        waiting_(channel.queue()),
        others_(channel.writing_ ? channel.reads_ : channel.writes_),
        limit_(std::min(channel.next_refresh_, until) - 1),
        row_(channel.next_row_command()),
        now_(now),
        burst_(channel.burst_clocks_),
        op_(channel.writing_ ? RuleOp::WR : RuleOp::RD),
        closed_(channel.door_ != Door::open),
        in_turns_(channel.pace_[channel.writing_] == Pace::half) {}
  /// False where the planned column is no such one: nothing was done.
  bool run();

 private:
  static constexpr std::uint64_t kNoSpan = ~std::uint64_t{0};
  bool starts() const;
  bool goes_on();
  bool may_follow() const;
  bool next_train();
  void carry_out();
  // dram_trains_rounds.cpp: streams of requests.
  bool stream_starts();
  bool stream_goes_on();
  void take_round();
  Cycle last_of(std::uint32_t i, Cycle begin) const;
  void finish_stream();
  bool rows_pass(std::uint64_t age) const;
  bool door_gives(std::uint32_t bursts);
  void rows_until(Cycle end);
  void let_in_one_by_one();
  void let_in(std::uint32_t columns);
  void observe_round(Cycle last);
  void take(std::uint32_t bank, std::uint32_t bursts, Cycle last);
  void touch(std::uint32_t bank) {
    touched_ |= std::uint64_t{1} << bank;
    if (!c_.banks_[bank].fresh) return;
    c_.count_row_outcome(bank);
    --c_.statistics_.row_hits;  // finish() counts all columns
  }
  void observe() const;
  void finish();
  /// A run that is the oldest of its bank, and of a request that is in.
  bool fixed(std::uint32_t bank) const {
    return waiting_.hit_is_oldest(bank) && waiting_.hit(bank).request != entering_;
  }
  bool ready(std::uint32_t bank, Cycle cycle) const { return c_.timer_.within_rank(op_, bank) <= cycle; }
  Cycle last() const { return std::min(row_.cycle, limit_); }
  void look_at_front();

  DramChannel& c_;
  BurstQueue& waiting_;
  const BurstQueue& others_;
  const Cycle limit_;  // of all columns: before a refresh
  Choice row_;         // the next command in the rows
  const Cycle now_, burst_;
  const RuleOp op_;
  const bool closed_, in_turns_;  // in turns: a bank has every other place, see Pace::half
  // Of the request at the door: how many bursts can enter, how many have a place already but are not yet in
  // the queue, and its number, once it has one.
  std::uint32_t room_ = kNone, owed_ = 0, entering_ = kNone;
  std::uint64_t span_ = kNoSpan;  // all of which can enter, see front_without_effect()
  // The next train: of one bank or, if there is a second, of the two in turns.
  Cycle cycle_ = 0;
  std::uint32_t first_ = 0, second_ = 0, columns_ = 0;
  std::uint64_t hits_ = 0, to_close_ = 0, touched_ = 0;
  std::uint32_t total_ = 0;  // columns
  // A round of a stream: banks and how many bursts of each; and how many of its columns have been observed.
  static constexpr std::uint32_t kMostBanks = 8;
  std::array<std::uint32_t, kMostBanks> banks_, column_;
  bool one_by_one_ = false;
  std::uint32_t bank_count_ = 0, each_ = 0, observed_ = 0;
};

}  // namespace nnp::sim

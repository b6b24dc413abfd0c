// SPDX-License-Identifier: Apache-2.0
// One DRAM channel at command level: a controller (FR-FCFS with a row-hit cap, posted writes drained between
// two watermarks, open or closed pages, all-bank or per-bank refresh) and the ranks behind it. Left out:
// power-down, refresh postponement.
#pragma once

#include "sim/units/dram/dram_state.h"
#include "sim/units/dram/memory_channel.h"

namespace nnp::sim {

/// How it decides. The next command is planned - which, and the cycle in which it becomes legal - after each
/// command and arrival; between these nothing can change, so leap sleeps until then (stepped plans anew in
/// every cycle). Columns go before ACT and PRE, older requests before younger ones. A refresh that is due
/// goes before all in its banks and closes them first. While nothing is pending no event is announced;
/// refreshes and closing precharges of that time are carried out, with their own cycles, when the next
/// request comes.
class DramChannel : public MemoryChannel, private DramState {
 public:
  DramChannel(std::string name, ClockDomain& memory_domain, const DramConfig&, TraceSink*,
              std::uint16_t unit_id);

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  std::string waiting_for() const override;
  void reset() override;
  bool idle() const override;
  void catch_up(Cycle now) override;
  void finish(Cycle end) override;
  void know_siblings(const std::vector<MemoryChannel*>&, bool each_answer) override;

 private:
  BurstQueue& queue() { return writing_ ? writes_ : reads_; }
  const BurstQueue& queue() const { return writing_ ? writes_ : reads_; }
  /// A request that comes before the command buses are free makes a new plan anyway.
  bool arrival_is_first(Cycle now) const {
    return door_ == Door::open && requests_.next(now) <= std::min(row_free_, column_free_);
  }
  bool admit(Cycle now);
  void come_to_front(const MemoryRequest&);
  void begin_front();
  void enter_span(std::uint32_t bursts);
  void enter_behind();
  /// How many bursts from the next one on lie in its span, see find_stride().
  std::uint32_t in_span() const {
    return static_cast<std::uint32_t>(front_span_ - (front_.burst & (front_span_ - 1u)));
  }
  void complete_front(Cycle entry);
  void find_stride();
  /// So many of its bursts have entered.
  void advance_front(std::uint32_t bursts) {
    next_age_ += bursts;
    front_.burst += bursts, front_.left -= bursts, front_.in_row -= bursts, front_.at.column += bursts;
    if (front_.left != 0 && (front_.in_row == 0 || front_.burst - front_.block >= kBlock)) locate_front();
  }
  /// Fields of an address map are bits of the address, or exclusive-ors of such, so the places of two numbers
  /// without a common bit make that of their sum.
  static DramLocation sum(const DramLocation& high, const DramLocation& low) {
    return {high.bank ^ low.bank, high.row ^ low.row, high.column ^ low.column};
  }
  /// Of a burst in the block of the one at the door.
  DramLocation locate(std::uint64_t burst) const { return sum(front_.block_at, in_block_[burst % kBlock]); }
  void locate_front() {
    const std::uint64_t block = front_.burst & ~(kBlock - 1);
    if (block != front_.block) front_.block = block, front_.block_at = map_.locate(block);
    front_.at = locate(front_.burst);
    front_.in_row = std::min(front_.left, map_.run_length(front_.at));
  }
  Door door_for(bool write, const DramLocation& at, std::uint32_t bursts) const;

  // dram_channel_plan.cpp: which command is next.
  // After every burst that comes or goes, so that it does not matter when the next command is planned.
  void update_drain() {
    if (draining_ && (writes_.size() == 0 || (writes_.size() <= write_low_ && reads_.size() != 0)))
      draining_ = false;
    if (writes_.size() >= write_high_) draining_ = true;
  }
  void choose_direction();
  Plan plan(Cycle from);
  Choice first_column(RuleOp, std::uint64_t banks, Cycle from) const;
  Choice first_of_misses(std::uint64_t to_close, Cycle from) const;
  Choice first_row_command(std::uint64_t to_close, std::uint64_t to_open, Cycle from);
  void consider(Choice& best, RuleOp, std::uint64_t banks, Cycle from, Cycle kept = kNever) const;
  Cycle slot_kept_for(const Choice& activate) const;
  Cycles data_clocks() const { return writing_ ? write_clocks_ : read_clocks_; }
  Cycles clocks_of(RuleOp op) const { return bus_.clocks[static_cast<std::size_t>(op)]; }
  bool opens_its_row(RuleOp column, std::uint32_t bank) const;
  Plan with_background(Plan best, Cycle from) const;
  Plan plan_refresh(Cycle from) const;
  Plan plan_refresh_of(const Refresh&, std::uint32_t rank, Cycle from) const;
  bool held_for_refresh(RuleOp, std::uint32_t bank, Cycle cycle) const;
  void background_until(Cycle end);

  // dram_channel_train.cpp: columns that follow each other.
  /// How soon a bank's next column may follow: at the data bus's pace, or after one of another group.
  enum class Pace : std::uint8_t { bus, half, slower };
  static Pace pace_of(const DramConfig&, RuleOp column);
  bool columns_follow() const {
    return runs_ && (plan_.op == DramOp::RD || plan_.op == DramOp::WR) && (capped_ & queue().hits()) == 0;
  }
  bool run_columns(Cycle now, Cycle until);
  bool plan_column(Cycle until);
  Choice next_row_command();
  std::uint64_t rows_to_close() const { return queue().waiting() & open_ & ~queue().hits(); }
  class Trains;
  bool run_trains(Cycle until, Cycle now);
  std::uint32_t front_without_effect() const;
  bool without_effect(std::uint64_t first, std::uint32_t bursts) const;
  void enter(std::uint32_t owed, bool behind, std::uint32_t later, Cycle now);

  // dram_channel_columns.cpp: what a column changes.
  bool replace_at_door();
  void issue_column(std::uint32_t bank, Cycle now);
  void charge_gap(std::uint32_t bank, Cycle now, Cycle data_start);
  BusWait column_wait(RuleOp, std::uint32_t bank, Cycle now) const;
  void finish_read(std::uint32_t number, Cycle data_end);
  void count_row_outcome(std::uint32_t bank) {
    Bank& state = banks_[bank];
    ++(!state.fresh     ? statistics_.row_hits
       : state.conflict ? statistics_.row_conflicts
                        : statistics_.row_misses);
    state.fresh = state.conflict = false;
  }
  /// Of a bank that is read or written: what is known of the next row command may be of it.
  void put_off_precharge(std::uint32_t bank) {
    if ((row_plan_.to_close >> bank & 1) != 0) row_plan_.known = false;
  }

  // dram_channel_issue.cpp: what a command changes.
  void issue(const Plan&);
  void issue_activate(std::uint32_t bank, Cycle now);
  void issue_refresh(const Plan&);
  void close_bank(std::uint32_t bank, Cycle now);
  void aim_refresh(Refresh&, std::uint32_t rank) const;
  void observe(const Plan&, std::uint32_t row, std::uint32_t column) const;

  // dram_channel_twins.cpp: channels that see the same requests in the same cycles do the same, one for all.
  /// This channel and those that follow it.
  template <typename F>
  void for_all_twins(F&& f) {
    f(*this);
    for (DramChannel* twin : twins_) f(*twin);
  }
  void take_twins(Cycle now);
  bool sees_the_same(const DramChannel& other, Cycle now) const;
  bool has_the_same_future(const DramChannel& other, Cycle now) const;
  void take(DramChannel& other);
  void part_from_others(Cycle now);
  void part(DramChannel& twin, Cycle now);
  void part_from_all(Cycle now);
  void answer_for_all(std::uint32_t number, Cycle data_end);
  Cycle next_request(Cycle now) const;

  void publish_refreshes(Cycle until);
  void foresee_answers();
  void become_busy(Cycle now);
  void become_idle();

  const DramConfig config_;
  const AddressMap map_;
  static constexpr std::uint64_t kBlock = 64;
  // See find_stride(); a stride of 0: there is none.
  std::uint32_t front_stride_ = 0, front_shift_ = 0, front_span_ = 1, span_shift_ = 0;
  std::array<DramLocation, kBlock> in_block_;  // where the bursts lie whose numbers are below kBlock
  const CommandBus& bus_;
  const Bytes capacity_;
  const std::uint32_t read_clocks_, write_clocks_,
      burst_clocks_;  // read_clocks_: from RD to the end of its data
  const std::uint32_t burst_shift_, write_high_, write_low_;
  const std::uint32_t banks_per_rank_;
  const bool one_rank_;
  // By how many clocks leap may carry out a command late, nobody having seen anything of it by then: where
  // reads alone wait, and at all.
  const Cycles read_slack_, slack_;
  const bool paced_;  // activates do not wait for what has the command bus, see slot_kept_for()
  const bool runs_;   // leap may carry out columns in a row: one rank, open pages, activates not paced
  const std::array<Pace, 2> pace_;    // reads, writes
  const std::uint32_t refresh_sets_;  // 1: all banks of a rank at once; 0: no refresh
  const Cycles refresh_interval_;     // of a rank

  std::vector<MemoryRequest> asked_;    // by number of the reading
  std::vector<DramChannel*> siblings_;  // of the same memory, that tick later
  // Whose state is this channel's too; its own are the difference of the statistics, and the end of its last
  // data, as that of the leader's when it took the lead.
  DramChannel* leader_ = nullptr;
  Cycle data_end_of_leader_ = 0;
  std::vector<DramChannel*> twins_;  // that follow this one
  std::size_t agreed_ = 0;           // visible requests that all twins have too
  bool joins_answers_ = false;
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// One DRAM channel at command level: a controller (FR-FCFS with a row-hit cap, posted writes drained between
// two watermarks, open or closed pages, all-bank or per-bank refresh) and the ranks behind it. Left out:
// power-down, refresh postponement.
#pragma once

#include <deque>

#include "sim/units/dram/burst_queue.h"
#include "sim/units/dram/memory_channel.h"

namespace nnp::sim {

/// How it decides. The next command is planned - which, and the cycle in which it becomes legal - after each
/// command and arrival; between these nothing can change, so leap sleeps until then (stepped plans anew in
/// every cycle). Columns go before ACT and PRE, older requests before younger ones. A refresh that is due
/// goes before all in its banks and closes them first. While nothing is pending no event is announced;
/// refreshes and closing precharges of that time are carried out, with their own cycles, when the next
/// request comes.
class DramChannel : public MemoryChannel {
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

 private:
  struct Bank {
    std::uint32_t row = kNone;  // the open row
    std::uint32_t passed_over =
        0;                  // bursts served since ACT while an older one of this bank waited for another row
    bool fresh = false;     // no burst since ACT
    bool conflict = false;  // the last precharge made room for a request
    BusWait activate_wait = BusWait::row_cycling;  // what held up the last ACT longest ...
    Cycles activate_waited = 0;                    // ... and for how long it alone did
    Cycle refresh_due = 0, refresh_end = 0;        // the last refresh: from when it was due until it was done
  };
  struct Plan {
    Cycle cycle = kNever;
    DramOp op = DramOp::ACT;
    std::uint32_t bank = 0;  // of REF and PREA: the rank's first
  };
  struct Choice {
    Cycle cycle = kNever;
    RuleOp op = RuleOp::ACT;
    std::uint32_t bank = 0;
    std::uint64_t age = 0;
  };
  struct Refresh {  // of a rank
    Cycle due = kNever;
    std::uint64_t banks = 0;  // that the next one takes
    std::uint32_t set = 0;
  };
  /// What holds up the request at the front.
  enum class Door : std::uint8_t { open, full, behind_reads, behind_writes };

  bool pending() const { return reads_.size() + writes_.size() != 0; }
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

  void publish_refreshes(Cycle until);
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

  DramTimer timer_;
  BurstQueue reads_, writes_;
  std::array<Bank, DramTimer::kMaxBanks> banks_;
  std::uint64_t open_ = 0;    // mask of banks with an open row
  std::uint64_t capped_ = 0;  // of those whose row has served row_hit_cap bursts before older ones
  Plan plan_;
  struct RowPlan {
    bool known = false, writing = false;
    std::uint64_t to_close = 0, to_open = 0;
    Choice first;
  };
  RowPlan row_plan_;
  Cycle last_issue_ = 0;
  Cycle row_free_ = 0, column_free_ = 0;  // the command buses; one bus is both
  std::vector<Refresh> refresh_;          // by rank
  Cycle next_refresh_ = kNever;           // the first of them that is due
  Cycle busy_since_ = 0, busy_until_ = 0;
  struct Stretch {
    Cycle from, to;
  };
  std::deque<Stretch> refreshed_;        // of the data bus, stood still for a refresh; not yet in the track
  Cycle data_end_ = 0;                   // of the last burst on the bus
  Cycle empty_from_ = 0, empty_to_ = 0;  // the last time in which nothing was pending
  bool writing_ = false;                 // the direction of the next column
  bool wrote_last_ = false;              // of the last one
  bool draining_ = false;                // between the high and the low watermark
  Door door_ = Door::open;
  struct Front {  // of the request at the door
    std::uint64_t burst = 0;
    std::uint64_t block =
        ~std::uint64_t{0};  // the first burst of its aligned block of kBlock, and where that lies
    DramLocation block_at;
    DramLocation at;           // of that, the next burst to enter
    std::uint32_t in_row = 0;  // bursts from there on that lie in its row
    std::uint32_t left = 0;    // and in all; 0: there is no such request yet
    bool entered = false;      // some of it is in
  };
  Front front_;
  std::uint64_t next_age_ = 1;      // of a burst; 0 is older than all
  std::uint32_t door_request_ = 0;  // number of the front request in its queue
  std::uint32_t next_write_ = 0;

  struct Reading {
    MemoryRequest request;
    std::uint32_t bursts_left = 0;
    std::uint32_t next_free = kNone;
  };
  std::vector<Reading> reading_;
  std::uint32_t free_reading_ = 0;
};

}  // namespace nnp::sim

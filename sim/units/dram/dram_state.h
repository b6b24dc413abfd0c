// SPDX-License-Identifier: Apache-2.0
// All that a DRAM controller remembers, as a value: channels that see the same requests in the same cycles
// have equal ones.
#pragma once

#include <array>
#include <deque>
#include <vector>

#include "sim/units/dram/burst_queue.h"
#include "sim/units/dram/dram_command.h"

namespace nnp::sim {

struct DramState {
  explicit DramState(const DramConfig& config)
      : timer_(config),
        reads_(config.queue_depth),
        writes_(config.queue_depth),
        reading_(config.queue_depth + 1) {}

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
  struct RowPlan {
    bool known = false, writing = false;
    std::uint64_t to_close = 0, to_open = 0;
    Choice first;
  };
  struct Refresh {  // of a rank
    Cycle due = kNever;
    std::uint64_t banks = 0;  // that the next one takes
    std::uint32_t set = 0;
    bool operator==(const Refresh&) const = default;
  };
  struct Stretch {
    Cycle from, to;
  };
  /// What holds up the request at the front.
  enum class Door : std::uint8_t { open, full, behind_reads, behind_writes };
  struct Front {  // of the request at the door
    std::uint64_t burst = 0;
    std::uint64_t block =
        ~std::uint64_t{0};  // the first burst of its aligned block, see in_block_, and where that lies
    DramLocation block_at;
    DramLocation at;           // of that, the next burst to enter
    std::uint32_t in_row = 0;  // bursts from there on that lie in its row
    std::uint32_t left = 0;    // and in all; 0: there is no such request yet
    bool entered = false;      // some of it is in
  };
  struct Reading {
    std::uint32_t bursts_left = 0;
    std::uint32_t next_free = kNone;
  };

  bool pending() const { return reads_.size() + writes_.size() != 0; }

  DramTimer timer_;
  BurstQueue reads_, writes_;
  std::array<Bank, DramTimer::kMaxBanks> banks_;
  std::uint64_t open_ = 0;    // mask of banks with an open row
  std::uint64_t capped_ = 0;  // of those whose row has served row_hit_cap bursts before older ones
  Plan plan_;
  RowPlan row_plan_;
  Cycle last_issue_ = 0;
  Cycle row_free_ = 0, column_free_ = 0;  // the command buses; one bus is both
  std::vector<Refresh> refresh_;          // by rank
  Cycle next_refresh_ = kNever;           // the first of them that is due
  Cycle busy_since_ = 0, busy_until_ = 0;
  std::deque<Stretch> refreshed_;        // of the data bus, stood still for a refresh; not yet in the track
  Cycle data_end_ = 0;                   // of the last burst on the bus
  Cycle empty_from_ = 0, empty_to_ = 0;  // the last time in which nothing was pending
  bool writing_ = false;                 // the direction of the next column
  bool wrote_last_ = false;              // of the last one
  bool draining_ = false;                // between the high and the low watermark
  Door door_ = Door::open;
  Front front_;
  std::uint64_t next_age_ = 1;      // of a burst; 0 is older than all
  std::uint32_t door_request_ = 0;  // number of the front request in its queue
  std::uint32_t next_write_ = 0;
  std::vector<Reading> reading_;                        // by number: the reads in the queue
  std::uint32_t free_reading_ = 0, most_readings_ = 0;  // the numbers used so far are below the latter
  Cycle answer_due_ = 0;                                // before which no read has its last column
};

}  // namespace nnp::sim

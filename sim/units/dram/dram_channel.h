// SPDX-License-Identifier: Apache-2.0
// One DRAM channel at command level: a controller (FR-FCFS with a row-hit cap, posted writes drained between
// two watermarks, open pages, all-bank refresh) and the rank behind it. One command per clock. Left out:
// several ranks, power-down, refresh postponement.
#pragma once

#include "sim/units/dram/burst_queue.h"
#include "sim/units/dram/memory_channel.h"

namespace nnp::sim {

/// How it decides. The next command is planned - which, and the cycle in which it becomes legal - after each
/// command and arrival; between these nothing can change, so leap sleeps until then (stepped plans anew in
/// every cycle). Columns go before ACT and PRE, older requests before younger ones. A refresh that is due
/// goes before all and closes the banks first. While nothing is pending no event is announced; refreshes of
/// that time are carried out, with their own cycles, when the next request comes.
class DramChannel : public MemoryChannel {
 public:
  DramChannel(std::string name, ClockDomain& memory_domain, const DramConfig&, TraceSink*,
              std::uint16_t unit_id);

  void tick(Cycle now) override;
  Cycle next_event(Cycle now) const override;
  std::string waiting_for() const override;
  void reset() override;
  bool idle() const override;
  void finish(Cycle end) override;

 private:
  struct Bank {
    std::uint32_t row = kNone;  // the open row
    std::uint32_t passed_over =
        0;                  // bursts served since ACT while an older one of this bank waited for another row
    bool fresh = false;     // no burst since ACT
    bool conflict = false;  // the last precharge made room for a request
  };
  struct Plan {
    Cycle cycle = kNever;
    DramOp op = DramOp::ACT;
    std::uint32_t bank = 0;
  };
  enum class Door : std::uint8_t {
    open,
    full,
    behind_reads,
    behind_writes
  };  // what holds up the request at the front

  bool pending() const { return reads_.size() + writes_.size() != 0; }
  Cycle last_issue() const { return command_free_ == 0 ? 0 : command_free_ - 1; }
  bool admit(Cycle now);
  Door door_for(bool write, const DramLocation& at, std::uint32_t bursts) const;
  void choose_direction();
  Plan plan(Cycle from);
  Plan plan_refresh(Cycle from) const;
  void issue(const Plan&);
  void issue_column(std::uint32_t bank, Cycle now);
  void refresh_until(Cycle end);
  void close_bank(std::uint32_t bank, Cycle now);
  void become_busy(Cycle now);
  void become_idle();

  const DramConfig config_;
  const AddressMap map_;
  const Bytes capacity_;
  const std::uint32_t tREFI_, read_clocks_, write_clocks_,
      burst_clocks_;  // read_clocks_: from RD to the end of its data
  const std::uint32_t burst_shift_, write_high_, write_low_;

  DramTimer timer_;
  BurstQueue reads_, writes_;
  std::array<Bank, DramTimer::kMaxBanks> banks_;
  std::uint32_t open_ = 0;  // mask of banks with an open row
  Plan plan_;
  Cycle command_free_ = 0;  // the command bus
  Cycle refresh_due_;
  Cycle busy_since_ = 0, busy_until_ = 0;
  bool writing_ = false;   // the direction of the next column
  bool draining_ = false;  // between the high and the low watermark
  Door door_ = Door::open;
  std::uint32_t admitted_ = 0;  // bursts of the front request that are in already
  std::uint64_t next_age_ = 0;
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

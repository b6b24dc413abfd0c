// SPDX-License-Identifier: Apache-2.0
// Columns that follow each other with nothing to decide in between, carried out at once.
#include <bit>

#include "sim/units/dram/dram_channel.h"

namespace nnp::sim {

// In the leap engine, behind a full door: nobody comes in but the request at its front, a burst for each that
// leaves. The planned column's run goes on at the bus's own pace until it is to end, an activate or precharge
// becomes due (for the same clock a column goes first), a bank is to be refreshed, or an older run's column
// becomes legal. All but the last of these columns are carried out here, and the plan becomes the last; so
// what else comes of a column is in issue() and admit() alone.
void DramChannel::run_train(Plan& column) {
  BurstQueue& waiting = queue();
  const std::uint32_t bank = column.bank;
  const RuleOp op = writing_ ? RuleOp::WR : RuleOp::RD;
  const Cycle first = column.cycle;
  if (!pace_is_bus_[writing_] || !goes_on(waiting, bank) || wrote_last_ != writing_ ||
      first + (writing_ ? write_clocks_ : read_clocks_) != data_end_ + burst_clocks_)
    return;
  const Cycle end = train_end(op, bank, first);
  if (end <= first + burst_clocks_) return;
  auto count = static_cast<std::uint32_t>(
      std::min<Cycle>((end - first - 1) / burst_clocks_, waiting.hit(bank).bursts - 1));
  if (!keep_door_full(count)) return;

  data_end_ += Cycle{count} * burst_clocks_;
  statistics_.data_cycles += Cycle{count} * burst_clocks_;
  statistics_.row_hits += count;
  (writing_ ? statistics_.wr : statistics_.rd) += count;
  (writing_ ? statistics_.write_bursts : statistics_.read_bursts) += count;
  if (!writing_) reading_[waiting.hit(bank).request].bursts_left -= count;
  if (observer_)
    for (std::uint32_t i = 0; i < count; ++i)
      observe({first + Cycle{i} * burst_clocks_, column.op, bank}, 0, waiting.hit(bank).column + i);
  waiting.pop_hits(bank, count);
  update_drain();
  column.cycle = first + Cycle{count} * burst_clocks_;
  timer_.issued(op, bank, column.cycle - burst_clocks_);
}

// The run has bursts to spare, is the bank's oldest, its row was read or written before, and no bank is kept
// from its open row.
bool DramChannel::goes_on(const BurstQueue& waiting, std::uint32_t bank) const {
  return waiting.hit(bank).bursts > 1 && waiting.hit_is_oldest(bank) && !banks_[bank].fresh &&
         (capped_ & waiting.hits()) == 0;
}

// The cycle from which another command may go before a column of the bank.
Cycle DramChannel::train_end(RuleOp op, std::uint32_t bank, Cycle first) const {
  const BurstQueue& waiting = writing_ ? writes_ : reads_;
  Cycle end = next_refresh_;
  for (std::uint64_t left = waiting.hits() & ~(std::uint64_t{1} << bank); left != 0; left &= left - 1) {
    const auto other = static_cast<std::uint32_t>(std::countr_zero(left));
    if (waiting.hit(other).age < waiting.hit(bank).age) end = std::min(end, timer_.earliest(op, other));
  }
  if (end <= first) return end;
  const Cycle row_from = std::max(first, row_free_);
  Choice row;
  consider(row, RuleOp::PRE, waiting.waiting() & open_ & ~waiting.hits(), row_from);
  consider(row, RuleOp::ACT, waiting.waiting() & ~open_, row_from);
  return row.cycle == kNever ? end : std::min(end, row.cycle + 1);
}

// Bursts of the request at the door take the places of `count` columns, which becomes less where it would not
// be so simple. False where none can.
bool DramChannel::keep_door_full(std::uint32_t& count) {
  const MemoryRequest& request = requests_.front();
  BurstQueue& waiting = queue();
  if (request.write != writing_) {  // writes make room for a read that the full queue of reads holds up
    if (!writing_ || waiting.size() <= write_low_ + 1) return false;
    count = std::min(count, waiting.size() - write_low_ - 1);
    return true;
  }
  if (writing_ && waiting.size() <= write_low_ + 1) return false;
  const std::uint64_t burst = (request.address >> burst_shift_) + admitted_;
  const std::uint64_t last = (request.address + request.bytes - 1) >> burst_shift_;
  if (admitted_ == 0 || burst == last) return false;
  const DramLocation at = map_.locate(burst);
  count = std::min({count, static_cast<std::uint32_t>(last - burst), map_.run_length(at)});
  if (!waiting.continues(at, door_request_) || (writing_ ? reads_ : writes_).overlaps(at, count))
    return false;
  waiting.extend(at.bank, count);
  next_age_ += count;
  admitted_ += count;
  return true;
}

}  // namespace nnp::sim

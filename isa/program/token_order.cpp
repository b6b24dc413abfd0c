// SPDX-License-Identifier: Apache-2.0
// The launch is played with queues of unlimited depth: whatever can run, runs. That order visits every
// instruction after those it waits for, so one pass suffices for the clocks; what cannot run in it is a
// deadlock.
#include "isa/program/token_order.h"

#include <fmt/format.h>

#include <algorithm>

#include "isa/instruction/instruction_table.h"

namespace nnp::isa {
namespace {

constexpr std::uint64_t kLargestCount = 65535;

/// The waits, or the signals, of one counter in one queue, in order.
struct Ledger {
  struct Entry {
    std::uint32_t position, instruction;
    std::uint64_t total;  // units up to and with this entry
  };
  std::vector<Entry> entries;

  void add(std::uint32_t position, std::uint32_t instruction, std::uint8_t amount) {
    entries.push_back({position, instruction, total() + amount});
  }
  std::uint64_t total() const { return entries.empty() ? 0 : entries.back().total; }
  /// Units of the first `count` instructions of the queue.
  std::uint64_t total_of_first(std::uint32_t count) const {
    const auto past = std::partition_point(entries.begin(), entries.end(),
                                           [count](const Entry& entry) { return entry.position < count; });
    return past == entries.begin() ? 0 : std::prev(past)->total;
  }
  /// The entry that brings the total to `units`; the caller knows that there is one.
  const Entry& reaching(std::uint64_t units) const {
    return *std::partition_point(entries.begin(), entries.end(),
                                 [units](const Entry& entry) { return entry.total < units; });
  }
};

struct Counter {
  std::uint64_t initial = 0;
  std::array<Ledger, kQueues> waits, signals;
  std::uint64_t value = 0;  // in the play
};

void join(QueueClock& clock, const QueueClock& other) {
  for (std::size_t q = 0; q < kQueues; ++q) clock[q] = std::max(clock[q], other[q]);
}

class Play {
 public:
  Play(const Instruction* stream, const Launch& launch) : stream_(stream), count_(launch.instruction_count) {
    for (std::size_t c = 0; c < kTokenCounters; ++c) {
      counters_[c].initial = counters_[c].value = launch.initial_tokens[c];
    }
    order_.position.resize(count_);
    order_.known_before.resize(count_);
    for (std::uint32_t i = 0; i < count_; ++i) enter(i);
  }

  TokenOrder run() {
    while (run_what_can()) {
    }
    if (executed_ < count_) {
      note_deadlocks();
    } else {
      for (const Counter& counter : counters_) note_overflows(counter);
    }
    return std::move(order_);
  }

 private:
  static std::size_t queue_of(const Instruction& instruction) {
    return static_cast<std::size_t>(instruction.queue);
  }

  void enter(std::uint32_t i) {
    const Instruction& instruction = stream_[i];
    const std::size_t q = queue_of(instruction);
    const auto position = static_cast<std::uint32_t>(queues_[q].size());
    order_.position[i] = position;
    queues_[q].push_back(i);
    if (instruction.opcode == Opcode::sync) barriers_.push_back(i);
    if (instruction.wait.used()) {
      counters_[instruction.wait.counter].waits[q].add(position, i, instruction.wait.amount);
    }
    if (instruction.signal.used()) {
      counters_[instruction.signal.counter].signals[q].add(position, i, instruction.signal.amount);
    }
  }

  bool run_what_can() {
    const std::uint32_t before = executed_;
    for (std::size_t q = 0; q < kQueues; ++q) {
      while (head_[q] < queues_[q].size() && can_run(queues_[q][head_[q]])) execute(queues_[q][head_[q]]);
    }
    return executed_ != before;
  }

  bool reached(std::uint32_t i) const {
    const std::uint32_t barrier = next_barrier_ < barriers_.size() ? barriers_[next_barrier_] : count_;
    return i < barrier || (i == barrier && executed_ == barrier);
  }

  bool can_run(std::uint32_t i) const {
    const TokenOp wait = stream_[i].wait;
    return reached(i) && (!wait.used() || counters_[wait.counter].value >= wait.amount);
  }

  void execute(std::uint32_t i) {
    const Instruction& instruction = stream_[i];
    const std::size_t q = queue_of(instruction);
    QueueClock& clock = clock_[q];  // what the queue's previous instruction knew, its successor knows
    if (instruction.wait.used()) {
      learn_from_wait(i, clock);
      counters_[instruction.wait.counter].value -= instruction.wait.amount;
    }
    order_.known_before[i] = clock;
    ++head_[q];
    ++executed_;
    if (instruction.signal.used()) counters_[instruction.signal.counter].value += instruction.signal.amount;
    if (instruction.opcode == Opcode::sync) pass_barrier();
  }

  void pass_barrier() {
    ++next_barrier_;
    for (QueueClock& clock : clock_) clock = head_;
    if (!barriers_.empty()) order_.known_before[barriers_[next_barrier_ - 1]] = head_;
  }

  /// Units surely taken from the counter when an instruction of queue `q` at `position` has taken its own.
  static std::uint64_t surely_taken(const Counter& counter, std::size_t q, std::uint32_t position,
                                    const QueueClock& clock) {
    std::uint64_t taken = counter.waits[q].total_of_first(position + 1);
    for (std::size_t other = 0; other < kQueues; ++other) {
      if (other != q) taken += counter.waits[other].total_of_first(clock[other]);
    }
    return taken;
  }

  void learn_from_wait(std::uint32_t i, QueueClock& clock) const {
    const Counter& counter = counters_[stream_[i].wait.counter];
    const std::size_t q = queue_of(stream_[i]);
    const std::uint64_t taken = surely_taken(counter, q, order_.position[i], clock);
    if (taken <= counter.initial) return;
    const std::uint64_t needed = taken - counter.initial;

    std::array<std::uint64_t, kQueues> most{};  // that each queue can have signalled by now
    std::uint64_t most_of_all = 0;
    for (std::size_t s = 0; s < kQueues; ++s) {
      const Ledger& signals = counter.signals[s];
      most[s] = s == q ? signals.total_of_first(order_.position[i]) : signals.total();
      most_of_all += most[s];
    }
    for (std::size_t s = 0; s < kQueues; ++s) {
      const std::uint64_t others = most_of_all - most[s];
      if (most[s] == 0 || needed <= others) continue;
      const Ledger::Entry& signal = counter.signals[s].reaching(needed - others);
      join(clock, order_.known_before[signal.instruction]);
      clock[s] = std::max(clock[s], signal.position + 1);
    }
  }

  void note_deadlocks() {
    for (std::size_t q = 0; q < kQueues; ++q) {
      if (head_[q] >= queues_[q].size()) continue;
      const std::uint32_t i = queues_[q][head_[q]];
      const TokenOp wait = stream_[i].wait;
      if (!reached(i) || !wait.used()) continue;
      const Counter& counter = counters_[wait.counter];
      std::uint64_t ahead = 0;
      for (std::size_t s = 0; s < kQueues; ++s) {
        ahead += counter.signals[s].total() - counter.signals[s].total_of_first(head_[s]);
      }
      order_.deadlocks.push_back(
          {i,
           fmt::format(
               "waits for {} of counter {}, which holds {}; {}", wait.amount, wait.counter, counter.value,
               ahead == 0 ? std::string("nothing signals it any more")
                          : fmt::format("the {} units still to be signalled are behind waits like this one",
                                        ahead))});
    }
    std::sort(order_.deadlocks.begin(), order_.deadlocks.end(),
              [](const auto& a, const auto& b) { return a.instruction < b.instruction; });
  }

  /// The first signal of each queue after which the counter may hold more than it can.
  void note_overflows(const Counter& counter) {
    std::uint64_t all = counter.initial;
    for (const Ledger& signals : counter.signals) all += signals.total();
    if (all <= kLargestCount) return;
    for (std::size_t q = 0; q < kQueues; ++q) {
      for (const Ledger::Entry& signal : counter.signals[q].entries) {
        const std::uint64_t most = most_after(counter, q, signal);
        if (most <= kLargestCount) continue;
        order_.overflows.push_back(
            {signal.instruction, fmt::format("can lift counter {} to {}; a counter holds at most {}",
                                             &counter - counters_.data(), most, kLargestCount)});
        break;
      }
    }
  }

  std::uint64_t most_after(const Counter& counter, std::size_t q, const Ledger::Entry& signal) const {
    std::uint64_t most = counter.initial + signal.total;
    for (std::size_t other = 0; other < kQueues; ++other) {
      if (other != q) most += signalled_unless_later(counter.signals[other], q, signal.position);
    }
    const std::uint64_t taken =
        surely_taken(counter, q, signal.position, order_.known_before[signal.instruction]);
    return most - std::min(most, taken);
  }

  /// Units of the ledger whose instructions are not known to start after instruction `position` of queue `q`.
  std::uint64_t signalled_unless_later(const Ledger& ledger, std::size_t q, std::uint32_t position) const {
    const auto later = std::partition_point(
        ledger.entries.begin(), ledger.entries.end(),
        [&](const Ledger::Entry& entry) { return order_.known_before[entry.instruction][q] <= position; });
    return later == ledger.entries.begin() ? 0 : std::prev(later)->total;
  }

  const Instruction* stream_;
  std::uint32_t count_, executed_ = 0;
  std::array<Counter, kTokenCounters> counters_;
  std::array<std::vector<std::uint32_t>, kQueues> queues_;
  QueueClock head_{};  // instructions executed of each queue
  std::array<QueueClock, kQueues> clock_{};
  std::vector<std::uint32_t> barriers_;
  std::size_t next_barrier_ = 0;
  TokenOrder order_;
};

}  // namespace

TokenOrder order_by_tokens(const Instruction* stream, const Launch& launch) {
  return Play(stream, launch).run();
}

}  // namespace nnp::isa

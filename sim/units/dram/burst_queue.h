// SPDX-License-Identifier: Apache-2.0
// Bursts waiting in one direction (reads or writes), kept per bank in order of arrival. Consecutive bursts of
// one request in one row are one Run; so a queue of 64 bursts is often a handful of runs, and nothing ever
// scans across banks.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "sim/units/dram/dram_timer.h"
#include "sim/units/dram/memories.h"

namespace nnp::sim {

inline constexpr std::uint32_t kNone = 0xFFFFFFFFu;

struct Run {
  std::uint64_t age = 0;  // order of arrival over all banks, of the first burst
  std::uint32_t row = 0;
  std::uint32_t column = 0;   // of the next burst
  std::uint32_t bursts = 0;   // left
  std::uint32_t request = 0;  // the owner
  std::uint32_t previous = kNone, next = kNone;
};

class BurstQueue {
 public:
  explicit BurstQueue(std::uint32_t depth) : depth_(depth), runs_(depth) { reset(); }
  void reset();

  std::uint32_t size() const { return size_; }
  std::uint32_t space() const { return depth_ - size_; }
  /// Banks with bursts waiting, and those of them whose open row has one waiting.
  std::uint64_t waiting() const { return waiting_; }
  std::uint64_t hits() const { return hits_; }
  /// The oldest run of a bank, and the oldest one of its open row; only where the masks say so.
  const Run& oldest(std::uint32_t bank) const { return runs_[lists_[bank].head]; }
  const Run& hit(std::uint32_t bank) const { return runs_[lists_[bank].hit]; }
  const Run& behind_hit(std::uint32_t bank) const { return runs_[hit(bank).next]; }
  std::uint64_t hit_age(std::uint32_t bank) const { return by_age_[bank].age; }
  /// The banks of hits(), that of the oldest run first; kNoHit behind the last.
  static constexpr std::uint32_t kNoHit = DramTimer::kMaxBanks;
  std::uint32_t first_hit() const { return by_age_[kNoHit].next; }
  std::uint32_t next_hit(std::uint32_t bank) const { return by_age_[bank].next; }
  /// The other banks of waiting(), that of the oldest burst first; kNoMiss behind the last.
  static constexpr std::uint32_t kNoMiss = kNoHit + 1;
  std::uint32_t first_miss() const { return by_age_[kNoMiss].next; }
  std::uint32_t next_miss(std::uint32_t bank) const { return by_age_[bank].next; }
  bool hit_is_oldest(std::uint32_t bank) const { return lists_[bank].hit == lists_[bank].head; }
  /// Whether the run behind hit(bank) is of the same row, or there is one and it is not.
  bool hit_goes_on(std::uint32_t bank) const {
    const Run& run = hit(bank);
    return run.next != kNone && runs_[run.next].row == run.row;
  }
  bool other_row_next(std::uint32_t bank) const {
    const Run& run = hit(bank);
    return run.next != kNone && runs_[run.next].row != run.row;
  }

  /// Appends `bursts` bursts of request `request`, a number no other waiting request has; the open row of the
  /// bank is `open_row` (kNone when closed).
  void push(const DramLocation& at, std::uint32_t bursts, std::uint32_t request, std::uint64_t age,
            std::uint32_t open_row) {
    if (continues(at, request))  // one that enters piece by piece stays one run
      extend(at.bank, bursts);
    else
      append(at, bursts, request, age, open_row);
  }
  /// The same for a bank that has others waiting and hits(), if the burst is for its open row, and not the
  /// beginning of the request: its list becomes longer, and nothing else.
  void push_behind(const DramLocation& at, std::uint32_t bursts, std::uint32_t request, std::uint64_t age) {
    const std::uint32_t index = take_free();
    List& list = lists_[at.bank];
    runs_[index] = {age, at.row, at.column, bursts, request, list.tail, kNone};
    runs_[list.tail].next = index;
    list.tail = index, size_ += bursts;
  }
  /// Takes the next `bursts` of hit(bank), which has as many.
  void pop_hits(std::uint32_t bank, std::uint32_t bursts = 1) {
    Run& run = runs_[lists_[bank].hit];
    run.column += bursts, run.bursts -= bursts, size_ -= bursts;
    if (run.bursts == 0) remove_hit(bank);
  }
  /// Takes all of hit(bank), the oldest of its bank, where hit_goes_on(). In the order of hits the bank keeps
  /// its place; set_hit_age() once the last one is taken.
  void pop_run(std::uint32_t bank) {
    List& list = lists_[bank];
    const std::uint32_t index = list.head;
    Run& run = runs_[index];
    size_ -= run.bursts;
    list.head = list.hit = run.next;
    runs_[run.next].previous = kNone;
    run.next = free_, free_ = index;
  }
  void set_hit_age(std::uint32_t bank) { by_age_[bank].age = hit(bank).age; }
  /// Whether the burst at `at` continues the last run of its bank, and then `bursts` from there on that do.
  bool continues(const DramLocation& at, std::uint32_t request) const {
    const std::uint32_t tail = lists_[at.bank].tail;
    return tail != kNone && runs_[tail].request == request && runs_[tail].row == at.row &&
           runs_[tail].column + runs_[tail].bursts == at.column;
  }
  void extend(std::uint32_t bank, std::uint32_t bursts) {
    runs_[lists_[bank].tail].bursts += bursts, size_ += bursts;
  }
  void row_opened(std::uint32_t bank, std::uint32_t row) {
    if (is_waiting(bank)) set_hit(bank, find(lists_[bank].head, row));
  }
  void row_closed(std::uint32_t bank) {
    if (is_waiting(bank)) set_hit(bank, kNone);
  }

  /// Whether any of `bursts` bursts from `at` on is waiting here.
  bool overlaps(const DramLocation& at, std::uint32_t bursts) const {
    return (waiting_ >> at.bank & 1) != 0 && overlaps_run(at, bursts);
  }

 private:
  struct List {
    std::uint32_t head = kNone, tail = kNone, hit = kNone;
  };
  void append(const DramLocation& at, std::uint32_t bursts, std::uint32_t request, std::uint64_t age,
              std::uint32_t open_row);
  std::uint32_t take_free() {
    const std::uint32_t index = free_;
    free_ = runs_[index].next;
    return index;
  }
  /// The oldest hit of a bank, whose last burst has been taken. Most often it was the oldest of all, and the
  /// next is one too.
  void remove_hit(std::uint32_t bank) {
    List& list = lists_[bank];
    const std::uint32_t index = list.hit, next = runs_[index].next;
    if (index != list.head || next == kNone || runs_[next].row != runs_[index].row) return remove_last(bank);
    list.head = list.hit = next;
    runs_[next].previous = kNone;
    runs_[index].next = free_, free_ = index;
    ByAge& own = by_age_[bank];
    own.age = runs_[next].age;
    if (own.next == kNoHit || by_age_[own.next].age > own.age) return;
    leave_ring(own);
    enter_ring_of(kNoHit, bank);
  }
  void remove_last(std::uint32_t bank);
  bool overlaps_run(const DramLocation& at, std::uint32_t bursts) const;
  std::uint32_t find(std::uint32_t from, std::uint32_t row) const {
    while (from != kNone && runs_[from].row != row) from = runs_[from].next;
    return from;
  }
  bool is_waiting(std::uint32_t bank) const { return (waiting_ >> bank & 1) != 0; }
  /// Of a bank that has bursts waiting.
  void set_hit(std::uint32_t bank, std::uint32_t run) {
    leave_ring(by_age_[bank]);
    enter_ring(bank, run);
  }
  // The banks that have bursts waiting, in two rings by age: those with hits, by their oldest hit, and the
  // others, by their oldest burst. kNoHit and kNoMiss, older than all, are between a ring's tail and its
  // head.
  struct ByAge {
    std::uint64_t age = 0;
    std::uint32_t previous = 0, next = 0;
  };
  void leave_ring(const ByAge& own) {
    by_age_[own.previous].next = own.next, by_age_[own.next].previous = own.previous;
  }
  void enter_ring(std::uint32_t bank, std::uint32_t hit) {
    const std::uint64_t bit = std::uint64_t{1} << bank;
    hits_ = hit != kNone ? hits_ | bit : hits_ & ~bit;
    lists_[bank].hit = hit;
    by_age_[bank].age = runs_[hit != kNone ? hit : lists_[bank].head].age;
    enter_ring_of(hit != kNone ? kNoHit : kNoMiss, bank);
  }
  void enter_ring_of(std::uint32_t ring, std::uint32_t bank) {
    ByAge& own = by_age_[bank];
    std::uint32_t before = by_age_[ring].previous;  // most are younger than all
    while (by_age_[before].age > own.age) before = by_age_[before].previous;
    own.previous = before, own.next = by_age_[before].next;
    by_age_[before].next = by_age_[own.next].previous = bank;
  }

  std::uint32_t depth_;
  std::uint32_t size_ = 0;
  std::uint64_t waiting_ = 0, hits_ = 0;
  std::uint32_t free_ = 0;  // head of the list of unused runs
  std::vector<Run> runs_;
  std::array<List, DramTimer::kMaxBanks> lists_;
  std::array<ByAge, kNoMiss + 1> by_age_;
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// The banks of a queue with a burst waiting for their open row, the oldest such burst first: kept while
// columns follow each other, so that the next one is most often the first or second here.
#pragma once

#include <bit>

#include "sim/units/dram/burst_queue.h"

namespace nnp::sim {

class HitsByAge {
 public:
  explicit HitsByAge(const BurstQueue& waiting) : waiting_(waiting) { update(); }
  std::uint32_t size() const { return size_; }
  std::uint32_t bank(std::uint32_t place) const { return items_[place].bank; }
  std::uint32_t place_of(std::uint32_t bank) const {
    std::uint32_t place = 0;
    while (items_[place].bank != bank) ++place;
    return place;
  }
  /// The bank at `place` has given up bursts.
  void popped(std::uint32_t place) {
    const auto [age, bank] = items_[place];
    const bool stays = (waiting_.hits() >> bank & 1) != 0;
    if (stays && waiting_.hit_age(bank) == age) return;
    for (--size_; place < size_; ++place) items_[place] = items_[place + 1];
    listed_ &= ~(std::uint64_t{1} << bank);
    if (stays) insert(waiting_.hit_age(bank), bank);
  }
  /// Others may have come.
  void update() {
    for (std::uint64_t left = waiting_.hits() & ~listed_; left != 0; left &= left - 1) {
      const auto bank = static_cast<std::uint32_t>(std::countr_zero(left));
      insert(waiting_.hit_age(bank), bank);
    }
  }

 private:
  struct Item {
    std::uint64_t age;
    std::uint32_t bank;
  };
  void insert(std::uint64_t age, std::uint32_t bank) {
    std::uint32_t place = size_++;
    for (; place > 0 && age < items_[place - 1].age; --place) items_[place] = items_[place - 1];
    items_[place] = {age, bank};
    listed_ |= std::uint64_t{1} << bank;
  }

  const BurstQueue& waiting_;
  std::uint32_t size_ = 0;
  std::uint64_t listed_ = 0;  // mask of the banks here
  std::array<Item, DramTimer::kMaxBanks> items_;
};

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/due_times.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace nnp::sim {
namespace {

using Units = std::vector<std::size_t>;

/// What DueTimes promises, by looking at every unit each time.
class EveryUnit {
 public:
  explicit EveryUnit(std::size_t units) : due_(units, 0) {}
  Cycle first() const {
    const Cycle due = *std::min_element(due_.begin(), due_.end());
    return due == kNever ? kNever : std::max(due, next_);
  }
  void note(std::size_t unit, Cycle cycle) { due_[unit] = std::min(due_[unit], std::max(cycle, next_)); }
  void run(Cycle cycle, bool all, const std::function<Cycle(std::size_t)>& f) {
    next_ = cycle;
    for (std::size_t unit = 0; unit < due_.size(); ++unit) {
      if (due_[unit] > cycle && !all) continue;
      due_[unit] = kNever;
      const Cycle next = f(unit);
      due_[unit] = std::min(due_[unit], next);
    }
    next_ = cycle + 1;
  }

 private:
  std::vector<Cycle> due_;
  Cycle next_ = 0;
};

/// Runs of cycles, units that say when they are due next, and others that are told of it while a cycle runs
/// and between; with gaps within the near cycles and far beyond.
class Story {
 public:
  explicit Story(std::uint32_t seed)
      : random_(seed), units_(1 + random_() % (seed % 2 == 0 ? 8 : 150)), all_(random_() % 8 == 0) {}

  template <typename Due>
  void tell(Due& due, std::vector<std::pair<Cycle, Units>>& ran) {
    Cycle now = 0;
    const auto some_cycle = [&]() -> Cycle {
      switch (random_() % 6) {
        case 0:
          return kNever;
        case 1:
          return now + random_() % 1000;
        case 2:
          return now - std::min<Cycle>(now, random_() % 3);
        default:
          return now + 1 + random_() % 70;
      }
    };
    for (int i = 0; i < 200; ++i) {
      for (int told = static_cast<int>(random_() % 3); told > 0; --told)
        due.note(random_() % units_, some_cycle());
      const Cycle first = due.first();
      if (first == kNever) {
        due.note(0, now + 1);
        continue;
      }
      ran.push_back({first, {}});
      if (all_)  // at its time, or before it
        now = random_() % 2 == 0 ? now + 1 : std::max(now + 1, first);
      else  // sometimes late
        now = first + (random_() % 20 == 0);
      run(due, now, [&](std::size_t unit) {
        ran.back().second.push_back(unit);
        if (random_() % 3 == 0) due.note(random_() % units_, some_cycle());
        return std::max(some_cycle(), now + 1);
      });
    }
  }
  std::size_t units() const { return units_; }
  bool runs_all() const { return all_; }

 private:
  template <typename F>
  void run(DueTimes& due, Cycle cycle, F&& f) {
    due.run(cycle, f);
  }
  template <typename F>
  void run(EveryUnit& due, Cycle cycle, F&& f) {
    due.run(cycle, all_, f);
  }
  std::mt19937 random_;
  std::size_t units_;
  bool all_;
};

TEST(DueTimes, AreThoseThatLookingAtEveryUnitFinds) {
  for (std::uint32_t seed = 0; seed < 300; ++seed) {
    std::vector<std::pair<Cycle, Units>> found, expected;
    Story story(seed), again(seed);
    DueTimes due(story.runs_all());
    for (std::size_t i = 0; i < story.units(); ++i) due.add();
    EveryUnit every(again.units());
    story.tell(due, found);
    again.tell(every, expected);
    ASSERT_EQ(found.size(), expected.size()) << "seed " << seed;
    for (std::size_t i = 0; i < found.size(); ++i)
      ASSERT_EQ(found[i], expected[i]) << "seed " << seed << ", " << story.units() << " units, run " << i;
  }
}

TEST(DueTimes, OfAUnitThatHasRunInThisCycleComeInTheNext) {
  DueTimes due;
  due.add(), due.add();
  Units ran;
  due.run(0, [&](std::size_t unit) {
    ran.push_back(unit);
    if (unit == 1) due.note(0, 0);
    return kNever;
  });
  EXPECT_EQ(ran, (Units{0, 1}));
  EXPECT_EQ(due.first(), 1u);
}

TEST(DueTimes, GoForward) {
  DueTimes due;
  due.add();
  const auto never = [](std::size_t) { return kNever; };
  due.run(7, never);
  EXPECT_THROW(due.run(7, never), std::logic_error);
  EXPECT_THROW(due.run(3, never), std::logic_error);
  due.reset();
  EXPECT_EQ(due.first(), 0u);
  due.run(0, never);
}

}  // namespace
}  // namespace nnp::sim

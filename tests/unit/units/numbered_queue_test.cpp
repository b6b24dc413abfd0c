// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/numbered_queue.h"

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

namespace nnp::sim {
namespace {

TEST(NumberedQueue, FindsByNumberWhatADequeFindsByPlace) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    NumberedQueue<std::uint32_t> queue;
    std::deque<std::uint32_t> expected;
    std::uint32_t pushed = 0;
    const std::uint32_t most = 1 + random() % 100;
    for (int step = 0; step < 2000; ++step) {
      if (expected.size() < most && random() % 2 == 0) {
        expected.push_back(random());
        ASSERT_EQ(queue.push(expected.back()), pushed++) << "seed " << seed;
      } else if (!expected.empty()) {
        expected.pop_front();
        queue.pop();
      }
      ASSERT_EQ(queue.size(), expected.size()) << "seed " << seed;
      ASSERT_EQ(queue.next(), pushed) << "seed " << seed;
      if (expected.empty()) continue;
      const auto place = static_cast<std::uint32_t>(random() % expected.size());
      ASSERT_EQ(queue[queue.first() + place], expected[place]) << "seed " << seed << " step " << step;
      ASSERT_EQ(queue.front(), expected.front()) << "seed " << seed;
      ASSERT_EQ(queue.back(), expected.back()) << "seed " << seed;
    }
  }
}

TEST(NumberedQueue, LetsGoOfWhatIsTaken) {
  NumberedQueue<std::shared_ptr<int>> queue;
  const auto item = std::make_shared<int>(0);
  for (int i = 0; i < 20; ++i) queue.push(item);
  queue.pop();
  EXPECT_EQ(item.use_count(), 20);
  queue.reset();
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_EQ(queue.push(item), 0u) << "numbers begin again";
}

}  // namespace
}  // namespace nnp::sim

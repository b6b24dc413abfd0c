// SPDX-License-Identifier: Apache-2.0
// The order that tokens promise, against an adversary: an instruction that never retires while all others run
// as far as they can. Whatever starts nevertheless is not ordered after it. Each counter has one signalling
// and one waiting queue, where both ways of asking must agree exactly.
#include "isa/program/token_order.h"

#include <gtest/gtest.h>

#include <optional>

#include "random_program.h"

namespace nnp::isa {
namespace {

using test::pick;
using test::Random;

struct Case {
  std::vector<Instruction> stream;
  Launch launch;
};

constexpr unsigned kUsedQueues = 4;

/// `shared`: counters may be signalled and waited for by any queue.
Case random_case(Random& random, bool shared) {
  Case made;
  const auto length = pick(random, 2, 14);
  std::array<std::uint8_t, 6> signals_from, waits_in;
  for (std::size_t c = 0; c < signals_from.size(); ++c) {
    signals_from[c] = static_cast<std::uint8_t>(pick(random, 0, kUsedQueues - 1));
    waits_in[c] = static_cast<std::uint8_t>(pick(random, 0, kUsedQueues - 1));
    if (pick(random, 0, 2) == 0)
      made.launch.initial_tokens[c] = static_cast<std::uint16_t>(pick(random, 1, 2));
  }
  for (std::uint64_t i = 0; i < length; ++i) {
    Instruction instruction;
    instruction.opcode = Opcode::signal;
    const auto q = static_cast<std::uint8_t>(pick(random, 0, kUsedQueues - 1));
    instruction.queue = static_cast<Queue>(q);
    if (q == 0 && pick(random, 0, 7) == 0) instruction.opcode = Opcode::sync;
    const auto token = [&](const auto& owner) -> TokenOp {
      if (pick(random, 0, 2) == 0) return {};
      auto c = static_cast<std::uint8_t>(pick(random, 0, owner.size() - 1));
      for (std::size_t tries = 0; !shared && owner[c] != q;
           ++tries) {  // the next counter that this queue may use
        if (tries == owner.size()) return {};
        c = static_cast<std::uint8_t>((c + 1) % owner.size());
      }
      return {c, static_cast<std::uint8_t>(pick(random, 0, 2))};
    };
    instruction.wait = token(waits_in);
    instruction.signal = token(signals_from);
    made.stream.push_back(instruction);
  }
  made.launch.instruction_count = static_cast<std::uint32_t>(length);
  return made;
}

/// Runs everything but the retirement of `held`; which instructions have started?
std::vector<bool> started_without(const Case& c, std::optional<std::size_t> held) {
  const std::size_t n = c.stream.size();
  std::vector<bool> started(n), retired(n);
  std::array<int, kTokenCounters> value{};
  for (std::size_t i = 0; i < kTokenCounters; ++i) value[i] = c.launch.initial_tokens[i];
  for (bool moved = true; moved;) {
    moved = false;
    for (std::size_t i = 0; i < n; ++i) {
      bool all_retired = true, queue_started = true, queue_retired = true, past_barriers = true;
      for (std::size_t j = 0; j < i; ++j) {
        all_retired = all_retired && retired[j];
        if (c.stream[j].opcode == Opcode::sync) past_barriers = past_barriers && retired[j];
        if (c.stream[j].queue != c.stream[i].queue) continue;
        queue_started = queue_started && started[j];
        queue_retired = queue_retired && retired[j];
      }
      const TokenOp wait = c.stream[i].wait, signal = c.stream[i].signal;
      const bool sync = c.stream[i].opcode == Opcode::sync;
      if (!started[i] && queue_started && past_barriers &&
          (!wait.used() || value[wait.counter] >= wait.amount)) {
        if (wait.used()) value[wait.counter] -= wait.amount;
        started[i] = moved = true;
      }
      if (started[i] && !retired[i] && queue_retired && (!sync || all_retired) && held != i) {
        if (signal.used()) value[signal.counter] += signal.amount;
        retired[i] = moved = true;
      }
    }
  }
  return started;
}

bool complete(const std::vector<bool>& started) {
  return std::all_of(started.begin(), started.end(), [](bool s) { return s; });
}

TEST(TokenOrder, AgreesWithAnAdversaryWhoHoldsOneInstructionBack) {
  int runs = 0, ordered = 0, unordered = 0;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const Case c = random_case(random, false);
    const TokenOrder order = order_by_tokens(c.stream.data(), c.launch);
    const bool completes = complete(started_without(c, std::nullopt));
    ASSERT_EQ(order.deadlocks.empty(), completes) << "seed " << seed;
    if (!completes) continue;
    ++runs;
    for (std::uint32_t x = 0; x < c.stream.size(); ++x) {
      const std::vector<bool> started = started_without(c, x);
      for (std::uint32_t y = 0; y < c.stream.size(); ++y) {
        if (c.stream[x].queue == c.stream[y].queue) continue;
        // A sync counts as knowing all before it: it touches nothing, only its successors do.
        if (c.stream[y].opcode == Opcode::sync) continue;
        const bool known = order.ordered(c.stream.data(), x, y);
        ASSERT_EQ(known, !started[y]) << "seed " << seed << ": " << x << " before " << y;
        ++(known ? ordered : unordered);
      }
    }
  }
  EXPECT_GT(runs, 500);
  EXPECT_GT(ordered, 1000);
  EXPECT_GT(unordered, 1000);
}

TEST(TokenOrder, NeverPromisesMoreThanTheAdversaryAllowsWhereCountersAreShared) {
  int runs = 0;
  for (std::uint64_t seed = 0; seed < 6000; ++seed) {
    Random random(seed);
    const Case c = random_case(random, true);
    const TokenOrder order = order_by_tokens(c.stream.data(), c.launch);
    if (!order.deadlocks.empty()) continue;
    ++runs;
    for (std::uint32_t x = 0; x < c.stream.size(); ++x) {
      const std::vector<bool> started = started_without(c, x);
      for (std::uint32_t y = 0; y < c.stream.size(); ++y) {
        if (c.stream[x].queue == c.stream[y].queue || c.stream[y].opcode == Opcode::sync || !started[y])
          continue;
        ASSERT_FALSE(order.ordered(c.stream.data(), x, y)) << "seed " << seed << ": " << x << " before " << y;
      }
    }
  }
  EXPECT_GT(runs, 500);
}

Instruction token_only(Queue queue, TokenOp wait, TokenOp signal) {
  return {Opcode::signal, queue, 0, 0, 0, wait, signal, {}};
}

TEST(TokenOrder, ASignalThatNobodyTakesCanOverflowItsCounter) {
  Case c;
  for (int i = 0; i < 257; ++i) c.stream.push_back(token_only(Queue::load, {}, {7, 255}));
  c.launch.instruction_count = 257;
  EXPECT_TRUE(order_by_tokens(c.stream.data(), c.launch).overflows.empty()) << "257 * 255 = 65535 fits";
  c.launch.initial_tokens[7] = 1;
  const auto overflows = order_by_tokens(c.stream.data(), c.launch).overflows;
  ASSERT_EQ(overflows.size(), 1u);
  EXPECT_EQ(overflows[0].instruction, 256u);
  EXPECT_NE(overflows[0].message.find("counter 7 to 65536"), std::string::npos) << overflows[0].message;
}

TEST(TokenOrder, CreditsKeepACounterBoundedHoweverLongTheLaunch) {
  Case c;
  for (int i = 0; i < 600; ++i) {  // 600 * 255 units through counter 1, never more than 2 * 255 at once
    c.stream.push_back(token_only(Queue::load, {2, 1}, {1, 255}));
    c.stream.push_back(token_only(Queue::matrix, {1, 255}, {2, 1}));
  }
  c.launch.instruction_count = 1200;
  c.launch.initial_tokens[2] = 2;
  const TokenOrder order = order_by_tokens(c.stream.data(), c.launch);
  EXPECT_TRUE(order.deadlocks.empty());
  EXPECT_TRUE(order.overflows.empty());
}

}  // namespace
}  // namespace nnp::isa

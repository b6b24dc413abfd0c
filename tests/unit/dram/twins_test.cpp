// SPDX-License-Identifier: Apache-2.0
// Channels of one memory that see the same requests work as one: each still does exactly what it does alone.
#include <fmt/format.h>

#include <deque>
#include <map>

#include "tests/support/dram_checker.h"
#include "tests/unit/dram/traffic.h"

namespace nnp::sim::test {
namespace {

using Script = std::vector<Sent>;
constexpr Picoseconds kNoLimit = ~Picoseconds{0};

/// Several channels of one memory, each with a requester of its own.
struct Memory {
  Memory(const DramConfig& config, std::size_t count, std::uint32_t window, bool siblings)
      : domain("memory", config.frequency_khz, Engine::leap), core("core", 1'000'000, Engine::leap) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto unit = static_cast<std::uint16_t>(i);
      channels.push_back(make_memory_channel(fmt::format("channel{}", i), domain, config, &records, unit));
      requesters.emplace_back(core, channels.back()->requests(), window);
      channels.back()->connect_answers({&requesters.back().answers()});
      core.add(requesters.back());
    }
    std::vector<MemoryChannel*> all;
    for (const auto& channel : channels) domain.add(*channel), all.push_back(channel.get());
    if (siblings)
      for (MemoryChannel* channel : all) channel->know_siblings(all, true);
  }
  /// Until nothing is due or `limit`, a time; returns the last memory cycle run.
  Cycle run(const std::vector<Script>& scripts, Picoseconds limit = kNoLimit) {
    for (std::size_t i = 0; i < scripts.size(); ++i) requesters[i].load(scripts[i]);
    while (true) {
      const Cycle due = domain.next_due(), due_core = core.next_due();
      const Picoseconds time = due == kNever ? ~Picoseconds{0} : domain.edge(due),
                        time_core = due_core == kNever ? ~Picoseconds{0} : core.edge(due_core);
      if (std::min(time, time_core) >= limit) break;
      time_core <= time ? core.run_cycle(due_core) : domain.run_cycle(due);
    }
    return domain.now();
  }
  void finish(Cycle present, Cycle end) {
    for (const auto& channel : channels) channel->catch_up(present), channel->finish(end);
  }
  std::vector<StateRecord> states_of(std::size_t channel) const {
    std::vector<StateRecord> found;
    for (const StateRecord& record : records.all)
      if (record.unit == channel) found.push_back(record);
    return found;
  }

  ClockDomain domain, core;
  Records records;
  std::vector<std::unique_ptr<MemoryChannel>> channels;
  std::deque<Requester> requesters;
};

/// One stream with pauses, as transfers over all channels make it; a request of a channel may be missing,
/// late or another, and now and then there is one more.
std::vector<Script> scripts(std::mt19937_64& random, const DramConfig& config, std::size_t count) {
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  const std::uint32_t bytes = static_cast<std::uint32_t>(config.access_bytes()) << below(4);
  const std::uint64_t gap = std::array{1u, 4u, 40u}[below(3)], pause = std::array{20u, 100u, 1000u}[below(3)],
                      odd = std::array{20u, 100u, 1u << 30}[below(3)], writes = below(3);
  const auto anywhere = [&] { return below(config.capacity_bytes() / 64) / bytes * bytes; };
  std::vector<Script> all(count);
  Cycle cycle = 1;
  Address next = anywhere();
  for (std::uint32_t i = 0; i < 150; ++i) {
    cycle += below(gap);
    if (below(12) == 0) cycle += below(pause), next = below(3) == 0 ? anywhere() : next;
    if (below(60) == 0) cycle += below(12'000);
    const bool write = writes != 0 && below(4 * writes) == 0;
    for (Script& script : all) {
      MemoryRequest request{next, bytes, write, 0, static_cast<std::uint32_t>(script.size())};
      const std::uint64_t what = below(odd);
      if (what == 0) continue;
      if (what == 1) request.address = anywhere();
      if (what == 2) request.bytes = 1 + static_cast<std::uint32_t>(below(bytes));
      if (what == 3) request.write = !request.write;
      const Cycle late = what == 4 ? 1 + below(30) : 0;
      script.push_back({std::max(cycle + late, script.empty() ? 0 : script.back().cycle), request});
      if (what != 5) continue;
      request.id = static_cast<std::uint32_t>(script.size());
      script.push_back({script.back().cycle, request});
    }
    next += bytes;
  }
  return all;
}

class Twins : public ::testing::TestWithParam<std::string> {
 protected:
  std::uint64_t ticks_alone_ = 0, ticks_together_ = 0;

  void expect_as_alone(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    DramConfig config = make_dram_config(GetParam());
    config.address_map = std::array<std::string, 3>{"row:bank:column:bankgroup", "row:column:bank:bankgroup",
                                                    "row:bank:bankgroup:column"}[random() % 3];
    config.queue_depth = std::array{4u, 16u, 64u}[random() % 3];
    config.row_hit_cap = std::array{2u, 16u}[random() % 2];
    config.page_policy = random() % 4 == 0 ? PagePolicy::closed : PagePolicy::open;
    config.refresh = random() % 4 == 0 ? RefreshMode::off : RefreshMode::all_bank;
    config.organization.ranks = random() % 4 == 0 ? 2 : 1;
    const std::size_t count = 2 + random() % 4;
    const std::uint32_t window = std::array{2u, 8u, 1000u}[random() % 3];
    const auto all = scripts(random, config, count);
    const Picoseconds limit = random() % 4 == 0 ? random() % 20'000'000 : kNoLimit;
    const Cycle idle = std::array<Cycle, 3>{0, 25, 10'000}[random() % 3];
    SCOPED_TRACE(fmt::format("{} seed {}: {} channels, depth {} cap {} window {} map {}", GetParam(), seed,
                             count, config.queue_depth, config.row_hit_cap, window, config.address_map));
    Memory together(config, count, window, true), alone(config, count, window, false);
    const bool cut = limit != kNoLimit;
    const Cycle last = std::max(together.run(all, limit), alone.run(all, limit));
    const Cycle present = cut ? together.domain.first_edge_after(limit - 1) : last + 1;
    const Cycle end = present + (cut ? 0 : idle);
    together.finish(present, end), alone.finish(present, end);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_TRUE(together.requesters[i].answered() == alone.requesters[i].answered()) << "channel " << i;
      EXPECT_TRUE(together.channels[i]->statistics() == alone.channels[i]->statistics()) << "channel " << i;
      EXPECT_TRUE(together.states_of(i) == alone.states_of(i)) << "channel " << i;
    }
    ticks_together_ += together.domain.ticks(), ticks_alone_ += alone.domain.ticks();
  }
};

TEST_P(Twins, DoWhatEachDoesAlone) {
  for (std::uint64_t seed = 1; seed <= 400 && !HasFailure(); ++seed) expect_as_alone(seed);
  EXPECT_LT(ticks_together_, ticks_alone_) << "none worked as one";
}

INSTANTIATE_TEST_SUITE_P(Presets, Twins, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

// A transfer over all channels costs what it costs on one.
TEST(Twins, OfOneStreamTickAsOne) {
  const DramConfig config = make_dram_config("hbm2_2000");
  Script script;
  for (std::uint32_t i = 0; i < 500; ++i) script.push_back({1 + 20 * i, {256 * i, 256, false, 0, i}});
  Memory one(config, 1, 1000, true), eight(config, 8, 1000, true);
  const Cycle end = one.run({script}) + 1;
  EXPECT_EQ(eight.run(std::vector<Script>(8, script)) + 1, end);
  one.finish(end, end), eight.finish(end, end);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(eight.requesters[i].answered(), one.requesters[0].answered());
    EXPECT_EQ(eight.channels[i]->statistics(), one.channels[0]->statistics());
  }
  EXPECT_LT(eight.domain.ticks(), one.domain.ticks() + 8 * 10) << "the others tick only to begin and to end";
}

/// What one engine heard in a cycle: bytes by chunk, and the last transfer with who answered it.
struct Heard {
  std::map<std::uint32_t, Bytes> bytes;
  std::uint32_t transfer = 0;
  std::uint16_t server = 0;
  bool operator==(const Heard&) const = default;
};

struct Answers {
  std::map<Cycle, Heard> by_cycle;
  std::size_t count = 0;
};

/// One engine asks four channels for chunks, now and then one of them for a chunk of its own.
Answers answers_of_chunks(std::uint64_t seed, bool siblings, bool each_answer) {
  constexpr std::size_t kChannels = 4;
  std::mt19937_64 random(seed);
  const DramConfig config = make_dram_config("hbm2_2000");
  ClockDomain domain("memory", config.frequency_khz, Engine::leap), core("core", 1'000'000, Engine::leap);
  Bridge<MemoryAnswer> heard(core);
  std::vector<std::unique_ptr<MemoryChannel>> channels;
  std::vector<MemoryChannel*> all;
  for (std::size_t i = 0; i < kChannels; ++i) {
    channels.push_back(make_memory_channel(fmt::format("channel{}", i), domain, config, nullptr,
                                           static_cast<std::uint16_t>(10 + i)));
    channels.back()->connect_answers({&heard});
    domain.add(*channels.back()), all.push_back(channels.back().get());
  }
  if (siblings)
    for (MemoryChannel* channel : all) channel->know_siblings(all, each_answer);
  Cycle cycle = 1;
  std::uint32_t transfer = 0;
  for (std::uint32_t chunk = 0; chunk < 300; ++chunk) {
    const bool alone = random() % 40 == 0;
    const std::size_t first = random() % kChannels;  // a chunk may begin on any channel
    for (std::size_t i = 0; i < (alone ? 1 : kChannels); ++i)
      channels[(first + i) % kChannels]->requests().push(
          {Address{256} * chunk, 256, false, 0, chunk, transfer++}, core.edge(cycle));
    cycle += random() % 50 == 0 ? 5000 : random() % 30;
  }
  while (domain.next_due() != kNever) domain.run_cycle(domain.next_due());
  Answers answers;
  for (; !heard.empty(); ++answers.count) {
    Heard& at = answers.by_cycle[heard.first()];
    const MemoryAnswer answer = heard.pop();
    at.bytes[answer.id] += answer.bytes;
    if (answer.transfer >= at.transfer) at.transfer = answer.transfer, at.server = answer.server;
  }
  return answers;
}

// Joined answers say of every cycle what each answer would.
TEST(Twins, JoinTheAnswersToOneChunk) {
  std::size_t each_count = 0, joined_count = 0;
  for (std::uint64_t seed = 1; seed <= 40 && !HasFailure(); ++seed) {
    SCOPED_TRACE(fmt::format("seed {}", seed));
    const Answers alone = answers_of_chunks(seed, false, true), each = answers_of_chunks(seed, true, true),
                  joined = answers_of_chunks(seed, true, false);
    EXPECT_TRUE(each.by_cycle == alone.by_cycle);
    EXPECT_TRUE(joined.by_cycle == alone.by_cycle);
    EXPECT_EQ(each.count, alone.count);
    each_count += each.count, joined_count += joined.count;
  }
  EXPECT_LT(joined_count, each_count * 3 / 4) << "few were joined";
}

}  // namespace
}  // namespace nnp::sim::test

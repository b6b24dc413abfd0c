// SPDX-License-Identifier: Apache-2.0
// Records that go into a chunk come out of it, whatever they are.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "tests/unit/traces/small_trace.h"
#include "traces/format/codec.h"
#include "traces/format/counters.h"
#include "traces/format/live_ranges.h"

namespace nnp {
namespace {

using Random = std::mt19937_64;

auto fields(const sim::StateRecord& r) {
  return std::tuple(r.unit, r.start, r.length, r.state.state, r.state.cause, r.state.resource, r.state.layer,
                    r.state.instruction, r.ended_by.kind, r.ended_by.unit, r.ended_by.number);
}
auto fields(const sim::InstructionSpan& r) {
  return std::tuple(r.unit, r.layer, r.instruction, r.dispatched, r.decoded, r.ready, r.started, r.ended,
                    r.retired, r.completed_by);
}
auto fields(const sim::TransferSpan& r) {
  return std::tuple(r.unit, r.server, r.layer, r.write, r.instruction, r.number, r.address, r.bytes, r.sent,
                    r.answered);
}
auto fields(const sim::TileSpan& r) {
  return std::tuple(r.unit, r.instruction, r.number, r.requested, r.pushed, r.completed_by);
}
auto fields(const sim::PassSpan& r) {
  return std::tuple(r.unit, r.layer, r.instruction, r.number, r.rows, r.shift_start, r.shift_end,
                    r.stream_start, r.stream_end);
}
auto fields(const sim::MemoryCommand& r) {
  return std::tuple(r.unit, r.operation, r.bank, r.row, r.column, r.cycle);
}

/// Small, near a power of two, or any: the sizes at which a coding changes.
std::uint64_t any(Random& random, unsigned bits = 64) {
  const std::uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
  switch (random() % 4) {
    case 0:
      return random() % 3;
    case 1:
      return ((1ull << random() % bits) - random() % 2) & mask;
    case 2:
      return mask - random() % 2;
    default:
      return random() & mask;
  }
}
std::uint16_t any16(Random& random) { return static_cast<std::uint16_t>(any(random, 16)); }
std::uint32_t any32(Random& random) { return static_cast<std::uint32_t>(any(random, 32)); }

class Codec : public testing::TestWithParam<std::uint64_t> {
 protected:
  template <typename Record, typename Make>
  void round_trip(Make&& make) {
    const std::uint64_t seed = test::seed_or(GetParam());
    SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} test_trace_format --gtest_filter='*Codec*/0'", seed));
    Random random(seed);
    std::vector<Record> records(1 + random() % 200);
    for (Record& record : records) record = make(random);
    const traces::RawChunk raw = traces::encode(records);
    const auto chunk = make_chunk(raw.head, raw.payload, 1);
    const auto head = traces::decode_head(chunk.data());
    const auto payload = traces::open_chunk(chunk.data(), chunk.data() + traces::kChunkHeadBytes);
    EXPECT_EQ(head.records, records.size());
    std::vector<Record> back;
    traces::decode(head, payload, back);
    ASSERT_EQ(back.size(), records.size());
    for (std::size_t i = 0; i < back.size(); ++i) EXPECT_EQ(fields(back[i]), fields(records[i])) << i;
  }
};

TEST_P(Codec, KeepsStates) {
  Cycle at = 0;
  round_trip<sim::StateRecord>([&](Random& random) {
    sim::StateRecord r{7, at, 1 + any(random, 40), {}, {}};
    at += r.length;
    r.state = {static_cast<sim::State>(random() % 3),
               static_cast<sim::Cause>(random() % static_cast<unsigned>(sim::Cause::count)), any16(random),
               any16(random), any32(random)};
    r.ended_by = {
        static_cast<sim::Release::Kind>(random() % static_cast<unsigned>(sim::Release::Kind::count)),
        any16(random), any32(random)};
    return r;
  });
}

TEST_P(Codec, KeepsInstructionsWithTimesInAnyOrder) {
  round_trip<sim::InstructionSpan>([](Random& random) {
    return sim::InstructionSpan{7,           any16(random), any32(random), any(random), any(random),
                                any(random), any(random),   any(random),   any(random), any32(random)};
  });
}

TEST_P(Codec, KeepsTransfers) {
  std::uint32_t number = 1000;
  round_trip<sim::TransferSpan>([&](Random& random) {
    return sim::TransferSpan{7,        any16(random), any16(random), random() % 2 == 0, any32(random),
                             number++, any(random),   any(random),   any(random),       any(random)};
  });
}

TEST_P(Codec, KeepsTiles) {
  std::uint32_t number = 1000;
  round_trip<sim::TileSpan>([&](Random& random) {
    return sim::TileSpan{7, any32(random), number++, any(random), any(random), any32(random)};
  });
}

TEST_P(Codec, KeepsPasses) {
  std::uint32_t number = 1000;
  round_trip<sim::PassSpan>([&](Random& random) {
    return sim::PassSpan{7,           any16(random), any32(random), number++,   any32(random),
                         any(random), any(random),   any(random),   any(random)};
  });
}

TEST_P(Codec, KeepsMemoryCommands) {
  round_trip<sim::MemoryCommand>([](Random& random) {
    return sim::MemoryCommand{7,
                              static_cast<std::uint8_t>(any(random, 8)),
                              static_cast<std::uint8_t>(any(random, 8)),
                              any32(random),
                              any32(random),
                              any(random)};
  });
}

TEST_P(Codec, KeepsCounters) {
  Random random(test::seed_or(GetParam()));
  traces::Counter counter{"dram0.read_bytes", "bytes per 256 cycles", {}};
  for (std::size_t i = random() % 100; i > 0; --i) counter.samples.push_back({any(random), any(random)});
  const traces::RawChunk raw = traces::encode(counter);
  const traces::Counter back = traces::decode_counter(raw.head, raw.payload);
  EXPECT_EQ(back.name, counter.name);
  EXPECT_EQ(back.unit, counter.unit);
  EXPECT_EQ(back.samples, counter.samples);
}

TEST_P(Codec, KeepsLiveRanges) {
  Random random(test::seed_or(GetParam()));
  std::vector<traces::LiveRange> ranges(random() % 100);
  for (traces::LiveRange& range : ranges) range = {any32(random), any32(random), any(random), any(random)};
  const traces::RawChunk raw = traces::encode(std::span<const traces::LiveRange>(ranges));
  EXPECT_EQ(traces::decode_live_ranges(raw.head, raw.payload), ranges);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Codec, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace nnp

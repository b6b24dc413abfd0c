// SPDX-License-Identifier: Apache-2.0
// What the writer adds up while records pass - the pyramid of states, the counters - against the same
// added up cycle by cycle.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "tests/unit/traces/small_trace.h"
#include "traces/format/counters.h"
#include "traces/format/pyramid.h"

namespace nnp {
namespace {

using Random = std::mt19937_64;

class Sums : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::uint64_t seed = test::seed_or(GetParam());
  Random random{seed};
  std::string reproducer() const {
    return fmt::format("reproduce: NNPSIM_SEED={} test_trace_format --gtest_filter='*Sums*/0'", seed);
  }
};

TEST_P(Sums, EveryLevelOfThePyramidHasTheSharesOfItsStates) {
  SCOPED_TRACE(reproducer());
  // Every third run is longer than the finest level holds and gets wider buckets.
  const std::uint64_t longest = seed % 3 == 0 ? 1u << 16 : 200;
  std::vector<sim::StateRecord> records;
  Cycle end = 0;
  for (int i = 0; i < 500; ++i) {
    const auto state = static_cast<sim::State>(random() % 3);
    const auto cause =
        state == sim::State::wait ? static_cast<sim::Cause>(1 + random() % 13) : sim::Cause::none;
    records.push_back({0, end, 1 + random() % longest, {state, cause}, {}});
    end += records.back().length;
  }
  traces::Pyramid pyramid;
  for (const sim::StateRecord& record : records) pyramid.add(record);

  Cycles width = 0;
  for (const traces::RawChunk& chunk : pyramid.chunks(0)) {
    const traces::PyramidLevel level = decode_pyramid(chunk.head, chunk.payload);
    if (width == 0) {
      width = traces::Pyramid::kFinest;
      while (ceil_div(end, width) > traces::Pyramid::kMostBuckets) width *= traces::Pyramid::kStep;
    } else {
      width *= traces::Pyramid::kStep;
    }
    EXPECT_EQ(level.bucket_cycles, width);
    std::map<traces::StateCode, std::map<Cycle, Cycles>> sums;  // by bucket
    for (const sim::StateRecord& r : records)
      for (Cycle at = r.start; at < r.start + r.length;) {
        const Cycle next = std::min((at / width + 1) * width, r.start + r.length);
        sums[traces::code_of(r.state.state, r.state.cause)][at / width] += next - at;
        at = next;
      }
    ASSERT_EQ(level.codes.size(), sums.size());
    for (std::size_t i = 0; i < level.codes.size(); ++i) {
      ASSERT_EQ(level.shares[i].size(), ceil_div(end, width));
      for (std::size_t bucket = 0; bucket < level.shares[i].size(); ++bucket) {
        const auto of = static_cast<double>(std::min(width, end - bucket * width));
        const auto cycles = static_cast<double>(sums[level.codes[i]][bucket]);
        ASSERT_NEAR(level.shares[i][bucket] / 255.0, cycles / of, 0.5 / 255 + 1e-9)
            << "width " << width << " bucket " << bucket;
      }
    }
  }
  EXPECT_LE(ceil_div(end, width), 64u) << "the coarsest level";
}

const traces::Counter* named(const std::vector<traces::Counter>& counters, const std::string& name) {
  for (const traces::Counter& counter : counters)
    if (counter.name == name) return &counter;
  return nullptr;
}
std::uint64_t value_at(const traces::Counter& counter, Cycle cycle) {
  std::uint64_t value = 0;
  for (const traces::Sample& sample : counter.samples)
    if (sample.cycle <= cycle) value = sample.value;
  return value;
}

TEST_P(Sums, TheQueueCounterIsTheNumberOfInstructionsInTheQueue) {
  SCOPED_TRACE(reproducer());
  std::vector<sim::InstructionSpan> spans;
  traces::CounterMaker maker({});
  for (std::uint32_t i = 0; i < 40; ++i) {
    const Cycle dispatched = random() % 200, decoded = dispatched + random() % 30;
    spans.push_back({0, 0, i, dispatched, decoded, decoded, decoded, decoded + 5, decoded + 6});
    maker.see(spans.back());
  }
  const auto counters = maker.counters({"matrix"});
  const traces::Counter* queue = named(counters, "matrix.queue");
  ASSERT_NE(queue, nullptr);
  for (Cycle cycle = 0; cycle < 250; ++cycle) {
    std::uint64_t queued = 0;
    for (const sim::InstructionSpan& span : spans) queued += span.dispatched < cycle && cycle <= span.decoded;
    EXPECT_EQ(value_at(*queue, cycle), queued) << "cycle " << cycle;
  }
  for (std::size_t i = 1; i < queue->samples.size(); ++i) {
    EXPECT_LT(queue->samples[i - 1].cycle, queue->samples[i].cycle);
    EXPECT_NE(queue->samples[i - 1].value, queue->samples[i].value) << "a sample is a change";
  }
}

TEST_P(Sums, TheByteCountersHaveTheBytesAnsweredInEachWindow) {
  SCOPED_TRACE(reproducer());
  const Cycle latest = seed % 2 == 0 ? 20'000 : 20'000'000;  // the latter needs wider windows
  std::vector<sim::TransferSpan> spans;
  traces::CounterMaker maker({});
  for (std::uint32_t i = 0; i < 300; ++i) {
    const Cycle answered = random() % latest;
    spans.push_back({0, 1, 0, random() % 2 == 0, i, i, 0, 1 + random() % 256, 0, answered});
    maker.see(spans.back());
  }
  for (const bool write : {false, true}) {
    const auto counters = maker.counters({"load_dma", "dram0"});
    const traces::Counter* bytes = named(counters, write ? "dram0.written_bytes" : "dram0.read_bytes");
    ASSERT_NE(bytes, nullptr);
    Cycles width = 0;
    ASSERT_EQ(std::sscanf(bytes->unit.c_str(), "bytes per %lu cycles", &width), 1) << bytes->unit;
    std::map<Cycle, Bytes> windows;
    for (const sim::TransferSpan& span : spans)
      if (span.write == write) windows[span.answered / width] += span.bytes;
    for (Cycle window = 0; window <= latest / width + 1; ++window)
      ASSERT_EQ(value_at(*bytes, window * width), windows[window]) << "window " << window;
  }
}

TEST_P(Sums, LiveBytesCountFromTheWritersStartToTheLastReadersRetirement) {
  SCOPED_TRACE(reproducer());
  std::vector<traces::LiveRange> ranges;
  for (int i = 0; i < 30; ++i) {
    const auto writer = static_cast<std::uint32_t>(random() % 20);
    ranges.push_back({writer, static_cast<std::uint32_t>(writer + random() % 8), 1 + random() % 100});
  }
  traces::CounterMaker maker(ranges);
  std::map<std::uint32_t, sim::InstructionSpan> seen;  // some never retire: an incomplete run
  for (std::uint32_t i = 0; i < 28; ++i) {
    const Cycle started = 10 * i + random() % 40;
    sim::InstructionSpan span{0, 0, i, 0, 0, 0, started, started + 3, started + random() % 50};
    if (random() % 8 != 0) maker.see(span), seen[i] = span;
  }
  const auto counters = maker.counters({"matrix"});
  const traces::Counter* live = named(counters, "buffer.live_bytes");
  ASSERT_NE(live, nullptr);
  for (Cycle cycle = 0; cycle < 450; ++cycle) {
    Bytes expected = 0;
    for (const traces::LiveRange& range : ranges) {
      if (!seen.contains(range.writer)) continue;
      const auto& last = seen.contains(range.last_reader) ? seen[range.last_reader] : seen[range.writer];
      if (seen[range.writer].started <= cycle && cycle < last.retired) expected += range.bytes;
    }
    EXPECT_EQ(value_at(*live, cycle), expected) << "cycle " << cycle;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, Sums, testing::Range<std::uint64_t>(0, 9));

}  // namespace
}  // namespace nnp

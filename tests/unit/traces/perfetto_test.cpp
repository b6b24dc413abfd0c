// SPDX-License-Identifier: Apache-2.0
// The Perfetto export, decoded by protoc, says what the trace says.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>

#include "tests/support/temporary_folder.h"
#include "tests/unit/traces/perfetto_reader.h"
#include "tests/unit/traces/small_trace.h"
#include "traces/export/perfetto.h"
#include "traces/query/laws.h"

namespace nnp {
namespace {

using Tracks = std::map<std::uint64_t, test::PerfettoTrack>;
using traces::TraceFile;

struct Exported {
  explicit Exported(std::uint64_t seed, traces::Window window = {})
      : path([&] {
          test::write_small_trace(folder.path("x.npt"), seed);
          return folder.path("x.npt");
        }()),
        file(path) {
    std::ofstream stream(folder.path("x.pftrace"), std::ios::binary);
    write_perfetto(file, window, stream);
    stream.close();
    tracks = test::read_perfetto(test::decode_perfetto(folder.path("x.pftrace")));
  }
  const test::PerfettoTrack& named(const std::string& name, std::uint64_t parent = 1) const {
    for (const auto& [uuid, track] : tracks)
      if (track.name == name && track.parent == parent) return track;
    throw std::runtime_error("no track " + name);
  }
  std::uint64_t uuid(const std::string& name) const {
    for (const auto& [uuid, track] : tracks)
      if (&track == &named(name)) return uuid;
    return 0;
  }
  test::TemporaryFolder folder;
  std::string path;
  TraceFile file;
  Tracks tracks;
};

class Perfetto : public testing::TestWithParam<std::uint64_t> {
 protected:
  void SetUp() override { seed = test::seed_or(GetParam()); }
  std::string reproducer() const {
    return fmt::format("reproduce: NNPSIM_SEED={} test_trace_exports --gtest_filter='*Perfetto*/0'", seed);
  }
  std::uint64_t seed = 0;
};

TEST_P(Perfetto, NamesAndDescribesATrackForEachUnitInTheOrderOfUnits) {
  SCOPED_TRACE(reproducer());
  const Exported exported(seed);
  const auto& info = exported.file.info();
  const test::PerfettoTrack& chip = exported.tracks.at(1);
  EXPECT_TRUE(chip.is_process);
  EXPECT_EQ(chip.name, info.chip);
  long rank = 0;
  for (const traces::TraceUnit& unit : info.units) {
    const test::PerfettoTrack& track = exported.named(unit.name);
    EXPECT_EQ(track.description, unit.description);
    EXPECT_GT(track.rank, rank);
    rank = track.rank;
  }
}

TEST_P(Perfetto, SlicesOfATrackSumToTheAccountOfItsUnit) {
  SCOPED_TRACE(reproducer());
  const Exported exported(seed);
  for (std::size_t id = 0; id < exported.file.info().units.size(); ++id) {
    const traces::TraceUnit& unit = exported.file.info().units[id];
    const traces::TraceAccount account = traces::account_of(exported.file.states(id));
    Cycles busy = 0;
    std::map<std::string, Cycles> waits;
    for (const test::PerfettoSlice& slice : exported.named(unit.name).slices) {
      const Cycles cycles =
          unit.memory_clock ? std::stoull(slice.notes.at("memory_cycles")) : slice.end - slice.begin;
      (slice.category == "busy" ? busy : waits[slice.name]) += cycles;
    }
    EXPECT_EQ(busy, account.busy) << unit.name;
    EXPECT_EQ(waits, account.waits) << unit.name;
  }
}

TEST_P(Perfetto, MemoryStatesBeginAtTheFirstCoreCycleThatSeesThem) {
  SCOPED_TRACE(reproducer());
  const Exported exported(seed);
  const auto& info = exported.file.info();
  const auto core_cycle = [&](Cycle cycle) {
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{cycle} * info.core_frequency_khz;
    return static_cast<Cycle>((product + info.memory_frequency_khz - 1) / info.memory_frequency_khz);
  };
  for (std::size_t id = 0; id < info.units.size(); ++id) {
    if (!info.units[id].memory_clock) continue;
    std::size_t at = 0;
    const auto& slices = exported.named(info.units[id].name).slices;
    for (const sim::StateRecord& record : exported.file.states(id)) {
      if (record.state.state == sim::State::idle) continue;
      ASSERT_LT(at, slices.size());
      EXPECT_EQ(slices[at].begin, core_cycle(record.start));
      EXPECT_EQ(slices[at++].end, core_cycle(record.start + record.length));
    }
  }
}

TEST_P(Perfetto, CountersHaveTheSamplesOfTheTrace) {
  SCOPED_TRACE(reproducer());
  const Exported exported(seed);
  std::size_t counters = 0;
  for (const auto& [uuid, track] : exported.tracks) counters += track.is_counter;
  EXPECT_EQ(counters, exported.file.counters().size());
  for (const traces::Counter& counter : exported.file.counters()) {
    const auto found = std::find_if(exported.tracks.begin(), exported.tracks.end(), [&](const auto& entry) {
      return entry.second.is_counter && entry.second.name == counter.name;
    });
    ASSERT_NE(found, exported.tracks.end()) << counter.name;
    EXPECT_EQ(found->second.unit, counter.unit);
    const std::string& owner = exported.tracks.at(found->second.parent).name;
    EXPECT_TRUE(owner == exported.file.info().chip || counter.name.starts_with(owner + ".")) << counter.name;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> samples;
    for (const traces::Sample& sample : counter.samples) samples.push_back({sample.cycle, sample.value});
    EXPECT_EQ(found->second.samples, samples) << counter.name;
  }
}

TEST_P(Perfetto, EveryInstructionIsASliceFromItsQueueToItsRetirement) {
  SCOPED_TRACE(reproducer());
  const Exported exported(seed);
  for (std::size_t id = 0; id < exported.file.info().units.size(); ++id) {
    std::multiset<std::string> expected, drawn;
    for (const sim::InstructionSpan& span : exported.file.instructions(id))
      expected.insert(fmt::format("{} {} {} {}", span.decoded, span.retired + 1, span.instruction,
                                  exported.file.instruction_text(span.instruction)));
    for (const auto& [uuid, track] : exported.tracks)
      if (track.parent == exported.uuid(exported.file.info().units[id].name) &&
          track.name.starts_with("instructions"))
        for (const test::PerfettoSlice& slice : track.slices)
          drawn.insert(fmt::format("{} {} {} {}", slice.begin, slice.end, slice.notes.at("instruction"),
                                   slice.notes.at("text")));
    EXPECT_EQ(drawn, expected) << exported.file.info().units[id].name;
  }
}

TEST_P(Perfetto, AnArrowGoesFromTheInstructionThatRetiredToWhatItReleased) {
  SCOPED_TRACE(reproducer());
  const Exported exported(seed);
  std::map<std::string, const test::PerfettoSlice*> from, to;
  for (const auto& [uuid, track] : exported.tracks)
    for (const test::PerfettoSlice& slice : track.slices) {
      for (const std::string& flow : slice.flows_from) EXPECT_TRUE(from.emplace(flow, &slice).second);
      for (const std::string& flow : slice.flows_to) EXPECT_TRUE(to.emplace(flow, &slice).second);
    }
  EXPECT_EQ(from.size(), to.size());
  std::size_t released = 0;
  for (std::size_t id = 0; id < exported.file.info().units.size(); ++id) {
    const auto states = exported.file.states(id);
    for (std::size_t i = 0; i + 1 < states.size(); ++i)
      released += states[i].state.state == sim::State::wait &&
                  states[i].ended_by.kind == sim::Release::Kind::retired &&
                  states[i + 1].state.state != sim::State::idle;
  }
  EXPECT_EQ(from.size(), released);
  for (const auto& [flow, slice] : from) {
    ASSERT_TRUE(to.contains(flow));
    EXPECT_EQ(slice->end, to.at(flow)->begin);  // retirement + 1: when the other unit sees it
    EXPECT_EQ(slice->category, "instruction");
  }
}

TEST_P(Perfetto, AWindowCutsSlicesAtItsEdges) {
  SCOPED_TRACE(reproducer());
  const Cycles cycles = Exported(seed).file.summary()->cycles;
  const traces::Window window{cycles / 3, cycles / 2};
  const Exported exported(seed, window);
  for (std::size_t id = 0; id < exported.file.info().units.size(); ++id) {
    if (exported.file.info().units[id].memory_clock) continue;
    Cycles expected = 0, drawn = 0;
    for (const sim::StateRecord& record : exported.file.states(id))
      if (record.state.state != sim::State::idle && window.meets(record.start, record.start + record.length))
        expected += std::min(window.to, record.start + record.length) - std::max(window.from, record.start);
    for (const test::PerfettoSlice& slice : exported.named(exported.file.info().units[id].name).slices)
      drawn += slice.end - slice.begin;
    EXPECT_EQ(drawn, expected) << exported.file.info().units[id].name;
  }
  for (const auto& [uuid, track] : exported.tracks)
    for (const test::PerfettoSlice& slice : track.slices)
      EXPECT_TRUE(window.from <= slice.begin && slice.end <= window.to) << track.name;
}

INSTANTIATE_TEST_SUITE_P(Seeds, Perfetto, testing::Range<std::uint64_t>(1, 6));

}  // namespace
}  // namespace nnp

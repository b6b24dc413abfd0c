// SPDX-License-Identifier: Apache-2.0
// Rung 2: sustained bandwidth against closed forms of the timing symbols, on every preset, within 1 %. The
// forms use the checker's table, not the simulator's.
#include <algorithm>
#include <cmath>
#include <random>

#include "tests/unit/dram/trace_run.h"

namespace nnp::sim::test {
namespace {

using nnp::test::check_trace;
using nnp::test::jedec_timing;
using nnp::test::JedecTiming;

class Bandwidth : public ::testing::TestWithParam<std::string> {
 protected:
  const JedecTiming& t = jedec_timing(GetParam());
  DramConfig config = make_dram_config(GetParam());

  static double of(std::uint64_t clocks) { return static_cast<double>(clocks); }
  /// What is left when every tREFI loses these clocks.
  double refreshed(std::uint64_t lost) const { return 1 - of(lost) / of(t.tREFI); }
  /// Requests for about twenty refresh intervals at `clocks` each.
  std::size_t enough(double clocks) const { return static_cast<std::size_t>(20.3 * of(t.tREFI) / clocks); }

  TraceRun run(const std::vector<TraceRequest>& requests) const {
    TraceRun outcome = run_trace(config, requests);
    EXPECT_EQ(check_trace(outcome.commands, t), std::vector<std::string>{});
    return outcome;
  }
  std::vector<TraceRequest> sequential(std::size_t count, bool write) const {
    std::vector<TraceRequest> requests(count);
    for (std::size_t i = 0; i < count; ++i) requests[i] = {i * config.access_bytes(), write};
    return requests;
  }
  void expect_share(double measured, double law) const {
    EXPECT_NEAR(measured / law, 1.0, 0.01) << GetParam() << ": " << measured << " against " << law;
  }
};

// Bank groups in turn: columns follow each other burst on burst. What a refresh takes: the last column's bank
// is closed (tRTP, tRPab), refreshed, and opened again; the last burst is no loss.
TEST_P(Bandwidth, SequentialReadsReachThePeakMinusRefresh) {
  config.address_map = t.bank_groups > 1 ? "row:bank:column:bankgroup" : "row:bank:bankgroup:column";
  const TraceRun reads = run(sequential(enough(of(t.burst)), false));
  expect_share(utilisation(reads.result), refreshed(t.tRTP + t.tRPab + t.tRFC + t.tRCD_RD - t.burst));
}

// Writes: the bank is closed when its last data has been written (tWR).
TEST_P(Bandwidth, SequentialWritesReachThePeakMinusRefresh) {
  config.address_map = t.bank_groups > 1 ? "row:bank:column:bankgroup" : "row:bank:bankgroup:column";
  // DDR5 alone has groups whose turn comes too soon for tCCD_L_WR; eight groups are enough.
  const TraceRun writes = run(sequential(enough(of(t.burst)), true));
  const std::uint64_t write_end = t.tCWL + t.tDQSS + t.burst + t.tWR;
  expect_share(utilisation(writes.result), refreshed(write_end + t.tRPab + t.tRFC + t.tRCD_WR - t.burst));
}

// One bank, a new row each time: an activate every tRC. A refresh costs tRFC alone (and what precharging all
// takes longer than one): closing the bank is part of the row cycle anyway.
TEST_P(Bandwidth, ConflictsOnOneBankComeOnceEveryRowCycle) {
  std::vector<TraceRequest> requests;
  for (std::uint32_t i = 0; i < enough(of(t.tRC)); ++i) requests.push_back(at(config, {.row = i % 512}));
  const TraceRun conflicts = run(requests);
  expect_share(utilisation(conflicts.result), of(t.burst) / of(t.tRC) * refreshed(t.tRFC));
  EXPECT_GT(wait_share(conflicts.result, BusWait::row_cycling), 0.8);
}

// All banks in turn, groups first, a new row each time: four activates a tFAW, or one a tRRD_S where that is
// longer. A refresh stops the activates for the last one's row cycle and its own time.
TEST_P(Bandwidth, NewRowsInAllBanksAreBoundByActivates) {
  const double apart = std::max({of(t.tFAW) / 4, of(t.tRRD_S), of(t.burst)});
  const std::uint32_t banks = t.bank_groups * t.banks_per_group;
  ASSERT_GT(apart * banks, of(t.tRC)) << "too few banks for the law";
  std::vector<TraceRequest> requests;
  for (std::uint32_t i = 0; i < enough(apart); ++i) {
    const std::uint32_t bank = i % banks;
    requests.push_back(at(config, {i / banks % 512, bank / t.bank_groups, bank % t.bank_groups, 0}));
  }
  const TraceRun activates = run(requests);
  const double lost = of(t.tRFC + t.tRC) + of(t.tRPab - t.tRP) - apart;
  expect_share(utilisation(activates.result), of(t.burst) / apart * (1 - lost / of(t.tREFI)));
  EXPECT_GE(wait_share(activates.result, BusWait::tFAW), 0.7 * (1 - of(t.burst) / apart));
}

// A stream that stays in one bank group: a column every tCCD_L.
TEST_P(Bandwidth, AStreamInOneBankGroupIsBoundByItsColumnSpacing) {
  if (t.bank_groups == 1) GTEST_SKIP() << "no bank groups";
  config.address_map = "bankgroup:row:bank:column";
  for (const bool write : {false, true}) {
    const std::uint64_t spacing = write ? t.tCCD_L_WR : t.tCCD_L;
    const TraceRun stream = run(sequential(enough(of(spacing)), write));
    const std::uint64_t closing = write ? t.tCWL + t.tDQSS + t.burst + t.tWR : t.tRTP;
    const std::uint64_t opening = write ? t.tRCD_WR : t.tRCD_RD;
    const double law = of(t.burst) / of(spacing) * refreshed(closing + t.tRPab + t.tRFC + opening - spacing);
    expect_share(utilisation(stream.result), law);
    EXPECT_GT(wait_share(stream.result, BusWait::tCCD_L), 0.85 * (1 - of(t.burst) / of(spacing)));
  }
}

// Uniformly random addresses. Above: the data bus, the activates, and refresh. Below: the queue's requests
// lie in so many banks on average, each of which takes a row cycle a request, and activates and row cycles
// follow each other without any overlap; writes cycle their rows longer, and each drained batch turns the bus
// twice.
TEST_P(Bandwidth, RandomAndMixedTrafficLiesBetweenDerivedBounds) {
  const double apart = std::max({of(t.tFAW) / 4, of(t.tRRD_S), of(t.burst)});
  const double banks = t.bank_groups * t.banks_per_group;
  const double busy = banks * (1 - std::pow(1 - 1 / banks, config.queue_depth));
  const std::uint64_t write_row = t.tRCD_WR + t.tCWL + t.tDQSS + t.burst + t.tWR + t.tRP;
  const double batch = config.queue_depth * 0.5;  // between the watermarks
  for (const std::uint32_t write_percent : {0u, 50u, 100u}) {
    std::mt19937_64 random(7);
    std::vector<TraceRequest> requests(enough(apart));
    const Bytes bursts = config.capacity_bytes() / config.access_bytes();
    for (TraceRequest& request : requests)
      request = {random() % bursts * config.access_bytes(), random() % 100 < write_percent};
    const double share = utilisation(run(requests).result);
    const double refresh_high = refreshed(t.tRFC);
    const double refresh_low = refreshed(t.tRFC + t.tRC + t.tRPab + write_row);
    const double row = write_percent == 0 ? of(t.tRC) : of(std::max<std::uint64_t>(t.tRC, write_row));
    const double turns = write_percent == 50 ? of(t.tRTW + t.tCWL + t.tDQSS + t.burst + t.tWTR_L) + row : 0;
    const double lower = of(t.burst) / (apart + row / busy + turns / batch) * refresh_low;
    EXPECT_LE(share, of(t.burst) / apart * refresh_high * 1.005)
        << GetParam() << " " << write_percent << " % writes";
    EXPECT_GE(share, lower) << GetParam() << " " << write_percent << " % writes";
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, Bandwidth, ::testing::ValuesIn(nnp::test::jedec_presets()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace nnp::sim::test

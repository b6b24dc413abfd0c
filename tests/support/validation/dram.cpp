// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/dram.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include "tests/support/dram_trace_run.h"

namespace nnp::test {
namespace {

using sim::DramConfig;
using sim::TraceRequest;

double of(std::uint64_t clocks) { return static_cast<double>(clocks); }

struct Bench {
  explicit Bench(const std::string& preset)
      : t(jedec_timing(preset)), config(sim::make_dram_config(preset)) {}

  /// What is left when every tREFI loses these clocks.
  double refreshed(std::uint64_t lost) const { return 1 - of(lost) / of(t.tREFI); }
  /// Requests for about twenty refresh intervals at `clocks` each.
  std::size_t enough(double clocks) const { return static_cast<std::size_t>(20.3 * of(t.tREFI) / clocks); }
  double activates_apart() const { return std::max({of(t.tFAW) / 4, of(t.tRRD_S), of(t.burst)}); }
  std::uint64_t written() const { return t.tCWL + t.tDQSS + t.burst + t.tWR; }

  DramShare run(const std::vector<TraceRequest>& requests, double law, double spacing) const {
    const sim::test::TraceRun outcome = sim::test::run_trace(config, requests);
    return {sim::test::utilisation(outcome.result), law, of(t.burst) / spacing, outcome.result,
            check_trace(outcome.commands, t)};
  }
  std::vector<TraceRequest> sequential(std::size_t count, bool write) const {
    std::vector<TraceRequest> requests(count);
    for (std::size_t i = 0; i < count; ++i) requests[i] = {i * config.access_bytes(), write};
    return requests;
  }

  const JedecTiming& t;
  DramConfig config;
};

}  // namespace

DramShare sequential_share(const std::string& preset, bool write) {
  Bench bench(preset);
  const JedecTiming& t = bench.t;
  bench.config.address_map = t.bank_groups > 1 ? "row:bank:column:bankgroup" : "row:bank:bankgroup:column";
  // Writes: DDR5 alone has groups whose turn comes too soon for tCCD_L_WR; eight groups are enough.
  const std::uint64_t closing = write ? bench.written() : t.tRTP, opening = write ? t.tRCD_WR : t.tRCD_RD;
  return bench.run(bench.sequential(bench.enough(of(t.burst)), write),
                   bench.refreshed(closing + t.tRPab + t.tRFC + opening - t.burst), of(t.burst));
}

DramShare one_bank_share(const std::string& preset) {
  const Bench bench(preset);
  const JedecTiming& t = bench.t;
  std::vector<TraceRequest> requests;
  for (std::uint32_t i = 0; i < bench.enough(of(t.tRC)); ++i)
    requests.push_back(sim::test::at(bench.config, {.row = i % 512}));
  return bench.run(requests, of(t.burst) / of(t.tRC) * bench.refreshed(t.tRFC), of(t.tRC));
}

DramShare all_banks_share(const std::string& preset) {
  const Bench bench(preset);
  const JedecTiming& t = bench.t;
  const double apart = bench.activates_apart();
  const std::uint32_t banks = t.bank_groups * t.banks_per_group;
  if (apart * banks <= of(t.tRC)) throw std::logic_error(preset + ": too few banks for the law");
  std::vector<TraceRequest> requests;
  for (std::uint32_t i = 0; i < bench.enough(apart); ++i) {
    const std::uint32_t bank = i % banks;
    requests.push_back(
        sim::test::at(bench.config, {i / banks % 512, bank / t.bank_groups, bank % t.bank_groups, 0}));
  }
  const double lost = of(t.tRFC + t.tRC) + of(t.tRPab - t.tRP) - apart;
  return bench.run(requests, of(t.burst) / apart * (1 - lost / of(t.tREFI)), apart);
}

bool has_bank_groups(const std::string& preset) { return jedec_timing(preset).bank_groups > 1; }

DramShare one_group_share(const std::string& preset, bool write) {
  Bench bench(preset);
  const JedecTiming& t = bench.t;
  bench.config.address_map = "bankgroup:row:bank:column";
  const std::uint64_t spacing = write ? t.tCCD_L_WR : t.tCCD_L;
  const std::uint64_t closing = write ? bench.written() : t.tRTP, opening = write ? t.tRCD_WR : t.tRCD_RD;
  return bench.run(
      bench.sequential(bench.enough(of(spacing)), write),
      of(t.burst) / of(spacing) * bench.refreshed(closing + t.tRPab + t.tRFC + opening - spacing),
      of(spacing));
}

DramBounds random_share(const std::string& preset, std::uint32_t write_percent) {
  const Bench bench(preset);
  const JedecTiming& t = bench.t;
  const double apart = bench.activates_apart();
  const double banks = t.bank_groups * t.banks_per_group;
  const double busy = banks * (1 - std::pow(1 - 1 / banks, bench.config.queue_depth));
  const std::uint64_t write_row = t.tRCD_WR + bench.written() + t.tRP;
  const double batch = bench.config.queue_depth * 0.5;  // between the watermarks
  std::mt19937_64 random(7);
  std::vector<TraceRequest> requests(bench.enough(apart));
  const Bytes bursts = bench.config.capacity_bytes() / bench.config.access_bytes();
  for (TraceRequest& request : requests)
    request = {random() % bursts * bench.config.access_bytes(), random() % 100 < write_percent};
  const DramShare share = bench.run(requests, 1, apart);
  const double refresh_low = bench.refreshed(t.tRFC + t.tRC + t.tRPab + write_row);
  const double row = write_percent == 0 ? of(t.tRC) : of(std::max<std::uint64_t>(t.tRC, write_row));
  const double turns = write_percent == 50 ? of(t.tRTW + t.tCWL + t.tDQSS + t.burst + t.tWTR_L) + row : 0;
  return {of(t.burst) / (apart + row / busy + turns / batch) * refresh_low, share.measured,
          of(t.burst) / apart * bench.refreshed(t.tRFC), share.violations};
}

}  // namespace nnp::test

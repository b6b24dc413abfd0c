// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/verdict.h"

#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/cli/figures.h"

namespace nnp::cli {
namespace {

constexpr double kNearlyFull =
    0.7;  // of a unit's time or a memory's bandwidth: what is used this much is a bound

/// A share of the array's time: a cause of waiting, or "idle".
struct Part {
  std::string name;
  Cycles cycles;
};

const device::UnitStatistics* array_unit(const device::RunStatistics& statistics) {
  const auto at = std::find_if(statistics.units.begin(), statistics.units.end(),
                               [](const auto& unit) { return unit.name == "matrix"; });
  return at == statistics.units.end() ? nullptr : &*at;
}

/// What the array does most while it does not work.
Part largest_gap(const device::UnitStatistics& array) {
  Part most{"idle", array.idle};
  for (const auto& [cause, cycles] : array.waits)
    if (cycles > most.cycles) most = {cause, cycles};
  return most;
}

/// The engine that works most besides the array (memory channels have their own figure).
const device::UnitStatistics* busiest_other(const device::RunStatistics& statistics) {
  const device::UnitStatistics* most = nullptr;
  for (const device::UnitStatistics& unit : statistics.units)
    if (unit.name != "matrix" && !unit.name.starts_with("dram") &&
        (most == nullptr || unit.busy > most->busy))
      most = &unit;
  return most;
}

std::string memory_clause(const device::RunStatistics& statistics) {
  const double used = statistics.dram.bandwidth_utilization;
  const std::string figure =
      fmt::format("device memory delivers {} of its peak bandwidth", percent_text(used));
  return used >= kNearlyFull
             ? figure + ", so memory bandwidth bounds this run"
             : figure +
                   ", so the latency of memory or too few requests in flight bound this run, not bandwidth";
}

std::string engine_clause(const device::RunStatistics& statistics) {
  const device::UnitStatistics* other = busiest_other(statistics);
  if (other == nullptr || other->cycles == 0) return "nothing else works either";
  const double busy = share(static_cast<double>(other->busy), static_cast<double>(other->cycles));
  const std::string figure =
      fmt::format("the busiest other unit, {}, works {}", other->name, percent_text(busy));
  return busy >= kNearlyFull ? figure + " and bounds this run"
                             : figure + ", so the order of dependent steps bounds this run";
}

std::string gap_clause(const Part& gap, double part, const device::RunStatistics& statistics) {
  const std::string time = percent_text(part);
  if (gap.name == "weight_stall")
    return fmt::format("{} of it waits for weights: {}", time, memory_clause(statistics));
  if (gap.name == "weight_shift")
    return fmt::format(
        "{} of it weights shift in with nothing to stream meanwhile: streams too short for this array bound "
        "this run",
        time);
  if (gap.name == "raw")
    return fmt::format("{} of it waits for data of other units: {}", time, engine_clause(statistics));
  if (gap.name == "war")
    return fmt::format("{} of it waits for room that other units still read: {}", time,
                       engine_clause(statistics));
  if (gap.name == "bank_conflict")
    return fmt::format("{} of it the buffer's banks are taken: buffer bandwidth bounds this run", time);
  if (gap.name == "idle")
    return fmt::format("{} of it the array has no work: {}", time, engine_clause(statistics));
  return fmt::format("{} of it goes to {}, which bounds this run", time, gap.name);
}

}  // namespace

std::string verdict(const RunRecord& run) {
  const device::UnitStatistics* array = array_unit(run.statistics);
  if (array == nullptr || array->cycles == 0) return "The chip did no work.";
  const auto total = static_cast<double>(array->cycles);
  const double active = share(static_cast<double>(array->busy), total);
  const Part gap = largest_gap(*array);
  const double missing = share(static_cast<double>(gap.cycles), total);
  const std::string works = fmt::format("The array works {} of the time", percent_text(active));
  if (active >= missing) {
    const double filled = share(utilization(run), active);
    return fmt::format("{} with {} of its cells useful: compute bounds this run.", works,
                       percent_text(filled));
  }
  return fmt::format("{}; {}.", works, gap_clause(gap, missing, run.statistics));
}

}  // namespace nnp::cli

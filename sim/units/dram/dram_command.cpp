// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_command.h"

namespace nnp::sim {

const char* to_string(DramOp op) {
  constexpr const char* names[] = {"ACT", "PRE", "PREA", "RD", "WR", "REF", "REFpb"};
  return names[static_cast<std::size_t>(op)];
}

const char* to_string(BusWait wait) {
  constexpr const char* names[] = {"refresh",     "tCCD_L",      "tFAW",        "turnaround",
                                   "rank_switch", "row_cycling", "command_bus", "no_requests"};
  return names[static_cast<std::size_t>(wait)];
}

namespace {

template <typename F>
void for_each_field(DramStatistics& a, const DramStatistics& b, F&& f) {
  for (const auto field :
       {&DramStatistics::read_bursts, &DramStatistics::write_bursts, &DramStatistics::read_bytes,
        &DramStatistics::write_bytes, &DramStatistics::row_hits, &DramStatistics::row_misses,
        &DramStatistics::row_conflicts, &DramStatistics::act, &DramStatistics::pre, &DramStatistics::rd,
        &DramStatistics::wr, &DramStatistics::ref, &DramStatistics::data_cycles,
        &DramStatistics::pending_cycles})
    f(a.*field, b.*field);
  for (std::size_t i = 0; i < kBusWaits; ++i) f(a.bus_waits[i], b.bus_waits[i]);
}
static_assert(sizeof(DramStatistics) == (14 + kBusWaits) * sizeof(std::uint64_t),
              "a field more, and none above");

}  // namespace

DramStatistics& DramStatistics::operator+=(const DramStatistics& other) {
  for_each_field(*this, other, [](std::uint64_t& a, std::uint64_t b) { a += b; });
  return *this;
}

DramStatistics& DramStatistics::operator-=(const DramStatistics& other) {
  for_each_field(*this, other, [](std::uint64_t& a, std::uint64_t b) { a -= b; });
  return *this;
}

}  // namespace nnp::sim

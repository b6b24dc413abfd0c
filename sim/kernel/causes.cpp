// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/causes.h"

#include <array>

namespace nnp::sim {
namespace {

struct CauseInfo {
  const char* name;
  const char* definition;
};
constexpr std::array<CauseInfo, static_cast<std::size_t>(Cause::count)> kCauses{{
    {"none", "no wait"},
    {"weight_stall", "the array has no weight tile: it has not come from memory; more memory bandwidth or more reuse of each tile helps"},
    {"weight_shift", "the next weight tile is shifting into the array and nothing streams meanwhile; longer streams hide it"},
    {"raw", "data that this instruction reads is still being made by another unit; a shorter dependence or more work between helps"},
    {"war", "the place this instruction writes is still being read or drained; more buffers help"},
    {"bank_conflict", "other streams hold the buffer's banks in this phase; more banks help"},
    {"memory", "device memory has not delivered or taken the data; bandwidth, a longer window or better locality helps"},
    {"pcie", "the host link has not delivered or taken the data"},
    {"fifo_full", "the weight FIFO is full: weights come faster than the array uses them"},
    {"queue_full", "the target queue is full: the unit behind it is the one that is busy"},
    {"fetch", "the next instruction has not arrived from memory or host"},
    {"sync", "a SYNC lets all queues run dry"},
    {"issue", "the instruction has all it needs and is being set up; fewer, larger instructions help"},
    {"pipeline", "the last results are still inside this unit's own pipeline"},
}};

}  // namespace

const char* to_string(State state) {
  constexpr const char* names[] = {"idle", "busy", "wait"};
  return names[static_cast<std::size_t>(state)];
}
const char* to_string(Cause cause) { return kCauses[static_cast<std::size_t>(cause)].name; }
const char* definition(Cause cause) { return kCauses[static_cast<std::size_t>(cause)].definition; }

}  // namespace nnp::sim

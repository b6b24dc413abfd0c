// SPDX-License-Identifier: Apache-2.0
#include "sim/kernel/causes.h"

#include <array>

namespace nnp::sim {
namespace {

constexpr std::array<CauseText, static_cast<std::size_t>(Cause::count)> kCauses{{
    {"none", "No wait.", "0", "Nothing."},
    {"weight_stall", "The array has no weight tile: it has not come from memory yet.",
     "tile bytes / memory bandwidth - max(rows streamed per tile, shift time), for each tile",
     "More rows per tile (a larger batch), more memory bandwidth, or weights that stay on the chip."},
    {"weight_shift",
     "The next weight tile (input stationary: the next activations) is shifting into the array, and nothing "
     "streams meanwhile.",
     "array rows / rows shifted per cycle - rows streamed by the tile before, where that is positive",
     "Longer streams (more rows per tile) hide the shift; more rows shifted per cycle shorten it."},
    {"raw", "Read after write: data that this instruction reads is still being made by another unit.",
     "retirement of the producer + 1 - the cycle in which this instruction was ready otherwise",
     "Independent work between producer and consumer, a smaller tile as the unit of hand-over, or a faster "
     "producer."},
    {"war", "Write after read: the place this instruction writes is still being read by another unit.",
     "retirement of the reader + 1 - the cycle in which this instruction was ready otherwise",
     "A further buffer (double buffering), or a faster reader."},
    {"bank_conflict", "Other streams hold the buffer's banks in the phase that this stream needs.",
     "first cycle with a free phase - the cycle in which the stream was ready; 0 while there are fewer "
     "streams "
     "than banks and their phases differ",
     "More banks, wider words, or operands that start in different banks."},
    {"memory", "Device memory has not delivered or taken the data.",
     "answer of the request - (sent + 1): queueing, row activation, bursts, refresh, and the way there and "
     "back",
     "More bandwidth or channels, a longer window of requests in flight, or accesses that stay in open "
     "rows."},
    {"pcie", "The host link has not delivered or taken the data.",
     "bytes / link bandwidth + packet overhead + round trip",
     "More lanes or a newer generation, larger payloads, more reads in flight, or less traffic with the "
     "host."},
    {"fifo_full", "The weight FIFO is full: weights come faster than the array uses them.",
     "end of the shift that frees a place + 1 - the cycle in which the next tile was ready to be fetched",
     "Nothing is lost here: the array is the slower side. A deeper FIFO only smooths bursts."},
    {"queue_full", "The queue of the unit that the instruction is for is full.",
     "decoding of the oldest instruction in the queue + 1 - the cycle in which this one was ready",
     "Look at the unit behind the queue: it is the busy one. A deeper queue lets other units run ahead."},
    {"fetch", "The next instruction has not arrived from memory or host.",
     "answer of the fetch - the cycle in which the instruction before it was dispatched",
     "A larger fetch buffer, larger fetches, or fewer and larger instructions."},
    {"sync", "A SYNC lets all queues run dry before anything behind it starts.",
     "last retirement + 1 - the cycle in which the SYNC was ready",
     "Tokens between the instructions that need an order, instead of a barrier."},
    {"issue", "An instruction is at hand and is being set up, or configures its queue.",
     "1 cycle for a request to the buffer, 1 for each CFG, WAIT or SIGNAL", "Fewer, larger instructions."},
    {"pipeline", "The last results are still inside this unit's own pipeline.",
     "the unit's latency, e.g. rows + cols - 1 for the array",
     "More work behind it: a unit that has the next instruction does not wait for its pipeline."},
    {"refresh",
     "The memory channel moves nothing because the rank or bank of the next burst is refreshed, or was "
     "closed for it.",
     "end of the refresh - the cycle in which it was due, as far as the data bus stood still; "
     "about tRFC + tRP each tREFI",
     "Refresh by sets of banks (memory.refresh = \"per_bank\") where other banks have work, more ranks, or "
     "devices of less capacity."},
}};

}  // namespace

const char* to_string(State state) {
  constexpr const char* names[] = {"idle", "busy", "wait"};
  return names[static_cast<std::size_t>(state)];
}
const char* to_string(Cause cause) { return text(cause).name; }
const CauseText& text(Cause cause) { return kCauses[static_cast<std::size_t>(cause)]; }
const char* definition(Cause cause) { return text(cause).definition; }

}  // namespace nnp::sim

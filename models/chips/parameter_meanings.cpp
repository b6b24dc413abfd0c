// SPDX-License-Identifier: Apache-2.0
#include "models/chips/parameter_meanings.h"

#include <algorithm>

namespace nnp::models {
namespace {

struct Row {
  std::string_view path, meaning;
};

constexpr Row kRows[] = {
    {"chip.name", "What results call the chip."},
    {"chip.description", "A sentence for `nnpsim chips`."},
    {"core.frequency", "Clock of everything but memory and host link; cycles are counted in it."},
    {"core.precisions", "What the array can multiply; without int8, networks run in reals."},
    {"core.array.kind",
     "Which operand stays in the multipliers: the weights (also with adder trees below them), the sums, or "
     "the "
     "activations."},
    {"core.array.rows", "Rows of multipliers: the sums' depth K; output stationary: rows of activations."},
    {"core.array.cols", "Columns of multipliers: outputs N; input stationary: rows of activations."},
    {"core.array.most_rows",
     "Rows of activations that one instruction streams at most; 0: what its field can say."},
    {"core.array.weight_fetch",
     "Partial weight tiles lie in memory as whole tiles, or as the bytes that they have."},
    {"core.array.weight_align", "A layer's weights end at a multiple of this, and are fetched to there."},
    {"core.array.shift_rows_per_cycle",
     "Rows of the stationary operand that move in within a cycle, or of sums that move out."},
    {"core.array.overlap", "The next pass loads while this one streams (shadow registers)."},
    {"core.array.tree_registers", "Adder tree: cycles from an input to its sum."},
    {"core.array.drain_phase",
     "Output stationary: sums move out row by row; false: they leave without taking time."},
    {"core.array.ideal_fill", "For experiments: nothing but streams takes time in the array."},
    {"core.array.model",
     "Who computes the values: bulk kernels, every register in SystemC, or the plugged-in array; the cycles "
     "are "
     "the same."},
    {"core.accumulators.rows", "Rows of sums, each of `core.array.cols`, that wait for the drain."},
    {"core.weight_fifo.tiles", "Weight tiles that fit between memory and array."},
    {"core.buffer.size", "The on-chip buffer of activations."},
    {"core.buffer.word", "Bytes of one access of one bank."},
    {"core.buffer.channel_align",
     "A pixel's channels are padded to a multiple of this, in buffer and memory."},
    {"core.buffer.residency",
     "How long a value stays in the buffer: while the network needs it, or during one layer, with device "
     "memory "
     "between layers."},
    {"core.buffer.banks", "Banks with one port each; neighbouring words lie in neighbouring banks."},
    {"core.buffer.read_latency_cycles", "From the access to the word at its reader."},
    {"core.buffer.conflicts", "false: every access finds a port."},
    {"core.drain.lanes", "Sums scaled in a cycle; 0: a row of the accumulators."},
    {"core.drain.latency_cycles", "From the last row in to the last row written."},
    {"core.vector.lanes", "Elements in a cycle: pooling, additions, functions."},
    {"core.vector.latency_cycles", "From the last element in to the last one written."},
    {"core.dma.request", "Bytes of one request of the load, weight and store engines."},
    {"core.dma.window", "Bytes that one engine may have in flight."},
    {"front_end.fetch", "Instructions come from device memory, or from the host's over the link."},
    {"front_end.dispatch_cycles", "Core cycles an instruction takes in the command processor."},
    {"front_end.queue_depth", "Instructions in each unit's queue."},
    {"front_end.fetch_bytes", "Bytes of one fetch of instructions."},
    {"front_end.fetch_buffer_bytes", "Bytes of instructions that may lie ready or be on their way."},
    {"memory.preset", "The memory's standard and speed, with all its timing (models/dram), or an ideal one."},
    {"memory.channels", "Independent channels, each with a controller."},
    {"memory.capacity", "Of all channels together."},
    {"memory.address_map",
     "Which address bits choose what in a channel, highest first; it decides locality."},
    {"memory.interleave", "Consecutive bytes on one channel."},
    {"memory.ranks", "Sets of devices on a channel."},
    {"memory.page_policy", "Rows stay open, or are closed as soon as no waiting request wants them."},
    {"memory.refresh", "All banks at once, bank by bank, or none (for experiments)."},
    {"memory.queue_depth", "Bursts that wait in a channel's read queue, and in its write queue."},
    {"memory.row_hit_cap",
     "Bursts that an open row may serve while an older one waits for another row of its bank."},
    {"memory.crossbar_latency_cycles", "Core cycles between core and controller, each way."},
    {"memory.ideal_bandwidth", "Of the preset `ideal`."},
    {"memory.ideal_latency", "Of the preset `ideal`."},
    {"pcie.shared_memory", "Host and chip share device memory: inputs and outputs there need not be moved."},
    {"pcie.generation", "Of PCI Express: the rate of a lane."},
    {"pcie.lanes", "Lanes of the link."},
    {"pcie.address_bits", "Of host addresses: request headers of 12 bytes with 32, of 16 with 64."},
    {"pcie.max_payload", "Bytes of data in a packet."},
    {"pcie.max_read_request", "Bytes that one read asks for."},
    {"pcie.read_completion_boundary", "Completions of a read are cut at multiples of this."},
    {"pcie.outstanding_reads", "Reads of the chip that may be on their way."},
    {"pcie.latency", "One way, the host's memory included."},
    {"pcie.posted_header_credits", "Flow control, advertised by the host: writes on their way; 0: no limit."},
    {"pcie.posted_data_credits", "Flow control: 16 bytes of writes each; 0: no limit."},
    {"pcie.nonposted_header_credits", "Flow control: reads on their way; 0: no limit."},
    {"pcie.completion_header_credits",
     "Flow control, advertised by the chip: completions on their way; 0: no limit."},
    {"pcie.completion_data_credits", "Flow control: 16 bytes of completions each; 0: no limit."},
};

}  // namespace

std::string_view meaning_of(std::string_view path) {
  const auto* const found = std::ranges::find(kRows, path, &Row::path);
  return found == std::end(kRows) ? std::string_view{} : found->meaning;
}

}  // namespace nnp::models

// SPDX-License-Identifier: Apache-2.0
// The rows of the instruction table, in the order of Opcode.
#include "isa/instruction/instruction_table.h"

#include <fmt/format.h>

#include <stdexcept>

namespace nnp::isa {
namespace {

constexpr const char* kQueueNames[kQueues] = {"ctrl",   "hdma",  "load",   "weight",
                                              "matrix", "drain", "vector", "store"};
constexpr std::uint8_t kAnyQueue = 0xFF;
constexpr std::uint32_t kTagBits = 24;

constexpr std::uint8_t on(Queue queue) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(queue));
}

std::vector<OpcodeInfo> rows() {
  using namespace field;
  const FlagInfo set1{kFlagDescriptorSet, "set1"};
  const FlagInfo accumulate{kFlagAccumulate, "accumulate"};
  const FlagInfo a16{kFlagA16, "a16"};
  const FlagInfo a_signed{kFlagASigned, "a_signed"};
  const FlagInfo block{kFlagBlock, "block"};
  const FlagInfo real{kFlagReal, "real"};
  const FlagInfo to_buffer{kFlagToBuffer, "to_buffer"};
  const std::vector<const Field*> host_copy = {&host, &device, &host_bytes, &host_run, &host_stride};
  const std::vector<const Field*> runs = {&dram, &buffer, &run_bytes, &run_y, &run_z};
  const std::vector<const Field*> binary = {&vx_dst, &vx_src0, &vx_src1, &vx_x, &vx_y};
  return {
      {Opcode::sync,
       "sync",
       on(Queue::ctrl),
       {},
       {},
       "Barrier: retires when every instruction before it has retired; none after it starts earlier."},
      {Opcode::mark, "mark", on(Queue::ctrl), {}, {}, "Leaves a mark with its layer and tag in the trace."},
      {Opcode::irq, "irq", on(Queue::ctrl), {}, {}, "Raises the host's interrupt."},
      {Opcode::halt,
       "halt",
       on(Queue::ctrl),
       {},
       {},
       "Ends the launch when every instruction before it has retired; the last instruction of a launch."},
      {Opcode::h2d,
       "h2d",
       on(Queue::hdma),
       host_copy,
       {to_buffer},
       "Copies packed bytes from host memory to device memory or the buffer, run by run; zeros fill up each "
       "stride.",
       2},
      {Opcode::d2h,
       "d2h",
       on(Queue::hdma),
       host_copy,
       {to_buffer},
       "Copies runs from device memory or the buffer to host memory, where they lie packed.",
       2},
      {Opcode::load,
       "load",
       on(Queue::load),
       runs,
       {set1},
       "Copies z planes of y runs of x bytes from device memory to the buffer."},
      {Opcode::wload,
       "wload",
       on(Queue::weight),
       {&w_dram, &w_k, &w_n},
       {{kFlagW16, "w16"},
        {kFlagW32, "w32"},
        {kFlagRows, "rows"},
        {kFlagTransposed, "transposed"},
        block,
        set1},
       "Fetches the weight tiles of one strip, array_rows x array_cols each, into the weight FIFO, in order "
       "of k, then n; with block, all bytes to the next multiple of the chip's weight alignment."},
      {Opcode::matmul,
       "matmul",
       on(Queue::matrix),
       {&mx_a, &mx_acc, &mx_m, &mx_k, &mx_n},
       {accumulate, a16, a_signed, real, set1},
       "acc[i][0..n) (+)= sum over j < k of A[i][j] W[j][0..n); W is the next strip of the weight FIFO."},
      {Opcode::conv,
       "conv",
       on(Queue::matrix),
       {&mx_a, &mx_acc, &mx_m, &mx_k, &mx_n, &mx_k_start, &mx_m0},
       {accumulate, a16, a_signed, real, {kFlagGroups, "groups"}, {kFlagImages, "images"}, set1},
       "As matmul, with A[i][j] the input of output position m0 + i and flat kernel index k_start + j over "
       "[r][s][c]; with images, positions go on from an image to the next."},
      {Opcode::drain,
       "drain",
       on(Queue::drain),
       {&dr_dst, &dr_params, &dr_acc, &dr_m, &dr_n},
       {{kFlagRealSums, "real_sums"}, set1},
       "out[i][j] = clamp(rint((acc[i][j] + bias[j]) * scale[j]) + zero_point), from accumulators to the "
       "buffer."},
      {Opcode::add,
       "add",
       on(Queue::vector),
       binary,
       {set1},
       "y rows of x elements: the sum of two scaled sources, rounded once."},
      {Opcode::mul,
       "mul",
       on(Queue::vector),
       binary,
       {set1},
       "y rows of x elements: the scaled product of two sources."},
      {Opcode::lut,
       "lut",
       on(Queue::vector),
       binary,
       {set1},
       "y rows of x elements looked up: 8-bit sources in 256 entries of the result's type, 16-bit ones "
       "between 513 s16."},
      {Opcode::pool,
       "pool",
       on(Queue::vector),
       binary,
       {set1},
       "y output positions of x channels from position src1 on: maximum or average over the taps inside the "
       "image."},
      {Opcode::move,
       "move",
       on(Queue::vector),
       {&vx_dst, &vx_src0, &vx_x, &vx_y, &vx_z},
       {set1},
       "Copies z planes of y runs of x bytes within the buffer."},
      {Opcode::reduce,
       "reduce",
       on(Queue::vector),
       {&vx_dst, &vx_src0, &vx_x, &vx_y},
       {{kFlagColumns, "columns"}, set1},
       "y rows of x elements, each reduced to one result by maximum, sum, ...; with columns, each column."},
      {Opcode::store,
       "store",
       on(Queue::store),
       runs,
       {set1},
       "Copies z planes of y runs of x bytes from the buffer to device memory."},
      {Opcode::cfg,
       "cfg",
       kAnyQueue,
       {&cfg_v0, &cfg_v1, &cfg_v2, &cfg_v3, &cfg_index},
       {set1},
       "Writes four words of a descriptor set of its queue, for the instructions behind it."},
      {Opcode::wait,
       "wait",
       kAnyQueue,
       {},
       {},
       "Only waits: for an instruction that needs more than one counter."},
      {Opcode::signal,
       "signal",
       kAnyQueue,
       {},
       {},
       "Only signals: for an instruction that feeds more than one counter."},
      {Opcode::apply,
       "apply",
       on(Queue::vector),
       {&vx_dst, &vx_src0, &vx_x, &vx_y},
       {set1},
       "y rows of x elements: a function of one real number; identity converts between element types."},
      {Opcode::combine,
       "combine",
       on(Queue::vector),
       binary,
       {{kFlagScalar0, "scalar0"}, {kFlagScalar1, "scalar1"}, set1},
       "y rows of x elements: a function of two real numbers; a scalar source has one element a row."},
  };
}

/// The operand bits that the opcode gives a meaning, as words.
std::array<std::uint32_t, 5> used_bits(const OpcodeInfo& row) {
  Instruction mask;
  for (const Field* field : row.fields) mask.set(*field, -1);
  return mask.operand;
}

std::optional<std::string> token_fault(const char* name, TokenOp token) {
  if (token.used() && token.counter >= kTokenCounters) {
    return fmt::format("{} counter {} does not exist: counters are 0 to {}, or {} for none", name,
                       token.counter, kTokenCounters - 1, kNoToken);
  }
  if (!token.used() && token.amount != 0)
    return fmt::format("{} amount {} without a counter", name, token.amount);
  return std::nullopt;
}

std::optional<std::string> runs_fault(const Instruction& instruction) {
  const std::uint64_t run = instruction.get(field::host_run), stride = instruction.get(field::host_stride);
  if (run == 0 && stride != 0) return fmt::format("stride {} without runs", stride);
  if (stride < run) return fmt::format("runs of {} bytes do not fit a stride of {}", run, stride);
  return std::nullopt;
}

/// Every opcode may wait, so every one may say that it waits for a place to reuse.
std::vector<OpcodeInfo> make_table() {
  std::vector<OpcodeInfo> table = rows();
  for (OpcodeInfo& row : table) row.flags.push_back({kFlagWaitReuse, "reuse"});
  return table;
}

}  // namespace

std::span<const OpcodeInfo> instruction_table() {
  static const std::vector<OpcodeInfo> table = make_table();
  return table;
}

const OpcodeInfo& info(Opcode opcode) {
  const auto index = static_cast<std::size_t>(opcode);
  if (index >= kOpcodes) {
    throw std::invalid_argument(
        fmt::format("opcode {} does not exist: opcodes are 0 to {}", index, kOpcodes - 1));
  }
  return instruction_table()[index];
}

const char* to_string(Queue queue) {
  const auto index = static_cast<std::size_t>(queue);
  return index < kQueues ? kQueueNames[index] : "unknown";
}

std::optional<Opcode> opcode_by_mnemonic(std::string_view mnemonic) {
  for (const OpcodeInfo& row : instruction_table()) {
    if (mnemonic == row.mnemonic) return row.opcode;
  }
  return std::nullopt;
}

std::optional<Queue> queue_by_name(std::string_view name) {
  for (std::uint8_t i = 0; i < kQueues; ++i) {
    if (name == kQueueNames[i]) return static_cast<Queue>(i);
  }
  return std::nullopt;
}

std::optional<std::string> fault_of(const Instruction& instruction) {
  static const std::vector<std::array<std::uint32_t, 5>> used = [] {
    std::vector<std::array<std::uint32_t, 5>> masks;
    for (const OpcodeInfo& row : instruction_table()) masks.push_back(used_bits(row));
    return masks;
  }();
  const auto opcode = static_cast<std::size_t>(instruction.opcode);
  const auto queue = static_cast<std::size_t>(instruction.queue);
  if (opcode >= kOpcodes)
    return fmt::format("opcode {} does not exist: opcodes are 0 to {}", opcode, kOpcodes - 1);
  if (queue >= kQueues) return fmt::format("queue {} does not exist: queues are 0 to {}", queue, kQueues - 1);
  const OpcodeInfo& row = instruction_table()[opcode];
  if ((row.queues & on(instruction.queue)) == 0) {
    return fmt::format("queue {} cannot execute {}", to_string(instruction.queue), row.mnemonic);
  }
  unsigned flags = 0;
  for (const FlagInfo& flag : row.flags) flags |= flag.bit;
  if ((instruction.flags & ~flags) != 0) {
    return fmt::format("{} has no flag {:#04x}", row.mnemonic, instruction.flags & ~flags);
  }
  if (instruction.tag >> kTagBits != 0)
    return fmt::format("tag {} does not fit {} bits", instruction.tag, kTagBits);
  if (auto fault = token_fault("wait", instruction.wait)) return fault;
  if (auto fault = token_fault("signal", instruction.signal)) return fault;
  for (std::size_t word = 0; word < instruction.operand.size(); ++word) {
    if ((instruction.operand[word] & ~used[opcode][word]) != 0) {
      return fmt::format("{} has bits set in operand word {} that no field of it covers", row.mnemonic, word);
    }
  }
  if (instruction.opcode == Opcode::cfg) {
    const std::uint64_t index = instruction.get(field::cfg_index);
    if (index % 4 != 0 || index >= kDescriptorWords) {
      return fmt::format("cfg index {} is not a multiple of 4 below {}", index, kDescriptorWords);
    }
  }
  if (instruction.opcode == Opcode::h2d || instruction.opcode == Opcode::d2h) return runs_fault(instruction);
  return std::nullopt;
}

}  // namespace nnp::isa

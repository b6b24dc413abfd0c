// SPDX-License-Identifier: Apache-2.0
#include "models/chips/chip_checks.h"

#include "fmt/format.h"
#include "models/chips/quantity.h"

namespace nnp::models {
namespace {

constexpr Bytes kInstructionBytes = 32;  // isa/instruction: every instruction has this size
constexpr Bytes kMostOnChipBytes = Bytes{256}
                                   << 20;  // weight FIFO, accumulators: the simulation holds them in full

std::string bytes(Bytes size) { return format_quantity(static_cast<double>(size), Quantity::size); }

std::string multiple(std::string_view what, Bytes size, Bytes of, std::string_view explanation) {
  if (of != 0 && size % of == 0) return {};
  return fmt::format("{} is {}, not a multiple of {} ({})", what, bytes(size), bytes(of), explanation);
}

// A receiver must be able to hold one packet of the largest size.
std::string credits(std::string_view what, std::uint32_t advertised, Bytes largest, std::string_view of) {
  const Bytes least = (largest + 15) / 16;  // a data credit is 16 bytes
  if (advertised == 0 || advertised >= least) return {};
  return fmt::format("{} is {}; at least {}, or 0 for no limit ({} is {}, a data credit 16 B)", what,
                     advertised, least, of, bytes(largest));
}

std::string at_most(std::string_view what, Bytes size, Bytes limit, std::string_view explanation) {
  if (size <= limit) return {};
  return fmt::format("{} is {}; at most {} ({})", what, bytes(size), bytes(limit), explanation);
}

}  // namespace

const std::vector<CrossCheck>& cross_checks() {
  static const std::vector<CrossCheck> checks = {
      {{"core.buffer.size", "core.buffer.banks", "core.buffer.word"},
       [](const ChipSpec& chip) {
         return multiple("core.buffer.size", chip.arch.unified_buffer_bytes,
                         Bytes{chip.buffer.banks} * chip.arch.buffer_word_bytes,
                         "banks x word: all banks are equal");
       }},
      {{"core.buffer.channel_align", "core.buffer.word"},
       [](const ChipSpec& chip) -> std::string {
         if (chip.arch.buffer_word_bytes % chip.arch.channel_align_bytes == 0) return {};
         return fmt::format(
             "core.buffer.channel_align is {}, which does not divide core.buffer.word = {}: a pixel would "
             "straddle words",
             bytes(chip.arch.channel_align_bytes), bytes(chip.arch.buffer_word_bytes));
       }},
      {{"core.array.shift_rows_per_cycle", "core.array.rows"},
       [](const ChipSpec& chip) -> std::string {
         if (chip.array.shift_rows_per_cycle <= chip.arch.array_rows) return {};
         return fmt::format("core.array.shift_rows_per_cycle is {}, more than core.array.rows = {}",
                            chip.array.shift_rows_per_cycle, chip.arch.array_rows);
       }},
      {{"core.array.kind", "core.precisions"},
       [](const ChipSpec& chip) -> std::string {
         if (chip.arch.array_kind != isa::ArrayKind::adder_tree) return {};
         for (const isa::Precision precision : chip.arch.precisions)
           if (precision == isa::Precision::bf16 || precision == isa::Precision::fp32)
             return fmt::format(
                 "core.array.kind is \"adder_tree\", which adds in another order than real sums are defined "
                 "in "
                 "(ascending k); core.precisions has {}: only int8 and int8x16 run on it",
                 isa::to_string(precision));
         return {};
       }},
      {{"core.array.model", "core.array.ideal_fill"},
       [](const ChipSpec& chip) -> std::string {
         if (!chip.array.ideal_fill || chip.array.model == ArrayModel::closed_form) return {};
         return "core.array.ideal_fill = true needs core.array.model = \"closed_form\": an array of "
                "registers "
                "takes the time to fill";
       }},
      {{"core.weight_fifo.tiles", "core.array.rows", "core.array.cols"},
       [](const ChipSpec& chip) {
         return at_most("the weight FIFO",
                        Bytes{chip.arch.weight_fifo_tiles} * chip.arch.array_rows * chip.arch.array_cols,
                        kMostOnChipBytes, "core.weight_fifo.tiles x core.array.rows x core.array.cols");
       }},
      {{"core.accumulators.rows", "core.array.cols"},
       [](const ChipSpec& chip) {
         return at_most("the accumulator memory",
                        Bytes{chip.arch.accumulator_rows} * chip.arch.array_cols * 4, kMostOnChipBytes,
                        "core.accumulators.rows x core.array.cols x 4 B");
       }},
      {{"core.dma.request", "core.dma.window"},
       [](const ChipSpec& chip) {
         return at_most("core.dma.request", chip.dma.request_bytes, chip.dma.window_bytes,
                        "core.dma.window, what may be in flight");
       }},
      {{"front_end.fetch_bytes"},
       [](const ChipSpec& chip) {
         return multiple("front_end.fetch_bytes", chip.front_end.fetch_bytes, kInstructionBytes,
                         "one instruction");
       }},
      {{"front_end.fetch_bytes", "front_end.fetch_buffer_bytes"},
       [](const ChipSpec& chip) {
         return at_most("front_end.fetch_bytes", chip.front_end.fetch_bytes,
                        chip.front_end.fetch_buffer_bytes,
                        "front_end.fetch_buffer_bytes, where a fetch must fit");
       }},
      {{"memory.capacity", "memory.channels", "memory.interleave"},
       [](const ChipSpec& chip) {
         return multiple("memory.capacity", chip.memory.capacity,
                         chip.memory.channels * chip.memory.interleave_bytes,
                         "channels x interleave: all channels are equal");
       }},
      {{"memory.preset", "memory.ideal_bandwidth", "memory.ideal_latency"},
       [](const ChipSpec& chip) -> std::string {
         if (chip.memory.preset != "ideal") return {};
         if (chip.memory.ideal_bandwidth_bytes_per_s > 0 && chip.memory.ideal_latency_s > 0) return {};
         return "memory.preset \"ideal\" needs memory.ideal_bandwidth and memory.ideal_latency";
       }},
      {{"memory.preset"},
       [](const ChipSpec& chip) -> std::string {
         if (chip.memory.preset != "ideal" || chip.memory.timing.empty()) return {};
         return "memory.preset \"ideal\" has no timing symbols, but [memory.timing] sets " +
                chip.memory.timing.begin()->first;
       }},
      {{"pcie.posted_data_credits", "pcie.max_payload"},
       [](const ChipSpec& chip) {
         return credits("pcie.posted_data_credits", chip.pcie.posted_data_credits,
                        chip.pcie.max_payload_bytes, "pcie.max_payload");
       }},
      {{"pcie.completion_data_credits", "pcie.max_payload", "pcie.max_read_request"},
       [](const ChipSpec& chip) {
         const bool payload = chip.pcie.max_payload_bytes <= chip.pcie.max_read_request_bytes;
         return credits("pcie.completion_data_credits", chip.pcie.completion_data_credits,
                        payload ? chip.pcie.max_payload_bytes : chip.pcie.max_read_request_bytes,
                        payload ? "pcie.max_payload" : "pcie.max_read_request");
       }},
  };
  return checks;
}

}  // namespace nnp::models

// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/chip_rates.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "isa/instruction/instruction.h"
#include "models/dram/address_map.h"
#include "models/dram/dram_config.h"

namespace nnp::compiler {
namespace {

double core_hz(const models::ChipSpec& chip) { return static_cast<double>(chip.core_frequency_khz) * 1e3; }

/// One message or packet takes its bytes' time on the lanes and the way (sim/units/pcie/pcie_wire.h: rates,
/// line coding, headers).
struct Link {
  explicit Link(const models::ChipSpec& chip) {
    constexpr std::array<double, 6> kGigatransfers{2.5, 5, 8, 16, 32, 64};
    const models::PcieSpec& pcie = chip.pcie;
    const double coding = pcie.generation <= 2 ? 0.8 : pcie.generation <= 5 ? 128.0 / 130 : 236.0 / 256;
    const double bytes_per_s = kGigatransfers[pcie.generation - 1] * 1e9 * coding * pcie.lanes / 8;
    cycles_per_byte = core_hz(chip) / bytes_per_s;
    latency = pcie.latency_s * core_hz(chip);
    header = (pcie.address_bits == 64 ? 16 : 12) + framing(pcie);
    completion_header = 12 + framing(pcie);
    completion = pcie.max_payload_bytes;
  }
  static double framing(const models::PcieSpec& pcie) { return pcie.generation <= 5 ? 8 : 0; }
  double message() const { return (header + 4) * cycles_per_byte + latency; }
  double bytes(double data) const {
    return (data + std::ceil(data / completion) * completion_header) * cycles_per_byte;
  }
  double cycles_per_byte, latency, header, completion_header, completion;
};

/// Clocks between the columns of a long stream. Those of one bank group are tCCD_L apart, of two tCCD_S; the
/// scheduler takes them from two groups by turns while both are among what is under way. That is so for W
/// bytes before and behind each border, of G bytes a group.
double column_spacing(const dram::DramConfig& config, const models::ChipSpec& chip) {
  const std::uint32_t burst = config.organization.burst_clocks();
  if (!config.timing.has("tCCD_L")) return std::max(config.timing.at("tCCD"), burst);
  const dram::AddressMap map(config.address_map, config.organization);
  const auto group = [&](std::uint64_t of) { return map.locate(of).bank / config.organization.banks; };
  std::uint64_t run = 1;
  while (run < config.organization.columns && group(run) == group(0)) ++run;
  const double under_way = std::min(
      static_cast<double>(std::max(chip.dma.window_bytes, chip.dma.request_bytes)) / chip.memory.channels,
      static_cast<double>(config.access_bytes() * chip.memory.queue_depth));
  const double mixed = std::min(1.0, 2 * under_way / static_cast<double>(run * config.access_bytes()));
  return mixed * std::max(config.timing.at("tCCD_S"), burst) +
         (1 - mixed) * std::max(config.timing.at("tCCD_L"), burst);
}

/// sim/units/dram; the laws of docs/validation/dram.md, "Idle latency" and "Sustained bandwidth".
void add_memory(ChipRates& rates, const models::ChipSpec& chip) {
  const models::MemorySpec& memory = chip.memory;
  dram::DramConfig config = dram::make_dram_config(memory.preset, memory.timing);
  config.address_map = memory.address_map;
  const double way = 2.0 * memory.crossbar_latency_cycles;
  rates.channels = memory.channels;
  rates.block_bytes = static_cast<double>(memory.channels > 1 ? memory.interleave_bytes : 1024);
  rates.access_bytes = config.standard == dram::DramStandard::ideal ? 1 : config.access_bytes();
  if (config.standard == dram::DramStandard::ideal) {
    rates.peak = rates.bytes_per_cycle =
        memory.ideal_bandwidth_bytes_per_s > 0 ? memory.ideal_bandwidth_bytes_per_s / core_hz(chip) : 1e9;
    // A bridge shows a message at the first edge behind its time, both ways.
    rates.in_order = true;
    rates.read_latency = way + 2 + memory.ideal_latency_s * core_hz(chip);
    rates.write_latency = way + 2;
    return;
  }
  const auto clocks = [&](const char* name) { return static_cast<double>(config.timing.at(name)); };
  const double row_to_column = clocks(config.timing.has("tRCD") ? "tRCD" : "tRCDRD");
  const double clock = core_hz(chip) / (static_cast<double>(config.frequency_khz) * 1e3);
  const double burst = config.organization.burst_clocks();
  rates.peak = rates.bytes_per_cycle =
      config.peak_bytes_per_s() * memory.channels / core_hz(chip) * burst / column_spacing(config, chip);
  if (memory.refresh != models::RefreshMode::off) {
    const double precharge = clocks(config.timing.has("tRPab") ? "tRPab" : "tRP");
    rates.refresh_every = clocks("tREFI") * clock;
    rates.refresh_stall = (clocks("tRTP") + precharge + clocks("tRFC") + row_to_column - burst) * clock;
    rates.bytes_per_cycle = rates.peak * (1 - rates.refresh_stall / rates.refresh_every);
  }
  rates.open_row = row_to_column * clock;
  rates.read_latency = way + 2 + (row_to_column + clocks("tCL")) * clock;
  rates.write_latency = way + 2;
}

/// The closed forms of docs/validation/arrays.md, "One pass".
void add_array(ChipRates& rates, const models::ChipSpec& chip) {
  if (chip.array.ideal_fill) return;
  const double rows = chip.arch.array_rows, cols = chip.arch.array_cols;
  const double moves = std::ceil(rows / std::min<double>(chip.array.shift_rows_per_cycle, rows));
  const double more = chip.buffer.read_latency_cycles - 1.0;
  switch (chip.arch.array_kind) {
    case isa::ArrayKind::weight_stationary:
      rates.load = moves, rates.depth = rows + cols - 1 + more;
      return;
    case isa::ArrayKind::input_stationary:
      rates.load = moves + more, rates.depth = rows + cols - 1;
      return;
    case isa::ArrayKind::output_stationary:
      rates.way_out = chip.array.drain_phase ? moves : 1;
      rates.depth = rows + cols - 1 + (chip.array.drain_phase ? moves - 1 : 0) + more;
      return;
    case isa::ArrayKind::adder_tree:
      rates.load = moves, rates.depth = chip.array.tree_registers + more;
      return;
  }
}

void add_front_end(ChipRates& rates, const models::ChipSpec& chip) {
  const Link link(chip);
  const models::FrontEndSpec& front = chip.front_end;
  const double bytes = static_cast<double>(front.fetch_bytes);
  rates.doorbell = link.message() + 1, rates.interrupt = link.message() + 1;
  rates.fetches_from_memory = front.fetch == models::FetchFrom::device;
  const double way = rates.fetches_from_memory ? rates.read_latency
                                               : link.header * link.cycles_per_byte + 2 * link.latency + 2;
  const double moved = rates.fetches_from_memory ? bytes / rates.bytes_per_cycle : link.bytes(bytes);
  rates.fetch = way + moved;
  // As much as the fetch buffer holds is under way in one round trip.
  const double instructions = static_cast<double>(front.fetch_buffer_bytes) / isa::kInstructionBytes;
  rates.instruction = std::max({static_cast<double>(front.dispatch_cycles), rates.fetch / instructions,
                                moved / bytes * isa::kInstructionBytes});
}

}  // namespace

ChipRates ChipRates::within(double cycles) const {
  ChipRates rates = *this;
  if (refresh_every > 0)
    rates.bytes_per_cycle = peak * (1 - std::floor(cycles / refresh_every) * refresh_stall / cycles);
  return rates;
}

ChipRates chip_rates(const models::ChipSpec& chip) {
  ChipRates rates;
  add_memory(rates, chip);
  add_array(rates, chip);
  add_front_end(rates, chip);
  return rates;
}

}  // namespace nnp::compiler

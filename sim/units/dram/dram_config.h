// SPDX-License-Identifier: Apache-2.0
// Everything a memory channel is built from. make_dram_config() starts it from a preset; the rest are plain
// members.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::sim {

enum class DramStandard : std::uint8_t { ideal, ddr3, ddr4 };

/// One rank of equal devices side by side. All counts are powers of two.
struct DramOrganization {
  std::uint32_t channel_bits = 64;
  std::uint32_t burst_length = 8;  // beats, two a clock
  std::uint32_t bank_groups = 1;
  std::uint32_t banks = 8;  // per group
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;  // of a row, each channel_bits wide
  std::uint32_t device_bits = 8;
  std::uint32_t device_megabits = 0;

  Bytes burst_bytes() const { return Bytes{channel_bits} / 8 * burst_length; }
  std::uint32_t bursts_per_row() const { return columns / burst_length; }
  std::uint32_t total_banks() const { return bank_groups * banks; }
  Bytes capacity_bytes() const { return Bytes{total_banks()} * rows * columns * channel_bits / 8; }
};

/// One timing symbol in memory clocks (tCK: in picoseconds), with the place in the standard that it comes
/// from.
struct TimingSymbol {
  std::string name;
  std::uint32_t value = 0;
  std::string source;
};
struct DramTiming {
  std::vector<TimingSymbol> symbols;
  /// Value of a symbol; throws std::invalid_argument naming the nearest one.
  std::uint32_t at(std::string_view name) const;
  bool has(std::string_view name) const;
};

struct DramConfig {
  std::string preset;
  DramStandard standard = DramStandard::ideal;
  std::uint64_t frequency_khz = 1'000'000;  // of the memory clock; data moves on both edges
  DramOrganization organization;
  DramTiming timing;
  std::string address_map = "row:bank:bankgroup:column";  // highest bits first, each field once
  std::uint32_t queue_depth = 32;                         // bursts, each of the read and the write queue
  std::uint32_t row_hit_cap =
      16;  // bursts an open row may serve while an older one waits for another row of the bank
  std::uint32_t write_high_percent = 75;   // of queue_depth: writes are drained from here ...
  std::uint32_t write_low_percent = 25;    // ... down to here, while reads wait
  double ideal_bandwidth_bytes_per_s = 0;  // preset ideal only, of this channel; 0 is unlimited
  double ideal_latency_s = 0;              // preset ideal only

  /// Capacity of the channel in bytes; an ideal memory has no limit.
  Bytes capacity_bytes() const;
  /// Peak of the data bus (or of the ideal cap; 0 when unlimited).
  double peak_bytes_per_s() const;
};

/// Names of all presets.
std::vector<std::string> dram_presets();

/// The preset with some of its symbols replaced (in memory clocks; tCK in picoseconds). Unknown preset or
/// symbol and values out of range throw std::invalid_argument with the allowed range or the nearest name.
DramConfig make_dram_config(std::string_view preset, const std::map<std::string, double>& timing = {});

/// Throws std::invalid_argument where members do not fit together; the channel's constructor calls it.
void check(const DramConfig&);

}  // namespace nnp::sim

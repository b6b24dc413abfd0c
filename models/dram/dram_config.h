// SPDX-License-Identifier: Apache-2.0
// Everything a memory channel is built from. make_dram_config() starts it from a preset; the rest are plain
// members.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::dram {

enum class DramStandard : std::uint8_t { ideal, ddr3, ddr4, ddr5, lpddr4, lpddr5, hbm2, hbm3 };
/// open: a row stays open until another row of its bank is wanted. closed: a row is precharged as soon as no
/// waiting burst wants it.
enum class PagePolicy : std::uint8_t { open, closed };
/// all_bank: a whole rank every tREFI. per_bank: one set of banks after the other, each every tREFI (REFpb of
/// LPDDR, REFSB of HBM, REFsb of DDR5). off: never, for experiments.
enum class RefreshMode : std::uint8_t { all_bank, per_bank, off };

/// Ranks of equal devices side by side; an HBM channel is one pseudo channel. All counts are powers of two.
struct DramOrganization {
  std::uint32_t channel_bits = 64;
  std::uint32_t burst_length = 8;     // beats
  std::uint32_t beats_per_clock = 2;  // of the command clock: 8 where the data clock is four times as fast
  std::uint32_t bank_groups = 1;
  std::uint32_t banks = 8;  // per group
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;  // of a row, each channel_bits wide
  std::uint32_t device_bits = 8;
  std::uint32_t device_megabits = 0;
  std::uint32_t ranks = 1;

  Bytes burst_bytes() const { return Bytes{channel_bits} / 8 * burst_length; }
  std::uint32_t burst_clocks() const { return burst_length / beats_per_clock; }
  std::uint32_t bursts_per_row() const { return columns / burst_length; }
  std::uint32_t banks_per_rank() const { return bank_groups * banks; }
  std::uint32_t total_banks() const { return ranks * banks_per_rank(); }
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
  std::uint64_t frequency_khz = 1'000'000;  // of the memory clock, which is the command clock
  DramOrganization organization;
  DramTiming timing;
  std::string address_map = "row:bank:bankgroup:column";  // see address_map.h
  std::uint32_t queue_depth = 32;                         // bursts, each of the read and the write queue
  std::uint32_t row_hit_cap =
      16;  // bursts an open row may serve while an older one waits for another row of the bank
  std::uint32_t write_high_percent = 75;  // of queue_depth: writes are drained from here ...
  std::uint32_t write_low_percent = 25;   // ... down to here, while reads wait
  PagePolicy page_policy = PagePolicy::open;
  RefreshMode refresh = RefreshMode::all_bank;
  double ideal_bandwidth_bytes_per_s = 0;  // preset ideal only, of this channel; 0 is unlimited
  double ideal_latency_s = 0;              // preset ideal only

  /// Capacity of the channel in bytes; an ideal memory has no limit.
  Bytes capacity_bytes() const;
  /// Bytes of one access: a burst; 64 for an ideal memory.
  Bytes access_bytes() const;
  /// Peak of the data bus (or of the ideal cap; 0 when unlimited).
  double peak_bytes_per_s() const;
};

/// Names of all presets.
std::vector<std::string> dram_presets();

/// The preset with some of its symbols replaced (in memory clocks; tCK in picoseconds). Other names that data
/// sheets use for a symbol (CL, RL, CWL, WL, tRCD where reads and writes have one each) are understood.
/// Unknown preset or symbol and values out of range throw std::invalid_argument with the allowed range or the
/// nearest name.
DramConfig make_dram_config(std::string_view preset, const std::map<std::string, double>& timing = {});

/// Whether make_dram_config() would know the name.
bool is_timing_symbol(const DramConfig&, const std::string& name);

/// Throws std::invalid_argument where members do not fit together; the channel's constructor calls it.
void check(const DramConfig&);

}  // namespace nnp::dram

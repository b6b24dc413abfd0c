// SPDX-License-Identifier: Apache-2.0
// The two texts of a trace file: what is known before the run (chip, units, causes, layers) and after it
// (cycles, accounts). JSON, so that a viewer reads them as they are.
#pragma once

#include <array>
#include <map>
#include <string>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::traces {

struct TraceUnit {
  std::string name;
  std::string kind;         // "command_processor", "dma", "array", "drain", "vector", "memory"
  std::string description;  // one sentence
  bool memory_clock = false;
  std::array<int, 4> box{};  // x, y, width, height on a floorplan of 100 x 60
};
struct TraceLayer {
  std::string name, op;
  bool on_host = false;
  std::uint64_t macs = 0;
  std::vector<std::string> onnx_nodes;
};
struct TraceLaunch {
  std::uint32_t first_instruction = 0, instructions = 0;
};

struct TraceInfo {
  std::string tool;  // name and version
  std::string network, chip, chip_description, chip_toml, precision, level;
  std::string chip_hash;  // of every parameter, hexadecimal
  std::uint32_t batch = 1;
  std::uint64_t seed = 1;
  std::uint64_t core_frequency_khz = 0, memory_frequency_khz = 0;
  std::uint32_t array_rows = 0, array_cols = 0;
  std::uint32_t instructions = 0;
  std::vector<TraceUnit> units;
  std::vector<TraceLayer> layers;
  std::vector<TraceLaunch> launches;
};

/// One unit's account: busy + waits + idle = cycles.
struct TraceAccount {
  Cycles cycles = 0, busy = 0, idle = 0;
  std::map<std::string, Cycles> waits;
  bool operator==(const TraceAccount&) const = default;
};
struct TraceSummary {
  bool complete = false;  // false: the run ended early, `ended` says why
  std::string ended;
  Cycles cycles = 0;  // core clock
  std::string verdict;
  std::map<std::string, TraceAccount> units;
  std::string run;  // JSON: the simulated machine's part of `nnpsim run --json`; empty where there is none
};

/// Causes with their definitions are added from sim/kernel/causes.
std::string to_json(const TraceInfo&);
std::string to_json(const TraceSummary&);
/// Throw std::runtime_error where a text is not what it should be.
TraceInfo info_from_json(const std::string&);
TraceSummary summary_from_json(const std::string&);

}  // namespace nnp::traces

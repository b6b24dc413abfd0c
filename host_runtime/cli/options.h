// SPDX-License-Identifier: Apache-2.0
// What a command line asks for, one struct a theme; command_line.cpp fills them, the commands read them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/mapping/effort.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/reference/gpu/network_program.h"
#include "isa/arch/arch_spec.h"
#include "sim/kernel/clock_domain.h"
#include "traces/format/trace_writer.h"

namespace nnp::cli {

struct ChipChoice {
  std::string chip = "tpu_v1";         // preset, or a path ending in .toml
  std::vector<std::string> overrides;  // --set PATH=VALUE
};

/// How quantisation finds ranges, and on what.
struct CalibrationChoice {
  std::optional<compiler::CalibrationMethod> method;  // absent: minmax
  std::optional<double> percentile;
  std::vector<std::string> data;         // [NAME=]FILE.npy; none: random inputs
  std::optional<std::uint64_t> samples;  // at most so many of the data, or so many random ones
  bool given() const { return method || percentile || !data.empty() || samples; }
};

/// How the layers are cut into tiles.
struct MappingChoice {
  compiler::Effort search = compiler::Effort::model;
  std::string file;   // of mappings to take as they are; empty: none
  unsigned jobs = 0;  // threads of a search; 0: as many as the machine has
};

struct NetworkChoice {
  std::string network;                      // zoo name, or a path ending in .onnx
  std::optional<isa::Precision> precision;  // absent: compiler::default_precision
  std::string precision_file;               // of single layers; empty: none
  std::optional<std::int64_t> batch, steps;
  std::map<std::string, std::int64_t> dims;  // --dim NAME=N
  CalibrationChoice calibration;
  MappingChoice mapping;
};

struct TraceChoice {
  std::string file;  // empty: no trace
  traces::TraceLevel level = traces::TraceLevel::units;
  traces::Batches batches = {};  // no option: tests cut a file finer
};

struct ExecutionChoice {
  std::uint64_t seed = 1;
  std::vector<std::string> inputs;                 // [NAME=]FILE.npy, or random:SEED
  std::string output;                              // folder; empty: none
  std::optional<std::vector<std::string>> checks;  // references by name; absent: naive
  bool strict = false;
  sim::Engine engine = sim::Engine::leap;
  bool timing_only = false;
  std::uint64_t max_cycles = 0;  // a run that goes on to this core cycle is stopped; 0: none is
  TraceChoice trace;
  std::string page;  // of the trace, for a browser; empty: none
};

/// Of `exec` where nobody says: seconds on any chip, and beyond any network that comes along, but a file may
/// ask for years.
inline constexpr std::uint64_t kMostExecCycles = 10'000'000'000;

struct ReportChoice {
  bool json = false;
  bool quiet = false;   // no tables, no progress
  bool layers = false;  // all rows of the layer table
};

struct RunOptions {
  NetworkChoice network;
  ChipChoice chip;
  ExecutionChoice execution;
  ReportChoice report;
};
struct CompileOptions {
  NetworkChoice network;
  ChipChoice chip;
  ReportChoice report;
  std::uint64_t seed = 1;
  std::string output;
  std::string mapping_output;  // where the mapping goes; empty: nowhere
  bool verify = false;
};
struct QuantizeOptions {
  NetworkChoice network;
  ReportChoice report;
  std::uint64_t seed = 1;
  std::string output;
  std::vector<std::string> test;                   // [NAME=]FILE.npy; none: --data, or random inputs
  std::optional<std::vector<std::string>> checks;  // ort; absent: none
  bool strict = false;
};
struct ExecOptions {
  std::string program;
  std::optional<isa::Precision> precision;  // must be the program's
  std::optional<std::int64_t> batch;
  ChipChoice chip;
  ExecutionChoice execution;
  ReportChoice report;
};
struct AsmOptions {
  std::string source, output;
  std::optional<std::string> chip;  // absent: the one that the text names
  std::vector<std::string> overrides;
  bool unchecked = false;
};
struct DisasmOptions {
  std::string program;
};
struct QueryOptions {
  std::string trace;
  std::optional<std::uint64_t> at;
  bool stalls = false, critical_path = false, verify = false, json = false;
  std::string unit, layer, cause;  // empty: all
};
struct ExportOptions {
  std::string trace, output;
  bool perfetto = false, konata = false, csv = false, vcd = false;
  std::optional<std::uint64_t> from, to;  // core cycles
};
struct PageOptions {
  std::vector<std::string> traces;  // one, or two to compare
  std::string comparison, what_if;  // files of `compare --json` and `whatif --json`; empty: none
  std::string output;
};
struct WhatifOptions {
  NetworkChoice network;
  ChipChoice chip;
  ReportChoice report;
  std::uint64_t seed = 1;
  std::vector<std::string> ideal;  // resources; empty: all
};
struct CompareOptions {
  NetworkChoice network;  // its batch is not read
  ChipChoice chip;
  ReportChoice report;
  std::uint64_t seed = 1;
  std::vector<std::string> against{"onednn", "ort", "cuda"};
  std::vector<std::int64_t> batches;               // empty: the network's own
  std::vector<std::string> gpu_results;            // files of gpu-bench
  std::optional<unsigned> runs;                    // of each runner; absent: as many as a few seconds allow
  std::optional<std::vector<std::string>> checks;  // absent: naive and those of `against`
  bool strict = false;
};
struct ExplainOptions {
  std::string cause;      // without a layer
  std::string layer;      // of the network; empty: a cause is asked for
  NetworkChoice network;  // its name is `cause`
  ChipChoice chip;
  std::uint64_t seed = 1;
  bool json = false;
};
struct DramOptions {
  std::string preset, trace;
  std::optional<std::uint32_t> window;     // reads outstanding; absent: no limit
  std::optional<std::string> address_map;  // absent: row:bank:bankgroup:column
  std::vector<std::string> settings;       // --set SYMBOL=VALUE
  bool json = false;
};
struct ConformanceOptions {
  std::string folder, filter;
  ChipChoice chip{"", {}};  // empty: the reference on the host
  bool json = false;
};
struct GpuBenchOptions {
  std::vector<std::string> networks;
  std::vector<gpu::NetworkPrecision> precisions = {gpu::NetworkPrecision::int8, gpu::NetworkPrecision::bf16,
                                                   gpu::NetworkPrecision::fp32};
  std::vector<std::int64_t> batches = {1, 8, 64};
  std::vector<std::int64_t> layers_at;  // batches whose layers are timed, too
  std::string output;
  std::uint64_t seed = 1;
  ReportChoice report;
};
struct LabOptions {
  std::string action;                // list, start or check
  std::string lesson;                // its name or number; empty: none named
  std::string folder;                // of check; empty: this one, or the lesson's own files
  std::string output;                // of start; empty: the lesson's name
  std::vector<std::string> answers;  // KEY=VALUE
  bool json = false;
};
struct ListOptions {
  bool json = false;
};

}  // namespace nnp::cli

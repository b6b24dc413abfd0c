// SPDX-License-Identifier: Apache-2.0
// Themes of options that commands share. Included by the files that know CLI11 only.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "host_runtime/cli/options.h"

namespace nnp::cli {

/// A text option handed to `take`; may be given once, or as often as wanted.
CLI::Option* add_text(CLI::App&, const std::string& name, const std::string& type, const std::string& help,
                      std::function<void(const std::string&)> take);
CLI::Option* add_texts(CLI::App&, const std::string& name, const std::string& type, const std::string& help,
                       std::vector<std::string>& into);
/// A flag takes no value: --json=3 is refused.
void add_flag(CLI::App&, const std::string& name, bool& flag, const std::string& help);

void add_overrides(CLI::App&, std::vector<std::string>& overrides);
void add_chip(CLI::App&, ChipChoice&);
void add_seed(CLI::App&, std::uint64_t& seed);
void add_batch(CLI::App&, std::optional<std::int64_t>& batch);
void add_network_name(CLI::App&, NetworkChoice&);
/// How a network is taken, but for its batch.
void add_network_form(CLI::App&, NetworkChoice&);
/// The same and --batch.
void add_network_options(CLI::App&, NetworkChoice&);
/// All of these.
void add_network(CLI::App&, NetworkChoice&);
void add_calibration(CLI::App&, CalibrationChoice&);
void add_mapping(CLI::App&, MappingChoice&);
void add_execution(CLI::App&, ExecutionChoice&);
void add_json(CLI::App&, bool& json);
void add_report(CLI::App&, ReportChoice&);
void add_layers(CLI::App&, ReportChoice&);

// ---- the options of single commands, each in a file of its own

void add_compare_options(CLI::App&, CompareOptions&);     // command_line_compare.cpp
void add_gpu_bench_options(CLI::App&, GpuBenchOptions&);  // command_line_gpu_bench.cpp
void add_lab_options(CLI::App&, LabOptions&);             // command_line_lab.cpp

}  // namespace nnp::cli

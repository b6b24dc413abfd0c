// SPDX-License-Identifier: Apache-2.0
// The words and numbers of single options; each function throws UsageError with the option, the value and
// what is allowed.
#pragma once

#include <limits>
#include <map>
#include <string>
#include <vector>

#include "compiler/mapping/effort.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/reference/gpu/network_program.h"
#include "isa/arch/arch_spec.h"
#include "sim/kernel/clock_domain.h"
#include "traces/format/trace_writer.h"

namespace nnp::cli {

inline constexpr std::uint64_t kLargestSize = std::uint64_t{1} << 20;  // of a dimension that an option sets

std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t lowest,
                          std::uint64_t highest = std::numeric_limits<std::uint64_t>::max());
isa::Precision parse_precision(const std::string&);
compiler::CalibrationMethod parse_calibration(const std::string&);
/// A number above 0, at most 100.
double parse_percentile(const std::string&);
traces::TraceLevel parse_trace_level(const std::string&);
sim::Engine parse_engine(const std::string&);
compiler::Effort parse_effort(const std::string&);
/// The words between commas, each once.
std::vector<std::string> parse_list(const std::string&);
/// "naive,onednn"; "none" is the empty list.
std::vector<std::string> parse_checks(const std::string&);
/// The same of `quantize`, which has "ort" only.
std::vector<std::string> parse_quantize_checks(const std::string&);
/// Of `compare`: some of onednn, ort, cuda.
std::vector<std::string> parse_against(const std::string&);
/// "NAME=N" each, a name once.
std::map<std::string, std::int64_t> parse_dims(const std::vector<std::string>&);

/// "1,8,64": whole numbers from 1 on, each once.
std::vector<std::int64_t> parse_batches(const std::string& option, const std::string&);
/// "int8,bf16", as gpu-bench has them.
std::vector<gpu::NetworkPrecision> parse_gpu_precisions(const std::string&);

const char* to_string(sim::Engine);

}  // namespace nnp::cli

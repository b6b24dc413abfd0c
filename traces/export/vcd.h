// SPDX-License-Identifier: Apache-2.0
// A stretch of a trace as signals for GTKWave or Surfer: of each unit its state, cause of waiting, layer,
// instruction and queue depth, cycle by cycle. Written by SystemC's own sc_trace.
//
// Value change dump, IEEE 1364; 1 ns is one core cycle. Before and after the window the signal `recorded` is
// 0.
#pragma once

#include <filesystem>

#include "traces/export/window.h"
#include "traces/format/trace_file.h"

namespace nnp::traces {

/// What a signal has where there is nothing to name: all ones.
inline constexpr std::uint32_t kNoLayerSignal = 0xFFFFu, kNoInstructionSignal = 0xFFFFFFFFu;

/// Writes exactly `path`; SystemC wants names that end in ".vcd". Throws TraceFileError where the trace is
/// damaged, the window reaches further than SystemC counts, or the file cannot be written.
void write_vcd(const TraceFile&, Window, const std::filesystem::path& path);

}  // namespace nnp::traces

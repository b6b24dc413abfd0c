// SPDX-License-Identifier: Apache-2.0
// Runs a program with --trace and hands back the file: for tests of what every trace must keep.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "host_runtime/device/statistics.h"
#include "isa/program/program.h"
#include "models/chips/chip_spec.h"
#include "sim/chip/chip.h"
#include "traces/format/trace_writer.h"

namespace nnp::test {

struct TracedRun {
  std::string bytes;                  // of the whole file
  std::vector<std::string> breaches;  // of the laws
  Cycles cycles = 0;                  // as the run counted them
  device::RunStatistics statistics;   // without unit_ticks, in which engines differ
  Cycles path_cycles = 0;             // of the critical path
};

/// Writes `file` at `level`, timing only, and checks the laws.
TracedRun traced_run(const isa::Program& program, const ir::Graph& graph, const models::ChipSpec& chip,
                     const std::filesystem::path& file, sim::ChipOptions options = {},
                     traces::TraceLevel level = traces::TraceLevel::full, traces::Batches batches = {});

}  // namespace nnp::test

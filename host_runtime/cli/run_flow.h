// SPDX-License-Identifier: Apache-2.0
// The road that `run` and `exec` share: compile -> device -> executor -> checks -> report.
#pragma once

#include "compiler/compile.h"
#include "host_runtime/cli/inputs.h"
#include "host_runtime/cli/network_choice.h"
#include "host_runtime/cli/options.h"
#include "host_runtime/cli/output_folder.h"
#include "host_runtime/cli/progress.h"
#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

/// Compiles with oneDNN as the calibration runner. Small programs are checked for races (our own fault:
/// InternalError).
compiler::CompiledNetwork compile_network(const NetworkChoice&, const models::ChipSpec&, std::uint64_t seed,
                                          bool always_verify, Progress&,
                                          const InputChoice* calibration = nullptr);

/// What is simulated, and the float graph behind it where it is known.
struct Workload {
  const isa::Program& program;
  const ir::Graph& quantised;
  const ir::Graph* optimised = nullptr;
};

struct Execution {
  RunRecord record;                 // compile and total times are the caller's to fill
  std::vector<ir::Tensor> outputs;  // empty tensors in a timing-only run
  std::string mapping;              // as --mapping reads it; the caller's to fill
};

/// Loads and runs one inference, then asks the references. Throws device::InterruptedError after a signal.
Execution execute(const Workload&, const models::ChipSpec&, const std::vector<ir::Tensor>& inputs,
                  const ExecutionChoice&, Progress&);

/// Writes outputs, resolved chip, mapping and run.json, prints the result; returns the exit code that the
/// checks ask for.
int deliver(const Execution&, OutputFolder*, const ExecutionChoice&, const ReportChoice&);

}  // namespace nnp::cli

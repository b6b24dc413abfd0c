// SPDX-License-Identifier: Apache-2.0
// --report of `run` and `exec`: the run's trace as a page. Without --trace the trace is a passing one.
#pragma once

#include <optional>

#include "host_runtime/cli/options.h"
#include "host_runtime/cli/output_file.h"
#include "host_runtime/cli/passing_trace.h"
#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

class RunPage {
 public:
  /// Throws FileFault where the page cannot be written: before anything is simulated.
  explicit RunPage(const ExecutionChoice& asked);
  /// What was asked for, with a trace for the page.
  const ExecutionChoice& choice() const { return choice_; }
  /// Writes the page, where one is asked for.
  void write(const RunRecord&);

 private:
  ExecutionChoice choice_;
  std::optional<PassingTrace> passing_;
  std::optional<OutputFile> output_;
};

}  // namespace nnp::cli

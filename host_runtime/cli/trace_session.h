// SPDX-License-Identifier: Apache-2.0
// --trace: from a program and a chip to the trace file of one run.
#pragma once

#include <string>

#include "host_runtime/cli/options.h"
#include "host_runtime/cli/run_record.h"
#include "traces/format/trace_writer.h"

namespace nnp::cli {

class TraceSession {
 public:
  /// Throws traces::TraceFileError when the file cannot be written.
  TraceSession(const TraceChoice&, const isa::Program&, const models::ChipSpec&, std::uint64_t seed);

  sim::TraceSink* sink() { return &writer_; }
  bool wants_commands() const { return choice_.level == traces::TraceLevel::full; }
  /// After a run: the record's statistics are the summary.
  void finish(const RunRecord&);
  /// After a run that ended early: the trace shows it up to there, and says why. A trace that cannot be
  /// written either is left out: the run's own failure is what matters.
  void finish_early(const std::string& why);

 private:
  TraceChoice choice_;
  traces::TraceWriter writer_;
};

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/run_page.h"

#include "host_runtime/cli/json_report.h"
#include "traces/report/report.h"

namespace nnp::cli {

RunPage::RunPage(const ExecutionChoice& asked) : choice_(asked) {
  if (choice_.page.empty()) return;
  output_.emplace(choice_.page);
  if (choice_.trace.file.empty()) choice_.trace.file = passing_.emplace().path().string();
}

void RunPage::write(const RunRecord& run) {
  if (!output_) return;
  const std::string name = passing_ ? fmt::format("{} on {}", run.network, run.chip.name)
                                    : std::filesystem::path(choice_.trace.file).filename().string();
  const traces::Report report{{{choice_.trace.file, name, checks_json_text(run)}}, "", ""};
  write_stream(output_->part(), choice_.page, [&](std::ostream& to) { traces::write_report(report, to); });
  output_->commit();
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// nnpsim report FILE.npt [OTHER.npt] -o FILE.html: a trace, or two to compare, as one page.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/output_file.h"
#include "traces/format/trace_file.h"
#include "traces/report/report.h"

namespace nnp::cli {
namespace {

/// What `nnpsim COMMAND --json` wrote. Throws FileFault.
std::string answer_in(const std::string& path, const std::string& command) {
  const std::string schema = fmt::format("nnpsim.{}/1", command);
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileFault(fmt::format("{}: cannot be read", path));
  std::stringstream text;
  text << file.rdbuf();
  try {
    const auto json = nlohmann::json::parse(text.str());
    if (json.at("schema") != schema)
      throw FileFault(fmt::format("{}: has schema {}, not {}: nnpsim {} NETWORK --json writes it", path,
                                  json.at("schema").dump(), schema, command));
  } catch (const nlohmann::json::exception& error) {
    throw FileFault(fmt::format("{}: is no output of nnpsim {} --json: {}", path, command, error.what()));
  }
  return text.str();
}

}  // namespace

int report(const PageOptions& options) {
  if (options.traces.size() > 2)
    throw UsageError(fmt::format("report: one trace, or two to compare, not {}", options.traces.size()));
  traces::Report report;
  for (const std::string& path : options.traces) {
    const traces::TraceFile file(path);
    if (!file.shortcoming().empty()) fmt::print(stderr, "nnpsim: {}: {}\n", path, file.shortcoming());
    report.traces.push_back({path, std::filesystem::path(path).filename().string(), ""});
  }
  if (!options.comparison.empty()) report.comparison = answer_in(options.comparison, "compare");
  if (!options.what_if.empty()) report.what_if = answer_in(options.what_if, "whatif");
  OutputFile output(options.output);
  write_stream(output.part(), options.output, [&](std::ostream& to) { traces::write_report(report, to); });
  output.commit();
  fmt::print("{}: open it in a browser; it needs no network\n", options.output);
  return kOk;
}

}  // namespace nnp::cli

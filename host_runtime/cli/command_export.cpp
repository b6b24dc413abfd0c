// SPDX-License-Identifier: Apache-2.0
// nnpsim export FILE.npt: the trace in the format of another tool.
#include <fmt/format.h>

#include <filesystem>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/output_file.h"
#include "host_runtime/cli/output_folder.h"
#include "traces/export/csv.h"
#include "traces/export/konata.h"
#include "traces/export/perfetto.h"
#include "traces/export/vcd.h"
#include "traces/query/extent.h"

namespace nnp::cli {
namespace fs = std::filesystem;
namespace {

using traces::TraceFile;
using traces::Window;

constexpr Cycles kVcdCycles = 10'000;  // of a window whose end is not given

Window window_of(const TraceFile& file, const ExportOptions& options) {
  const Cycle end = traces::recorded_cycles(file);
  if (end == 0) throw FileFault(fmt::format("{}: the trace ends before its first state", options.trace));
  Window window;
  window.from = options.from.value_or(0);
  if (options.vcd) window.to = std::min(end, window.from + kVcdCycles);
  if (options.to) window.to = options.vcd ? std::min(end, *options.to) : *options.to;
  if (options.to && *options.to <= window.from)
    throw UsageError(fmt::format("export: --to {} is not after --from {}", *options.to, window.from));
  if (window.from >= end)
    throw UsageError(fmt::format("export: --from {}: the trace ends at cycle {}", window.from, end));
  return window;
}

template <typename Write>
void write_file(const std::string& path, Write&& write) {
  OutputFile output(path);
  write_stream(output.part(), path, write);
  output.commit();
}

void write_vcd(const TraceFile& file, const Window& window, const std::string& path) {
  OutputFile output(path, ".vcd");  // SystemC chooses the end of the name
  traces::write_vcd(file, window, output.part());
  output.commit();
}

void write_tables(const TraceFile& file, const Window& window, const std::string& path) {
  OutputFolder folder(path);
  std::string last;
  for (const traces::CsvTable table : traces::kCsvTables) {
    last = fmt::format("{}.csv", to_string(table));
    write_stream(folder.staging() / last, fmt::format("{}/{}", path, last),
                 [&](std::ostream& to) { traces::write_csv(file, table, window, to); });
  }
  folder.commit(last);
}

const char* next_step(const ExportOptions& options) {
  if (options.perfetto) return "open it in https://ui.perfetto.dev (drop the file on the page)";
  if (options.konata) return "open it in Konata (https://github.com/shioyadan/Konata)";
  if (options.vcd) return "gtkwave or surfer opens it; vcd2fst makes it small";
  return "one table a kind of record; the first line names the columns";
}

}  // namespace

int export_trace(const ExportOptions& options) {
  if (options.perfetto + options.konata + options.csv + options.vcd != 1)
    throw UsageError("export: one of --perfetto, --konata, --csv, --vcd");
  const TraceFile file(options.trace);
  if (!file.shortcoming().empty()) fmt::print(stderr, "nnpsim: {}: {}\n", options.trace, file.shortcoming());
  if (!file.has_events())
    throw traces::TraceFileError(
        fmt::format("{}: the trace holds figures only (level summary): an export needs level units or full",
                    options.trace));
  const Window window = window_of(file, options);
  if (options.perfetto)
    write_file(options.output, [&](std::ostream& to) { traces::write_perfetto(file, window, to); });
  if (options.konata)
    write_file(options.output, [&](std::ostream& to) { traces::write_konata(file, window, to); });
  if (options.csv) write_tables(file, window, options.output);
  if (options.vcd) write_vcd(file, window, options.output);
  fmt::print("{}: {}\n", options.output, next_step(options));
  return kOk;
}

}  // namespace nnp::cli

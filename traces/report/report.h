// SPDX-License-Identifier: Apache-2.0
// One page with everything in it: the explorer, a trace or two, and a comparison. It needs no network and no
// other file, except a trace too large for it: of that the page has the figures, and asks for the file.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

namespace nnp::traces {

/// Bytes of a trace that a page takes in whole.
inline constexpr std::uint64_t kWholeTraceBytes = 64u << 20;

struct ReportTrace {
  std::filesystem::path file;
  std::string name;    // as the page shows it
  std::string checks;  // JSON: the list `check` of `nnpsim run --json`; empty: not known
};
struct Report {
  std::vector<ReportTrace> traces;  // one, or two to compare
  std::string comparison;           // JSON of `nnpsim compare --json`; empty: none
  std::string what_if;              // JSON of `nnpsim whatif --json`; empty: none
  std::uint64_t whole_trace_bytes = kWholeTraceBytes;
};

/// Throws TraceFileError where a trace cannot be read. A failed write is the stream's to tell.
void write_report(const Report&, std::ostream&);

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
// A trace as tables for spreadsheets and scripts: one file a kind of record, comma-separated (RFC 4180), the
// first line names the columns with their units.
#pragma once

#include <array>
#include <ostream>

#include "traces/export/window.h"
#include "traces/format/trace_file.h"

namespace nnp::traces {

enum class CsvTable : std::uint8_t {
  states,
  instructions,
  transfers,
  tiles,
  passes,
  commands,
  counters,
  layers
};
inline constexpr std::array kCsvTables{CsvTable::states,   CsvTable::instructions, CsvTable::transfers,
                                       CsvTable::tiles,    CsvTable::passes,       CsvTable::commands,
                                       CsvTable::counters, CsvTable::layers};
/// "states": the file is called states.csv.
const char* to_string(CsvTable);

/// Rows that meet the window, whole; all layers whatever the window. Throws TraceFileError where the trace is
/// damaged.
void write_csv(const TraceFile&, CsvTable, Window, std::ostream&);

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
// Reads a trace file: its texts at once, records of a unit when they are asked for.
#pragma once

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "traces/format/counters.h"
#include "traces/format/metadata.h"
#include "traces/format/pyramid.h"

namespace nnp::traces {

class TraceFile {
 public:
  /// Throws TraceFileError, also for each of the questions below where the file is damaged there.
  explicit TraceFile(const std::filesystem::path& path);

  const TraceInfo& info() const { return info_; }
  /// Without one (the writer died) the file ends with its last whole chunk.
  const std::optional<TraceSummary>& summary() const { return summary_; }
  /// Why the file holds less than a whole run; empty when it does not.
  const std::string& shortcoming() const { return shortcoming_; }
  bool has_events() const { return info_.level != "summary"; }

  /// All records of a unit, or those of the chunks that meet cycles [from, to) of its clock.
  std::vector<sim::StateRecord> states(std::size_t unit, Cycle from = 0, Cycle to = kNever) const {
    return records<sim::StateRecord>(ChunkType::states, unit, from, to);
  }
  std::vector<sim::InstructionSpan> instructions(std::size_t unit, Cycle from = 0, Cycle to = kNever) const {
    return records<sim::InstructionSpan>(ChunkType::instructions, unit, from, to);
  }
  std::vector<sim::TransferSpan> transfers(std::size_t unit, Cycle from = 0, Cycle to = kNever) const {
    return records<sim::TransferSpan>(ChunkType::transfers, unit, from, to);
  }
  std::vector<sim::TileSpan> tiles(std::size_t unit) const {
    return records<sim::TileSpan>(ChunkType::tiles, unit, 0, kNever);
  }
  std::vector<sim::PassSpan> passes(std::size_t unit, Cycle from = 0, Cycle to = kNever) const {
    return records<sim::PassSpan>(ChunkType::passes, unit, from, to);
  }
  std::vector<sim::MemoryCommand> commands(std::size_t unit, Cycle from = 0, Cycle to = kNever) const {
    return records<sim::MemoryCommand>(ChunkType::commands, unit, from, to);
  }
  std::vector<PyramidLevel> pyramid(std::size_t unit) const;
  std::vector<Counter> counters() const;
  /// One line of assembly text; empty when the file has none for it.
  std::string instruction_text(std::uint32_t instruction) const;
  std::vector<std::string> program_text() const;
  /// Instructions that the file has a text for: no more than the metadata tell of.
  std::uint32_t program_lines() const;
  std::uint64_t records_in_file() const;
  /// The bytes of a trace file of the same run with its texts, counters and pyramids only: what a page needs
  /// to draw the whole run.
  std::vector<std::uint8_t> figures() const;

 private:
  struct Place {
    ChunkHead head;
    std::uint64_t at;
  };
  bool read_index(std::uint64_t size);
  void walk_chunks(std::uint64_t size);
  void add_place(std::uint64_t at, std::uint64_t size);
  std::vector<std::uint8_t> packed(const Place&) const;
  std::vector<std::uint8_t> payload(const Place&) const;
  std::string text(const Place& place) const;
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail(const Place&, const std::string& what) const;
  template <typename Record>
  std::vector<Record> records(ChunkType, std::size_t unit, Cycle from, Cycle to) const;

  std::filesystem::path path_;
  mutable std::ifstream file_;
  std::vector<Place> places_;
  TraceInfo info_;
  std::optional<TraceSummary> summary_;
  std::string shortcoming_;
  mutable std::optional<std::pair<std::uint64_t, std::vector<std::string>>>
      text_;  // the last text chunk read
};

}  // namespace nnp::traces

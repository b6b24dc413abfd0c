// SPDX-License-Identifier: Apache-2.0
// Writes a trace file while the chip runs. The simulating thread only collects records; a thread of its own
// packs and writes them.
//
// Chunks of the core's units go out when all records up to some cycle are there, in order of units; those of
// the memory channels, whose records may come early or late, are packed at once and written at the end. So
// equal runs give equal bytes, whatever the engine.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/kernel/trace.h"
#include "traces/format/chunk_file.h"
#include "traces/format/counters.h"
#include "traces/format/pyramid.h"
#include "traces/format/worker.h"

namespace nnp::traces {

enum class TraceLevel : std::uint8_t {
  summary,  // figures, counters and pyramids: a size that does not grow with the run
  units,    // and every state and span
  full      // and every command on the memory channels' command buses
};
const char* to_string(TraceLevel);

/// How the records of the core's units are cut into chunks.
struct Batches {
  Cycles grain = 4096;            // they end at multiples of this
  std::size_t enough = 1u << 17;  // records of all these units: worth a set of chunks
};

struct TraceSetup {
  TraceLevel level = TraceLevel::units;
  std::vector<std::string> unit_names;    // by unit id
  std::vector<bool> memory_clock;         // by unit id: counts cycles of the memory clock
  std::string metadata;                   // JSON (metadata.h)
  std::vector<std::string> program_text;  // one line an instruction
  std::vector<LiveRange> live_ranges;
  Batches batches;
};

class TraceWriter : public sim::TraceSink {
 public:
  /// Opens PATH.part; throws TraceFileError when it cannot. Without finish() the file goes with the writer.
  TraceWriter(const std::filesystem::path& path, TraceSetup setup);

  void state(const sim::StateRecord&) override;
  void instruction(const sim::InstructionSpan&) override;
  void transfer(const sim::TransferSpan&) override;
  void tile(const sim::TileSpan&) override;
  void pass(const sim::PassSpan&) override;
  void command(const sim::MemoryCommand&) override;

  /// Writes what is left, pyramids, counters, `summary` (JSON) and the index, and gives the file its name.
  /// Throws TraceFileError when a write has failed (a full disk); what PATH was before is untouched then.
  void finish(const std::string& summary);
  /// State records and spans taken so far.
  std::uint64_t events() const { return events_; }

 private:
  /// The records of one unit that are still to be packed.
  struct Pending {
    std::vector<sim::StateRecord> states;
    std::vector<sim::InstructionSpan> instructions;
    std::vector<sim::TransferSpan> transfers;
    std::vector<sim::TileSpan> tiles;
    std::vector<sim::PassSpan> passes;
    std::vector<sim::MemoryCommand> commands;
    std::size_t size = 0;
  };
  template <typename Record>
  void add(std::vector<Record> Pending::*kind, const Record& record, Cycle at);
  static void make_room(Pending& next, const Pending& like);
  void flush_core();
  void flush_late(std::uint16_t unit);
  std::vector<std::vector<std::uint8_t>> pack(std::size_t unit, const Pending& records);

  TraceSetup setup_;
  ChunkFile file_;
  CounterMaker counters_;                                     // the worker's
  std::vector<Pyramid> pyramids_;                             // the worker's
  std::vector<std::vector<std::vector<std::uint8_t>>> late_;  // the worker's: chunks of the memory channels
  std::vector<Pending> pending_;
  Cycle boundary_;
  std::size_t waiting_ = 0;  // records of core units in pending_
  std::uint64_t events_ = 0;
  Worker worker_;
};

}  // namespace nnp::traces

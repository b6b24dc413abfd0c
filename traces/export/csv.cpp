// SPDX-License-Identifier: Apache-2.0
#include "traces/export/csv.h"

#include <fmt/format.h>

#include "sim/units/dram/dram_command.h"
#include "traces/query/words.h"

namespace nnp::traces {
namespace {

/// A field of text; quoted where it has to be.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
  return quoted + '"';
}

/// Empty where there is none.
std::string number_or_none(std::uint32_t number, std::uint32_t none) {
  return number == none ? "" : fmt::format("{}", number);
}
std::string instruction_field(std::uint32_t index) { return number_or_none(index, sim::kNoInstruction); }
std::string transfer_field(std::uint32_t number) { return number_or_none(number, sim::kNoTransfer); }

std::string operation_word(std::uint8_t operation) {
  if (operation > static_cast<std::uint8_t>(sim::DramOp::REF)) return fmt::format("{}", operation);
  return to_string(static_cast<sim::DramOp>(operation));
}

class Writer {
 public:
  Writer(const TraceFile& file, Window window, std::ostream& to)
      : file_(file), info_(file.info()), window_(window), to_(to) {}

  void states() {
    line(
        "unit,clock,start_cycle,length_cycles,state,cause,resource,layer,instruction,ended_by,ended_by_unit,"
        "ended_by_number");
    each_unit([&](std::uint16_t unit, const Window& own) {
      const char* clock = info_.units[unit].memory_clock ? "memory" : "core";
      for (const sim::StateRecord& r : file_.states(unit, own.from, own.to)) {
        if (!own.meets(r.start, r.start + r.length)) continue;
        const bool ended = r.state.state != sim::State::busy;
        line("{},{},{},{},{},{},{},{},{},{},{},{}", cell(unit_word(info_, unit)), clock, r.start, r.length,
             to_string(r.state.state), to_string(r.state.cause), cell(unit_word(info_, r.state.resource)),
             cell(layer_word(info_, r.state.layer)), instruction_field(r.state.instruction),
             ended ? to_string(r.ended_by.kind) : "", ended ? cell(unit_word(info_, r.ended_by.unit)) : "",
             ended ? instruction_field(r.ended_by.number) : "");
      }
    });
  }

  void instructions() {
    line(
        "unit,instruction,text,layer,dispatched_core_cycle,decoded_core_cycle,ready_core_cycle,"
        "started_core_cycle,ended_core_cycle,retired_core_cycle,completed_by_transfer");
    each_unit([&](std::uint16_t unit, const Window& own) {
      for (const sim::InstructionSpan& r : file_.instructions(unit, own.from, own.to))
        if (own.meets(r.dispatched, r.retired + 1))
          line("{},{},{},{},{},{},{},{},{},{},{}", cell(unit_word(info_, unit)), r.instruction,
               cell(file_.instruction_text(r.instruction)), cell(layer_word(info_, r.layer)), r.dispatched,
               r.decoded, r.ready, r.started, r.ended, r.retired, transfer_field(r.completed_by));
    });
  }

  void transfers() {
    line(
        "unit,number,server,direction,layer,instruction,address_byte,size_bytes,sent_core_cycle,"
        "answered_core_cycle");
    each_unit([&](std::uint16_t unit, const Window& own) {
      for (const sim::TransferSpan& r : file_.transfers(unit, own.from, own.to))
        if (own.meets(r.sent, r.answered + 1))
          line("{},{},{},{},{},{},{},{},{},{}", cell(unit_word(info_, unit)), r.number,
               cell(unit_word(info_, r.server)), r.write ? "write" : "read", cell(layer_word(info_, r.layer)),
               instruction_field(r.instruction), r.address, r.bytes, r.sent, r.answered);
    });
  }

  void tiles() {
    line("unit,number,instruction,requested_core_cycle,pushed_core_cycle,completed_by_transfer");
    each_unit([&](std::uint16_t unit, const Window& own) {
      for (const sim::TileSpan& r : file_.tiles(unit))
        if (own.meets(r.requested, r.pushed + 1))
          line("{},{},{},{},{},{}", cell(unit_word(info_, unit)), r.number, instruction_field(r.instruction),
               r.requested, r.pushed, transfer_field(r.completed_by));
    });
  }

  void passes() {
    line(
        "unit,number,layer,instruction,rows,shift_start_core_cycle,shift_end_core_cycle,"
        "stream_start_core_cycle,stream_end_core_cycle");
    each_unit([&](std::uint16_t unit, const Window& own) {
      for (const sim::PassSpan& r : file_.passes(unit, own.from, own.to))
        if (own.meets(r.shift_start, r.stream_end))
          line("{},{},{},{},{},{},{},{},{}", cell(unit_word(info_, unit)), r.number,
               cell(layer_word(info_, r.layer)), instruction_field(r.instruction), r.rows, r.shift_start,
               r.shift_end, r.stream_start, r.stream_end);
    });
  }

  void commands() {
    line("unit,memory_cycle,command,bank,row,column_bursts");
    each_unit([&](std::uint16_t unit, const Window& own) {
      for (const sim::MemoryCommand& r : file_.commands(unit, own.from, own.to))
        if (own.meets(r.cycle, r.cycle + 1))
          line("{},{},{},{},{},{}", cell(unit_word(info_, unit)), r.cycle, operation_word(r.operation),
               r.bank, r.row, r.column);
    });
  }

  void counters() {
    line("counter,unit,core_cycle,value");
    for (const Counter& counter : file_.counters())
      for (const Sample& sample : counter.samples)
        if (window_.meets(sample.cycle, sample.cycle + 1))
          line("{},{},{},{}", cell(counter.name), cell(counter.unit), sample.cycle, sample.value);
  }

  void layers() {
    line("layer,name,operator,where,macs,onnx_nodes");
    for (std::size_t i = 0; i < info_.layers.size(); ++i) {
      const TraceLayer& layer = info_.layers[i];
      std::string nodes;
      for (const std::string& node : layer.onnx_nodes) nodes += (nodes.empty() ? "" : " ") + node;
      line("{},{},{},{},{},{}", i, cell(layer.name), cell(layer.op), layer.on_host ? "host" : "chip",
           layer.macs, cell(nodes));
    }
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    buffer_.clear();
    fmt::format_to(std::back_inserter(buffer_), text, std::forward<Args>(args)...);
    buffer_.push_back('\n');
    to_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  }
  /// With the window in the unit's own clock.
  template <typename F>
  void each_unit(F&& write) {
    for (std::size_t unit = 0; unit < info_.units.size(); ++unit) {
      const auto id = static_cast<std::uint16_t>(unit);
      write(id, on_unit_axis(info_, id, window_));
    }
  }

  const TraceFile& file_;
  const TraceInfo& info_;
  Window window_;
  std::ostream& to_;
  fmt::memory_buffer buffer_;
};

}  // namespace

const char* to_string(CsvTable table) {
  constexpr const char* names[] = {"states", "instructions", "transfers", "tiles",
                                   "passes", "commands",     "counters",  "layers"};
  return names[static_cast<std::size_t>(table)];
}

void write_csv(const TraceFile& file, CsvTable table, Window window, std::ostream& to) {
  Writer writer(file, window, to);
  switch (table) {
    case CsvTable::states:
      return writer.states();
    case CsvTable::instructions:
      return writer.instructions();
    case CsvTable::transfers:
      return writer.transfers();
    case CsvTable::tiles:
      return writer.tiles();
    case CsvTable::passes:
      return writer.passes();
    case CsvTable::commands:
      return writer.commands();
    case CsvTable::counters:
      return writer.counters();
    case CsvTable::layers:
      return writer.layers();
  }
}

}  // namespace nnp::traces

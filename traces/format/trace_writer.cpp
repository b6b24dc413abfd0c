// SPDX-License-Identifier: Apache-2.0
#include "traces/format/trace_writer.h"

#include <algorithm>
#include <span>

#include "traces/format/live_ranges.h"

namespace nnp::traces {
namespace {

constexpr std::size_t kLateChunk = 1u << 16;  // records of one memory channel
constexpr std::size_t kTextLines = 1u << 15;  // instructions in one chunk of text
constexpr std::size_t kRanges = 1u << 16;     // live ranges in one chunk
constexpr int kPackLevel = 1;                 // deflate: columns of small numbers gain little from more

}  // namespace

const char* to_string(TraceLevel level) {
  constexpr const char* names[] = {"summary", "units", "full"};
  return names[static_cast<std::size_t>(level)];
}

TraceWriter::TraceWriter(const std::filesystem::path& path, TraceSetup setup)
    : setup_(std::move(setup)),
      file_(path),
      counters_(std::move(setup_.live_ranges)),
      pyramids_(setup_.unit_names.size()),
      late_(setup_.unit_names.size()),
      pending_(setup_.unit_names.size()),
      boundary_(setup_.batches.grain) {
  file_.write_text(ChunkType::metadata, setup_.metadata);
  for (std::size_t first = 0; first < setup_.program_text.size(); first += kTextLines) {
    std::string lines;
    const std::size_t last = std::min(first + kTextLines, setup_.program_text.size());
    for (std::size_t i = first; i < last; ++i) lines += setup_.program_text[i] + '\n';
    file_.write_text(ChunkType::program_text, lines, static_cast<std::uint32_t>(last - first), first);
  }
  setup_.program_text.clear();
  if (setup_.level == TraceLevel::summary) return;
  for (std::span<const LiveRange> rest = counters_.live_ranges(); !rest.empty();) {
    const RawChunk raw = encode(rest.first(std::min(rest.size(), kRanges)));
    file_.write(make_chunk(raw.head, raw.payload, kPackLevel));
    rest = rest.subspan(raw.head.records);
  }
}

template <typename Record>
void TraceWriter::add(std::vector<Record> Pending::*kind, const Record& record, Cycle at) {
  ++events_;
  Pending& unit = pending_[record.unit];
  if (setup_.memory_clock[record.unit]) {
    (unit.*kind).push_back(record);
    if (++unit.size >= kLateChunk) flush_late(record.unit);
    return;
  }
  if (at >= boundary_) {
    if (waiting_ >= setup_.batches.enough) flush_core();
    boundary_ = (at / setup_.batches.grain + 1) * setup_.batches.grain;
  }
  (unit.*kind).push_back(record);
  ++waiting_;
}

void TraceWriter::state(const sim::StateRecord& record) {
  add(&Pending::states, record, record.start + record.length);
}
void TraceWriter::instruction(const sim::InstructionSpan& span) {
  add(&Pending::instructions, span, span.retired);
}
void TraceWriter::transfer(const sim::TransferSpan& span) { add(&Pending::transfers, span, span.answered); }
void TraceWriter::tile(const sim::TileSpan& span) { add(&Pending::tiles, span, span.pushed); }
void TraceWriter::pass(const sim::PassSpan& span) { add(&Pending::passes, span, span.stream_end); }
void TraceWriter::command(const sim::MemoryCommand& command) {
  add(&Pending::commands, command, command.cycle);
}

/// The chunks of one unit, in the order in which the file has them.
std::vector<std::vector<std::uint8_t>> TraceWriter::pack(std::size_t unit, const Pending& records) {
  for (const sim::StateRecord& record : records.states) pyramids_[unit].add(record);
  for (const sim::InstructionSpan& span : records.instructions) counters_.see(span);
  for (const sim::TransferSpan& span : records.transfers) counters_.see(span);
  std::vector<std::vector<std::uint8_t>> chunks;
  const auto add_chunk = [&](const auto& list) {
    if (list.empty() || setup_.level == TraceLevel::summary) return;
    const RawChunk raw = encode(list);
    chunks.push_back(make_chunk(raw.head, raw.payload, kPackLevel));
  };
  add_chunk(records.states);
  add_chunk(records.instructions);
  add_chunk(records.transfers);
  add_chunk(records.tiles);
  add_chunk(records.passes);
  add_chunk(records.commands);
  return chunks;
}

/// The next batch is likely to be like this one: no growing step by step.
void TraceWriter::make_room(Pending& next, const Pending& like) {
  next.states.reserve(like.states.size());
  next.instructions.reserve(like.instructions.size());
  next.transfers.reserve(like.transfers.size());
  next.tiles.reserve(like.tiles.size());
  next.passes.reserve(like.passes.size());
  next.commands.reserve(like.commands.size());
}

void TraceWriter::flush_core() {
  auto batch = std::make_shared<std::vector<Pending>>(pending_.size());
  for (std::size_t unit = 0; unit < pending_.size(); ++unit)
    if (!setup_.memory_clock[unit]) {
      std::swap((*batch)[unit], pending_[unit]);
      make_room(pending_[unit], (*batch)[unit]);
    }
  waiting_ = 0;
  worker_.post([this, batch] {
    for (std::size_t unit = 0; unit < batch->size(); ++unit)
      for (const auto& chunk : pack(unit, (*batch)[unit])) file_.write(chunk);
  });
}

void TraceWriter::flush_late(std::uint16_t unit) {
  auto batch = std::make_shared<Pending>();
  std::swap(*batch, pending_[unit]);
  make_room(pending_[unit], *batch);
  worker_.post([this, batch, unit] {
    for (auto& chunk : pack(unit, *batch)) late_[unit].push_back(std::move(chunk));
  });
}

void TraceWriter::finish(const std::string& summary) {
  flush_core();
  for (std::size_t unit = 0; unit < pending_.size(); ++unit)
    if (setup_.memory_clock[unit]) flush_late(static_cast<std::uint16_t>(unit));
  worker_.finish();
  for (const auto& chunks : late_)
    for (const auto& chunk : chunks) file_.write(chunk);
  for (std::size_t unit = 0; unit < pyramids_.size(); ++unit)
    for (const RawChunk& level : pyramids_[unit].chunks(static_cast<std::uint16_t>(unit)))
      file_.write(make_chunk(level.head, level.payload, kPackLevel));
  for (const Counter& counter : counters_.counters(setup_.unit_names))
    if (!counter.samples.empty()) {
      const RawChunk raw = encode(counter);
      file_.write(make_chunk(raw.head, raw.payload, kPackLevel));
    }
  file_.write_text(ChunkType::summary, summary);
  file_.commit();
}

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
// Spans and memory commands; the states are in codec_states.cpp.
#include "traces/format/codec.h"

#include <algorithm>

#include "traces/format/codec_columns.h"

namespace nnp::traces {

// ---- instructions: layer, index, dispatched, then the distance from each time to the next, transfer

RawChunk encode(const std::vector<sim::InstructionSpan>& records) {
  std::vector<ColumnWriter> c(9);
  Cycle first = kNever;
  for (const sim::InstructionSpan& r : records) {
    c[0].put_delta(r.layer);
    c[1].put_delta(r.instruction);
    c[2].put_delta(r.dispatched);
    c[3].put_signed(static_cast<std::int64_t>(r.decoded - r.dispatched));
    c[4].put_signed(static_cast<std::int64_t>(r.ready - r.decoded));
    c[5].put_signed(static_cast<std::int64_t>(r.started - r.ready));
    c[6].put_signed(static_cast<std::int64_t>(r.ended - r.started));
    c[7].put_signed(static_cast<std::int64_t>(r.retired - r.ended));
    c[8].put_delta(r.completed_by);
    first = std::min(first, r.dispatched);
  }
  return {head_of(ChunkType::instructions, records, first, records.back().retired + 1), join(c)};
}

void decode(const ChunkHead& head, const std::vector<std::uint8_t>& payload,
            std::vector<sim::InstructionSpan>& to) {
  auto c = columns_of(head, payload, 9);
  for (std::uint32_t i = 0; i < head.records; ++i) {
    sim::InstructionSpan r{};
    r.unit = head.unit;
    r.layer = narrow<std::uint16_t>(c[0].take_delta());
    r.instruction = narrow<std::uint32_t>(c[1].take_delta());
    r.dispatched = c[2].take_delta();
    r.decoded = r.dispatched + static_cast<std::uint64_t>(c[3].take_signed());
    r.ready = r.decoded + static_cast<std::uint64_t>(c[4].take_signed());
    r.started = r.ready + static_cast<std::uint64_t>(c[5].take_signed());
    r.ended = r.started + static_cast<std::uint64_t>(c[6].take_signed());
    r.retired = r.ended + static_cast<std::uint64_t>(c[7].take_signed());
    r.completed_by = narrow<std::uint32_t>(c[8].take_delta());
    to.push_back(r);
  }
}

// ---- transfers: server, layer, direction, instruction, address (from the end of the one before), bytes,
//      sent, time to the answer

RawChunk encode(const std::vector<sim::TransferSpan>& records) {
  std::vector<ColumnWriter> c(8);
  Cycle end = 0;
  Address expected = 0;
  for (const sim::TransferSpan& r : records) {
    c[0].put(from_unit(r.server));
    c[1].put_delta(r.layer);
    c[2].put(r.write ? 1 : 0);
    c[3].put_delta(r.instruction);
    c[4].put_signed(static_cast<std::int64_t>(r.address - expected));
    c[5].put(r.bytes);
    c[6].put_delta(r.sent);
    c[7].put(r.answered - r.sent);
    expected = r.address + r.bytes;
    end = std::max(end, r.answered);
  }
  RawChunk chunk{head_of(ChunkType::transfers, records, records.front().sent, end + 1), join(c)};
  chunk.head.first_number = records.front().number;
  return chunk;
}

void decode(const ChunkHead& head, const std::vector<std::uint8_t>& payload,
            std::vector<sim::TransferSpan>& to) {
  auto c = columns_of(head, payload, 8);
  Address expected = 0;
  for (std::uint32_t i = 0; i < head.records; ++i) {
    sim::TransferSpan r{};
    r.unit = head.unit;
    r.number = narrow<std::uint32_t>(head.first_number + i);
    r.server = to_unit(c[0].take());
    r.layer = narrow<std::uint16_t>(c[1].take_delta());
    r.write = c[2].take() != 0;
    r.instruction = narrow<std::uint32_t>(c[3].take_delta());
    r.address = expected + static_cast<std::uint64_t>(c[4].take_signed());
    r.bytes = c[5].take();
    r.sent = c[6].take_delta();
    r.answered = r.sent + c[7].take();
    expected = r.address + r.bytes;
    to.push_back(r);
  }
}

// ---- tiles: WLOAD, requested, time to the push, transfer

RawChunk encode(const std::vector<sim::TileSpan>& records) {
  std::vector<ColumnWriter> c(4);
  for (const sim::TileSpan& r : records) {
    c[0].put_delta(r.instruction);
    c[1].put_delta(r.requested);
    c[2].put(r.pushed - r.requested);
    c[3].put_delta(r.completed_by);
  }
  RawChunk chunk{head_of(ChunkType::tiles, records, records.front().requested, records.back().pushed + 1),
                 join(c)};
  chunk.head.first_number = records.front().number;
  return chunk;
}

void decode(const ChunkHead& head, const std::vector<std::uint8_t>& payload, std::vector<sim::TileSpan>& to) {
  auto c = columns_of(head, payload, 4);
  for (std::uint32_t i = 0; i < head.records; ++i) {
    sim::TileSpan r{};
    r.unit = head.unit;
    r.number = narrow<std::uint32_t>(head.first_number + i);
    r.instruction = narrow<std::uint32_t>(c[0].take_delta());
    r.requested = c[1].take_delta();
    r.pushed = r.requested + c[2].take();
    r.completed_by = narrow<std::uint32_t>(c[3].take_delta());
    to.push_back(r);
  }
}

// ---- passes: layer, instruction, rows, start of the shift, its length, wait for the stream, the stream

RawChunk encode(const std::vector<sim::PassSpan>& records) {
  std::vector<ColumnWriter> c(7);
  for (const sim::PassSpan& r : records) {
    c[0].put_delta(r.layer);
    c[1].put_delta(r.instruction);
    c[2].put_delta(r.rows);
    c[3].put_delta(r.shift_start);
    c[4].put(r.shift_end - r.shift_start);
    c[5].put_signed(static_cast<std::int64_t>(r.stream_start - r.shift_end));
    c[6].put(r.stream_end - r.stream_start);
  }
  RawChunk chunk{head_of(ChunkType::passes, records, records.front().shift_start, records.back().stream_end),
                 join(c)};
  chunk.head.first_number = records.front().number;
  return chunk;
}

void decode(const ChunkHead& head, const std::vector<std::uint8_t>& payload, std::vector<sim::PassSpan>& to) {
  auto c = columns_of(head, payload, 7);
  for (std::uint32_t i = 0; i < head.records; ++i) {
    sim::PassSpan r{};
    r.unit = head.unit;
    r.number = narrow<std::uint32_t>(head.first_number + i);
    r.layer = narrow<std::uint16_t>(c[0].take_delta());
    r.instruction = narrow<std::uint32_t>(c[1].take_delta());
    r.rows = narrow<std::uint32_t>(c[2].take_delta());
    r.shift_start = c[3].take_delta();
    r.shift_end = r.shift_start + c[4].take();
    r.stream_start = r.shift_end + static_cast<std::uint64_t>(c[5].take_signed());
    r.stream_end = r.stream_start + c[6].take();
    to.push_back(r);
  }
}

// ---- memory commands: operation, bank, row, column, cycle

RawChunk encode(const std::vector<sim::MemoryCommand>& records) {
  std::vector<ColumnWriter> c(5);
  for (const sim::MemoryCommand& r : records) {
    c[0].put(r.operation);
    c[1].put(r.bank);
    c[2].put_delta(r.row);
    c[3].put_delta(r.column);
    c[4].put_delta(r.cycle);
  }
  return {head_of(ChunkType::commands, records, records.front().cycle, records.back().cycle + 1), join(c)};
}

void decode(const ChunkHead& head, const std::vector<std::uint8_t>& payload,
            std::vector<sim::MemoryCommand>& to) {
  auto c = columns_of(head, payload, 5);
  for (std::uint32_t i = 0; i < head.records; ++i) {
    sim::MemoryCommand r{};
    r.unit = head.unit;
    r.operation = narrow<std::uint8_t>(c[0].take());
    r.bank = narrow<std::uint8_t>(c[1].take());
    r.row = narrow<std::uint32_t>(c[2].take_delta());
    r.column = narrow<std::uint32_t>(c[3].take_delta());
    r.cycle = c[4].take_delta();
    to.push_back(r);
  }
}

}  // namespace nnp::traces

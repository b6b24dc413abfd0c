// SPDX-License-Identifier: Apache-2.0
#include "traces/format/codec.h"

#include <algorithm>
#include <array>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

using sim::Cause;
using sim::Release;
using sim::State;

template <typename Record>
ChunkHead head_of(ChunkType type, const std::vector<Record>& records, Cycle first, Cycle end) {
  ChunkHead head;
  head.type = type;
  head.unit = records.front().unit;
  head.records = static_cast<std::uint32_t>(records.size());
  head.first_cycle = first, head.end_cycle = end;
  return head;
}

std::vector<ColumnReader> columns_of(const ChunkHead& head, const std::vector<std::uint8_t>& payload,
                                     std::size_t count) {
  if (head.records > payload.size()) throw std::runtime_error("it claims more records than it has bytes");
  return split(payload, count);
}

/// kNoUnit becomes 0, so that a column of it is a column of zeros.
std::uint64_t from_unit(std::uint16_t unit) { return static_cast<std::uint16_t>(unit + 1); }
std::uint16_t to_unit(std::uint64_t value) { return static_cast<std::uint16_t>(value - 1); }
template <typename T>
T narrow(std::uint64_t value) {
  return static_cast<T>(value);
}

}  // namespace

// ---- states: length, kind of state, layer, instruction, number of the release; the last column lists the
// kinds: state and cause, resource, kind of release, its unit

namespace {

/// The few combinations of state, cause, resource and release that a unit's records are made of.
class StateKinds {
 public:
  std::uint64_t number_of(const sim::StateRecord& r) {
    const std::uint64_t key =
        static_cast<std::uint64_t>(r.state.state) << 4 | static_cast<std::uint64_t>(r.state.cause) |
        std::uint64_t{r.state.resource} << 8 | static_cast<std::uint64_t>(r.ended_by.kind) << 24 |
        std::uint64_t{r.ended_by.unit} << 32;
    const auto index = static_cast<std::size_t>(std::find(keys_.begin(), keys_.end(), key) - keys_.begin());
    if (index == keys_.size()) keys_.push_back(key), kinds_.push_back(r);
    return index;
  }
  void put(ColumnWriter& column) const {
    for (const sim::StateRecord& r : kinds_) {
      column.put(static_cast<std::uint64_t>(r.state.state) << 4 | static_cast<std::uint64_t>(r.state.cause));
      column.put(from_unit(r.state.resource));
      column.put(static_cast<std::uint64_t>(r.ended_by.kind));
      column.put(from_unit(r.ended_by.unit));
    }
  }

 private:
  std::vector<std::uint64_t> keys_;
  std::vector<sim::StateRecord> kinds_;
};

sim::StateRecord take_kind(ColumnReader& column) {
  sim::StateRecord r{};
  const std::uint64_t code = column.take();
  if (code >> 4 > static_cast<std::uint64_t>(State::wait) ||
      (code & 15) >= static_cast<std::uint64_t>(Cause::count))
    throw std::runtime_error("it has a state that does not exist");
  r.state.state = static_cast<State>(code >> 4);
  r.state.cause = static_cast<Cause>(code & 15);
  r.state.resource = to_unit(column.take());
  const std::uint64_t kind = column.take();
  if (kind >= static_cast<std::uint64_t>(Release::Kind::count))
    throw std::runtime_error("it has a release that does not exist");
  r.ended_by.kind = static_cast<Release::Kind>(kind);
  r.ended_by.unit = to_unit(column.take());
  return r;
}

}  // namespace

RawChunk encode(const std::vector<sim::StateRecord>& records) {
  std::vector<ColumnWriter> c(6);
  for (ColumnWriter& column : c) column.reserve(records.size());
  StateKinds kinds;
  std::array<std::uint64_t, static_cast<std::size_t>(Release::Kind::count)> before{};
  for (const sim::StateRecord& r : records) {
    c[0].put(r.length);
    c[1].put(kinds.number_of(r));
    c[2].put_delta(r.state.layer);
    c[3].put_delta(r.state.instruction);
    auto& last = before[static_cast<std::size_t>(r.ended_by.kind)];
    c[4].put_signed(static_cast<std::int64_t>(r.ended_by.number - last));
    last = r.ended_by.number;
  }
  kinds.put(c[5]);
  return {head_of(ChunkType::states, records, records.front().start,
                  records.back().start + records.back().length),
          join(c)};
}

void decode(const ChunkHead& head, const std::vector<std::uint8_t>& payload,
            std::vector<sim::StateRecord>& to) {
  auto c = columns_of(head, payload, 6);
  std::vector<sim::StateRecord> kinds;
  while (!c[5].at_end()) kinds.push_back(take_kind(c[5]));
  std::array<std::uint64_t, static_cast<std::size_t>(Release::Kind::count)> before{};
  Cycle start = head.first_cycle;
  for (std::uint32_t i = 0; i < head.records; ++i) {
    const Cycles length = c[0].take();
    const std::uint64_t kind = c[1].take();
    if (kind >= kinds.size()) throw std::runtime_error("it has a state that is not in its list");
    if (start > head.end_cycle || length == 0 || length > head.end_cycle - start)
      throw std::runtime_error("its states do not fit its cycles");
    sim::StateRecord& r = to.emplace_back(kinds[kind]);
    r.unit = head.unit, r.start = start, r.length = length;
    r.state.layer = narrow<std::uint16_t>(c[2].take_delta());
    r.state.instruction = narrow<std::uint32_t>(c[3].take_delta());
    auto& last = before[static_cast<std::size_t>(r.ended_by.kind)];
    last += static_cast<std::uint64_t>(c[4].take_signed());
    r.ended_by.number = narrow<std::uint32_t>(last);
    start += length;
  }
  if (start != head.end_cycle) throw std::runtime_error("its states do not fit its cycles");
}

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

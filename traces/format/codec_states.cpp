// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "traces/format/codec_columns.h"

namespace nnp::traces {

using sim::Cause;
using sim::Release;
using sim::State;

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

}  // namespace nnp::traces

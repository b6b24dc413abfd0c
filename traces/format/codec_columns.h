// SPDX-License-Identifier: Apache-2.0
// What the codecs of all kinds of record share.
#pragma once

#include "traces/format/bytes.h"
#include "traces/format/codec.h"

namespace nnp::traces {

template <typename Record>
ChunkHead head_of(ChunkType type, const std::vector<Record>& records, Cycle first, Cycle end) {
  ChunkHead head;
  head.type = type;
  head.unit = records.front().unit;
  head.records = static_cast<std::uint32_t>(records.size());
  head.first_cycle = first, head.end_cycle = end;
  return head;
}

/// Throws std::runtime_error where the payload has not these columns.
inline std::vector<ColumnReader> columns_of(const ChunkHead& head, const std::vector<std::uint8_t>& payload,
                                            std::size_t count) {
  if (head.records > payload.size()) throw std::runtime_error("it claims more records than it has bytes");
  return split(payload, count);
}

/// kNoUnit becomes 0, so that a column of it is a column of zeros.
inline std::uint64_t from_unit(std::uint16_t unit) { return static_cast<std::uint16_t>(unit + 1); }
inline std::uint16_t to_unit(std::uint64_t value) { return static_cast<std::uint16_t>(value - 1); }
template <typename T>
T narrow(std::uint64_t value) {
  return static_cast<T>(value);
}

}  // namespace nnp::traces

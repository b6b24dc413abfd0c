// SPDX-License-Identifier: Apache-2.0
#include "traces/format/bytes.h"

namespace nnp::traces {

std::vector<std::uint8_t> join(const std::vector<ColumnWriter>& columns) {
  std::size_t total = 4 + 4 * columns.size();
  for (const ColumnWriter& column : columns) total += column.bytes().size();
  std::vector<std::uint8_t> payload;
  payload.reserve(total);
  append(payload, static_cast<std::uint32_t>(columns.size()));
  for (const ColumnWriter& column : columns)
    append(payload, static_cast<std::uint32_t>(column.bytes().size()));
  for (const ColumnWriter& column : columns)
    payload.insert(payload.end(), column.bytes().begin(), column.bytes().end());
  return payload;
}

std::vector<ColumnReader> split(const std::vector<std::uint8_t>& payload, std::size_t count) {
  if (payload.size() < 4 + 4 * count || get<std::uint32_t>(payload.data()) != count)
    throw std::runtime_error("it has not the columns of its kind");
  std::vector<ColumnReader> columns;
  std::size_t at = 4 + 4 * count;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = get<std::uint32_t>(payload.data() + 4 + 4 * i);
    if (size > payload.size() - at) throw std::runtime_error("a column is longer than its chunk");
    columns.emplace_back(payload.data() + at, payload.data() + at + size);
    at += size;
  }
  return columns;
}

}  // namespace nnp::traces

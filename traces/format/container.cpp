// SPDX-License-Identifier: Apache-2.0
#include "traces/format/container.h"

#include <fmt/format.h>
#include <zlib.h>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

constexpr std::size_t kCrcAt = kChunkHeadBytes - 4;

std::uint32_t crc_of(const std::uint8_t* head, const std::uint8_t* payload, std::size_t bytes) {
  const uLong crc = crc32(0, head, kCrcAt);
  return static_cast<std::uint32_t>(crc32_z(crc, payload, bytes));
}

}  // namespace

std::vector<std::uint8_t> encode_head(const ChunkHead& head, std::uint32_t crc) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(kChunkHeadBytes);
  append(bytes, kChunkMagic);
  append(bytes, static_cast<std::uint16_t>(head.type));
  append(bytes, head.unit);
  append(bytes, head.records);
  append(bytes, head.raw_bytes);
  append(bytes, head.packed_bytes);
  append(bytes, head.first_cycle);
  append(bytes, head.end_cycle);
  append(bytes, head.first_number);
  append(bytes, crc);
  return bytes;
}

ChunkHead decode_head(const std::uint8_t* bytes) {
  ChunkHead head;
  head.type = static_cast<ChunkType>(get<std::uint16_t>(bytes + 4));
  head.unit = get<std::uint16_t>(bytes + 6);
  head.records = get<std::uint32_t>(bytes + 8);
  head.raw_bytes = get<std::uint32_t>(bytes + 12);
  head.packed_bytes = get<std::uint32_t>(bytes + 16);
  head.first_cycle = get<std::uint64_t>(bytes + 20);
  head.end_cycle = get<std::uint64_t>(bytes + 28);
  head.first_number = get<std::uint64_t>(bytes + 36);
  return head;
}

std::vector<std::uint8_t> make_chunk(ChunkHead head, const std::vector<std::uint8_t>& raw, int level) {
  uLongf packed = compressBound(static_cast<uLong>(raw.size()));
  std::vector<std::uint8_t> chunk(kChunkHeadBytes + packed);
  if (compress2(chunk.data() + kChunkHeadBytes, &packed, raw.data(), static_cast<uLong>(raw.size()), level) !=
      Z_OK)
    throw std::bad_alloc();  // the only way in which it can fail
  chunk.resize(kChunkHeadBytes + packed);
  head.raw_bytes = static_cast<std::uint32_t>(raw.size());
  head.packed_bytes = static_cast<std::uint32_t>(packed);
  auto bytes = encode_head(head, 0);
  const std::uint32_t crc = crc_of(bytes.data(), chunk.data() + kChunkHeadBytes, packed);
  bytes = encode_head(head, crc);
  std::copy(bytes.begin(), bytes.end(), chunk.begin());
  return chunk;
}

std::vector<std::uint8_t> open_chunk(const std::uint8_t* head_bytes, const std::uint8_t* payload) {
  const ChunkHead head = decode_head(head_bytes);
  if (crc_of(head_bytes, payload, head.packed_bytes) != get<std::uint32_t>(head_bytes + kCrcAt))
    throw std::runtime_error("its checksum does not fit");
  if (head.raw_bytes > kLargestChunk || head.raw_bytes > head.packed_bytes * kLargestRatio)
    throw std::runtime_error(
        fmt::format("it claims {} bytes packed into {}", head.raw_bytes, head.packed_bytes));
  std::vector<std::uint8_t> raw(head.raw_bytes);
  uLongf size = head.raw_bytes;
  if (uncompress(raw.data(), &size, payload, head.packed_bytes) != Z_OK || size != head.raw_bytes)
    throw std::runtime_error("it cannot be unpacked");
  return raw;
}

}  // namespace nnp::traces

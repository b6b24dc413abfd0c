// SPDX-License-Identifier: Apache-2.0
#include "traces/format/container.h"

#include <fmt/format.h>
#include <zlib.h>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

constexpr std::uint32_t kFewestColumns = 4;  // of a kind of record; each has a byte in each
constexpr std::size_t kCrcAt = kChunkHeadBytes - 4;
constexpr int kRawDeflate = -15;  // zlib's word for a window of 32 KiB without zlib's own head and checksum
constexpr int kMemory = 8;        // zlib's default
constexpr int kIndexLevel = 6;    // deflate: small beside the records

std::uint32_t crc_of(const std::uint8_t* head, const std::uint8_t* payload, std::size_t bytes) {
  const uLong crc = crc32(0, head, kCrcAt);
  return static_cast<std::uint32_t>(crc32_z(crc, payload, bytes));
}

}  // namespace

bool believable(const ChunkHead& head) {
  const bool columns = head.type >= ChunkType::states && head.type <= ChunkType::commands;
  return head.raw_bytes <= kLargestChunk && head.raw_bytes <= head.packed_bytes * kLargestRatio &&
         head.records <= head.raw_bytes / (columns ? kFewestColumns : 1);
}

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
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, kRawDeflate, kMemory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::vector<std::uint8_t> chunk(kChunkHeadBytes + deflateBound(&stream, static_cast<uLong>(raw.size())));
  stream.next_in = const_cast<Bytef*>(raw.data());
  stream.avail_in = static_cast<uInt>(raw.size());
  stream.next_out = chunk.data() + kChunkHeadBytes;
  stream.avail_out = static_cast<uInt>(chunk.size() - kChunkHeadBytes);
  deflate(&stream, Z_FINISH);  // cannot fail: the bound holds
  const std::size_t packed = stream.total_out;
  deflateEnd(&stream);
  chunk.resize(kChunkHeadBytes + packed);
  head.raw_bytes = static_cast<std::uint32_t>(raw.size());
  head.packed_bytes = static_cast<std::uint32_t>(packed);
  auto bytes = encode_head(head, 0);
  const std::uint32_t crc = crc_of(bytes.data(), chunk.data() + kChunkHeadBytes, packed);
  bytes = encode_head(head, crc);
  std::copy(bytes.begin(), bytes.end(), chunk.begin());
  return chunk;
}

std::vector<std::uint8_t> file_head() {
  std::vector<std::uint8_t> bytes(std::begin(kFileMagic), std::end(kFileMagic));
  append(bytes, kFileVersion);
  append(bytes, std::uint32_t{0});
  return bytes;
}

std::vector<std::uint8_t> index_and_tail(const std::vector<std::uint64_t>& places, std::uint64_t at) {
  std::vector<std::uint8_t> list;
  for (const std::uint64_t place : places) append(list, place);
  ChunkHead head;
  head.type = ChunkType::index, head.records = static_cast<std::uint32_t>(places.size());
  std::vector<std::uint8_t> bytes = make_chunk(head, list, kIndexLevel);
  std::vector<std::uint8_t> tail;
  append(tail, at);
  append(tail, at + bytes.size() + kTailBytes);  // the size of the file
  append(tail, kTailMagic);
  append(tail, static_cast<std::uint32_t>(crc32_z(0, tail.data(), tail.size())));
  bytes.insert(bytes.end(), tail.begin(), tail.end());
  return bytes;
}

std::vector<std::uint8_t> open_chunk(const std::uint8_t* head_bytes, const std::uint8_t* payload) {
  const ChunkHead head = decode_head(head_bytes);
  if (crc_of(head_bytes, payload, head.packed_bytes) != get<std::uint32_t>(head_bytes + kCrcAt))
    throw std::runtime_error("its checksum does not fit");
  if (!believable(head))
    throw std::runtime_error(fmt::format("it claims {} records in {} bytes packed into {}", head.records,
                                         head.raw_bytes, head.packed_bytes));
  std::vector<std::uint8_t> raw(head.raw_bytes);
  z_stream stream{};
  if (inflateInit2(&stream, kRawDeflate) != Z_OK) throw std::bad_alloc();
  stream.next_in = const_cast<Bytef*>(payload);
  stream.avail_in = head.packed_bytes;
  stream.next_out = raw.data();
  stream.avail_out = head.raw_bytes;
  const int end = inflate(&stream, Z_FINISH);
  const bool whole = end == Z_STREAM_END && stream.total_out == head.raw_bytes;
  inflateEnd(&stream);
  if (!whole) throw std::runtime_error("it cannot be unpacked");
  return raw;
}

}  // namespace nnp::traces

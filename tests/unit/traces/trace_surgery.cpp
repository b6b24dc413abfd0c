// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/traces/trace_surgery.h"

#include <fmt/format.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "traces/format/bytes.h"

namespace nnp::test {
namespace {

using traces::ChunkHead;
using traces::ChunkType;
using Bytes8 = std::vector<std::uint8_t>;
using Json = nlohmann::ordered_json;

struct Chunk {
  ChunkHead head;
  Bytes8 raw;
  bool lies = false;  // keep raw_bytes as the head says
};

std::vector<Chunk> chunks_of(const std::string& file) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(file.data());
  std::vector<Chunk> chunks;
  for (std::size_t at = traces::kHeadBytes;;) {
    const ChunkHead head = traces::decode_head(bytes + at);
    if (head.type == ChunkType::index) return chunks;
    chunks.push_back({head, traces::open_chunk(bytes + at, bytes + at + traces::kChunkHeadBytes)});
    at += traces::kChunkHeadBytes + head.packed_bytes;
  }
}

Bytes8 packed(const Chunk& chunk) {
  Bytes8 bytes = traces::make_chunk(chunk.head, chunk.raw, 1);
  if (!chunk.lies) return bytes;
  ChunkHead head = traces::decode_head(bytes.data());
  head.raw_bytes = chunk.head.raw_bytes;
  const auto with_crc = [&](std::uint32_t crc) {
    const Bytes8 encoded = traces::encode_head(head, crc);
    std::copy(encoded.begin(), encoded.end(), bytes.begin());
  };
  with_crc(0);
  const std::size_t crc_at = traces::kChunkHeadBytes - 4;
  const uLong crc = crc32_z(0, bytes.data(), crc_at);
  with_crc(static_cast<std::uint32_t>(
      crc32_z(crc, bytes.data() + traces::kChunkHeadBytes, bytes.size() - traces::kChunkHeadBytes)));
  return bytes;
}

/// Head, chunks, index and tail. `places` are what the index names; all chunks where it is empty.
std::string file_of(const std::vector<Chunk>& chunks, std::vector<std::uint64_t> places = {}) {
  Bytes8 file(std::begin(traces::kFileMagic), std::end(traces::kFileMagic));
  traces::append(file, traces::kFileVersion);
  traces::append(file, std::uint32_t{0});
  const bool all = places.empty();
  for (const Chunk& chunk : chunks) {
    if (all) places.push_back(file.size());
    const Bytes8 bytes = packed(chunk);
    file.insert(file.end(), bytes.begin(), bytes.end());
  }
  Bytes8 index, tail;
  for (const std::uint64_t place : places) traces::append(index, place);
  traces::append(tail, std::uint64_t{file.size()});
  ChunkHead head;
  head.type = ChunkType::index, head.records = static_cast<std::uint32_t>(places.size());
  const Bytes8 bytes = traces::make_chunk(head, index, 1);
  file.insert(file.end(), bytes.begin(), bytes.end());
  traces::append(tail, std::uint64_t{file.size() + traces::kTailBytes});
  traces::append(tail, traces::kTailMagic);
  traces::append(tail, static_cast<std::uint32_t>(crc32_z(0, tail.data(), tail.size())));
  file.insert(file.end(), tail.begin(), tail.end());
  return {file.begin(), file.end()};
}

std::size_t below(Random& random, std::size_t limit) { return limit == 0 ? 0 : random() % limit; }

std::uint64_t nasty(Random& random) {
  constexpr std::uint64_t values[] = {0,          1,          0xFF,       0xFFFE,      0xFFFF,
                                      0x10000,    0x7FFFFFFF, 0xFFFFFFFF, 1ull << 32,  1ull << 52,
                                      1ull << 63, ~0ull,      ~0ull - 1,  20'000'000u, 1ull << 28};
  return random() % 4 == 0 ? random() : values[below(random, std::size(values))];
}

void damage(Bytes8& bytes, Random& random) {
  for (std::size_t i = 1 + below(random, 6); i > 0 && !bytes.empty(); --i) {
    const auto at = static_cast<std::ptrdiff_t>(below(random, bytes.size()));
    switch (random() % 5) {
      case 0:
        bytes[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(random());
        break;
      case 1:
        bytes[static_cast<std::size_t>(at)] ^= static_cast<std::uint8_t>(1u << random() % 8);
        break;
      case 2:  // a number that goes on and on
        for (auto byte = bytes.begin() + at; byte != bytes.end() && byte < bytes.begin() + at + 10; ++byte)
          *byte = 0xFF;
        break;
      case 3:
        bytes.erase(bytes.begin() + at);
        break;
      default:
        bytes.insert(bytes.begin() + at, static_cast<std::uint8_t>(random()));
    }
  }
}

void damage_head(ChunkHead& head, Random& random) {
  switch (random() % 6) {
    case 0:
      head.records = static_cast<std::uint32_t>(nasty(random));
      break;
    case 1:
      head.first_cycle = nasty(random);
      break;
    case 2:
      head.end_cycle = nasty(random);
      break;
    case 3:
      head.first_number = nasty(random);
      break;
    case 4:
      head.unit = static_cast<std::uint16_t>(random() % 4 == 0 ? nasty(random) : random() % 10);
      break;
    default:
      head.type = static_cast<ChunkType>(random() % 14);
  }
}

/// All values of a JSON text that are not objects or arrays, and those arrays.
void collect(Json& json, std::vector<Json*>& leaves, std::vector<Json*>& lists) {
  if (json.is_array()) lists.push_back(&json);
  if (!json.is_structured()) return leaves.push_back(&json);
  for (auto& entry : json.items()) collect(entry.value(), leaves, lists);
}

void damage_json(Bytes8& raw, Random& random) {
  Json json = Json::parse(raw.begin(), raw.end());
  std::vector<Json*> leaves, lists;
  collect(json, leaves, lists);
  Json& leaf = *leaves[below(random, leaves.size())];
  const auto way = random() % 8;
  switch (lists.empty() && (way == 4 || way == 5) ? 0 : way) {
    case 0:
      leaf = nullptr;
      break;
    case 1:
      leaf = -static_cast<std::int64_t>(nasty(random) >> 1);
      break;
    case 2:
      leaf = 1e300;
      break;
    case 3:
      leaf = std::string(below(random, 300), '\t');
      break;
    case 4:
      lists[below(random, lists.size())]->clear();
      break;
    case 5: {  // many of one thing
      Json& list = *lists[below(random, lists.size())];
      const Json one = list.empty() ? Json(1) : list[0];
      for (int i = 0; i < (random() % 4 == 0 ? 70'000 : 300); ++i) list.push_back(one);
      break;
    }
    case 6:
      json.erase(std::next(json.begin(), static_cast<std::ptrdiff_t>(below(random, json.size()))));
      break;
    default:
      leaf = nasty(random);
  }
  const std::string text = json.dump();
  raw.assign(text.begin(), text.end());
}

}  // namespace

Mutant mutated(const std::string& whole, Random& random) {
  const auto kind = random() % 10;
  if (kind == 0) return {whole.substr(0, below(random, whole.size())), "cut off"};
  if (kind == 1) {
    Bytes8 bytes(whole.begin(), whole.end());
    damage(bytes, random);
    return {{bytes.begin(), bytes.end()}, "bytes changed"};
  }
  std::vector<Chunk> chunks = chunks_of(whole);
  std::string story;
  for (std::size_t count = 1 + random() % 3; count > 0; --count) {
    const std::size_t at = below(random, chunks.size());
    Chunk& chunk = chunks[at];
    story += fmt::format("chunk {} of type {}: ", at, static_cast<int>(chunk.head.type));
    switch (kind) {
      case 2:
      case 3:
      case 4:
        story += "payload changed; ";
        damage(chunk.raw, random);
        break;
      case 5:
        story += "head changed; ";
        damage_head(chunk.head, random);
        break;
      case 6:
        story += "JSON changed; ";
        try {
          damage_json((random() % 4 == 0 ? chunks.back() : chunks.front()).raw, random);
        } catch (const Json::exception&) {
          damage(chunks.front().raw, random);  // is none any more
        }
        break;
      case 7: {
        story += "moved, doubled or dropped; ";
        const Chunk copy = chunk;
        if (random() % 3 == 0) std::swap(chunks[at], chunks[below(random, chunks.size())]);
        if (random() % 3 == 0) chunks.insert(chunks.begin() + static_cast<std::ptrdiff_t>(at), copy);
        if (random() % 3 == 0 && chunks.size() > 1)
          chunks.erase(chunks.begin() + static_cast<std::ptrdiff_t>(at));
        break;
      }
      case 8:
        story += "claims another size; ";
        chunk.lies = true, chunk.head.raw_bytes = static_cast<std::uint32_t>(nasty(random));
        break;
      default: {
        story += "the index names it again and again; ";
        std::uint64_t place = traces::kHeadBytes;
        std::vector<std::uint64_t> places{place};
        for (std::size_t i = 0; i < at; ++i) place += packed(chunks[i]).size();
        places.resize(1 + below(random, 100'000), random() % 4 == 0 ? nasty(random) : place);
        return {file_of(chunks, places), story};
      }
    }
  }
  return {file_of(chunks), story};
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "traces/format/trace_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <sstream>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

constexpr std::size_t kMostAtOnce = 1u << 26;  // records reserved on the word of chunk heads

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace

void TraceFile::fail(const std::string& what) const {
  throw TraceFileError(fmt::format("{}: {}", path_.string(), what));
}
void TraceFile::fail(const Place& place, const std::string& what) const {
  fail(fmt::format("the chunk at byte {} is damaged: {}", place.at, what));
}

TraceFile::TraceFile(const std::filesystem::path& path) : path_(path), file_(path, std::ios::binary) {
  std::error_code failed;
  const std::uint64_t size = std::filesystem::file_size(path, failed);
  if (!file_ || failed)
    fail(fmt::format("cannot be read: {}", failed ? failed.message() : std::string("no permission")));
  std::uint8_t head[kHeadBytes] = {};
  file_.read(reinterpret_cast<char*>(head), kHeadBytes);
  if (size < kHeadBytes || std::memcmp(head, kFileMagic, sizeof kFileMagic) != 0)
    fail("is not a trace of nnpsim");
  if (const auto version = get<std::uint32_t>(head + 8); version != kFileVersion)
    fail(fmt::format("is a trace of version {}; this program reads version {}", version, kFileVersion));
  if (!read_index(size)) {
    places_.clear();
    walk_chunks(size);
    shortcoming_ = "the file ends early: its writer was stopped, or it was cut off";
  }
  if (places_.empty() || places_.front().head.type != ChunkType::metadata)
    fail("ends before its metadata: there is nothing to read");
  try {
    info_ = info_from_json(text(places_.front()));
    if (places_.back().head.type == ChunkType::summary) summary_ = summary_from_json(text(places_.back()));
  } catch (const TraceFileError&) {
    throw;
  } catch (const std::exception& error) {
    fail(error.what());
  }
  for (const Place& place : places_)
    if (place.head.type >= ChunkType::states && place.head.type <= ChunkType::pyramid &&
        place.head.type != ChunkType::counter && place.head.unit >= info_.units.size())
      fail(place, fmt::format("it belongs to unit {} of {}", place.head.unit, info_.units.size()));
  if (summary_ && !summary_->complete) shortcoming_ = "the run ended early: " + summary_->ended;
}

/// False when tail and index are not whole and where they should be.
bool TraceFile::read_index(std::uint64_t size) {
  if (size < kHeadBytes + kChunkHeadBytes + kTailBytes) return false;
  std::uint8_t tail[kTailBytes];
  file_.seekg(static_cast<std::streamoff>(size - kTailBytes));
  if (!file_.read(reinterpret_cast<char*>(tail), kTailBytes)) return false;
  const auto index_at = get<std::uint64_t>(tail);
  if (get<std::uint64_t>(tail + 8) != size || get<std::uint32_t>(tail + 16) != kTailMagic ||
      get<std::uint32_t>(tail + 20) != crc32_z(0, tail, 20) || index_at >= size)
    return false;
  add_place(index_at, size);
  if (places_.empty() || places_.back().head.type != ChunkType::index) return false;
  const Place index = places_.back();
  places_.clear();
  const std::vector<std::uint8_t> list = payload(index);
  if (list.size() % 8 != 0) fail(index, "its size is odd");
  for (std::size_t i = 0; i < list.size(); i += 8) {
    const auto at = get<std::uint64_t>(list.data() + i);
    const std::size_t before = places_.size();
    if (before == 0 || at >= places_.back().at + kChunkHeadBytes + places_.back().head.packed_bytes)
      add_place(at, size);  // each chunk once: an index cannot make a small file large
    if (places_.size() == before)
      fail(fmt::format("there is no chunk at byte {}, which the index names", at));
  }
  return true;
}

void TraceFile::walk_chunks(std::uint64_t size) {
  file_.clear();
  for (std::uint64_t at = kHeadBytes;;) {
    const std::size_t before = places_.size();
    add_place(at, size);
    if (places_.size() == before) break;
    const Place& place = places_.back();
    at += kChunkHeadBytes + place.head.packed_bytes;
    if (place.head.type == ChunkType::index) places_.pop_back();
  }
  file_.clear();
}

/// Adds the chunk at this byte if a whole one is there.
void TraceFile::add_place(std::uint64_t at, std::uint64_t size) {
  if (at > size || size - at < kChunkHeadBytes) return;
  std::uint8_t bytes[kChunkHeadBytes];
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(at));
  if (!file_.read(reinterpret_cast<char*>(bytes), kChunkHeadBytes) ||
      get<std::uint32_t>(bytes) != kChunkMagic)
    return;
  const ChunkHead head = decode_head(bytes);
  if (head.packed_bytes > size - at - kChunkHeadBytes || !believable(head)) return;
  places_.push_back({head, at});
}

/// The chunk as it stands in the file.
std::vector<std::uint8_t> TraceFile::packed(const Place& place) const {
  std::vector<std::uint8_t> bytes(kChunkHeadBytes + std::size_t{place.head.packed_bytes});
  file_.clear();
  file_.seekg(static_cast<std::streamoff>(place.at));
  if (!file_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size())))
    fail(place, "it cannot be read");
  return bytes;
}

std::vector<std::uint8_t> TraceFile::payload(const Place& place) const {
  const std::vector<std::uint8_t> bytes = packed(place);
  try {
    return open_chunk(bytes.data(), bytes.data() + kChunkHeadBytes);
  } catch (const std::runtime_error& error) {
    fail(place, error.what());
  }
}

std::string TraceFile::text(const Place& place) const {
  const auto bytes = payload(place);
  return {bytes.begin(), bytes.end()};
}

template <typename Record>
std::vector<Record> TraceFile::records(ChunkType type, std::size_t unit, Cycle from, Cycle to) const {
  const auto wanted = [&](const ChunkHead& head) {
    return head.type == type && head.unit == unit && head.end_cycle > from && head.first_cycle < to;
  };
  std::vector<Record> list;
  std::size_t total = 0;
  for (const Place& place : places_)
    if (wanted(place.head) && place.head.records <= place.head.raw_bytes) total += place.head.records;
  list.reserve(std::min(total, kMostAtOnce));
  for (const Place& place : places_) {
    if (!wanted(place.head)) continue;
    try {
      decode(place.head, payload(place), list);
    } catch (const TraceFileError&) {
      throw;
    } catch (const std::runtime_error& error) {
      fail(place, error.what());
    }
  }
  return list;
}

template std::vector<sim::StateRecord> TraceFile::records(ChunkType, std::size_t, Cycle, Cycle) const;
template std::vector<sim::InstructionSpan> TraceFile::records(ChunkType, std::size_t, Cycle, Cycle) const;
template std::vector<sim::TransferSpan> TraceFile::records(ChunkType, std::size_t, Cycle, Cycle) const;
template std::vector<sim::TileSpan> TraceFile::records(ChunkType, std::size_t, Cycle, Cycle) const;
template std::vector<sim::PassSpan> TraceFile::records(ChunkType, std::size_t, Cycle, Cycle) const;
template std::vector<sim::MemoryCommand> TraceFile::records(ChunkType, std::size_t, Cycle, Cycle) const;

std::vector<PyramidLevel> TraceFile::pyramid(std::size_t unit) const {
  std::vector<PyramidLevel> levels;
  for (const Place& place : places_)
    if (place.head.type == ChunkType::pyramid && place.head.unit == unit) {
      const auto bytes = payload(place);
      try {
        levels.push_back(decode_pyramid(place.head, bytes));
      } catch (const std::runtime_error& error) {
        fail(place, error.what());
      }
    }
  return levels;
}

std::vector<Counter> TraceFile::counters() const {
  std::vector<Counter> counters;
  for (const Place& place : places_)
    if (place.head.type == ChunkType::counter) {
      auto bytes = payload(place);
      try {
        counters.push_back(decode_counter(place.head, std::move(bytes)));
      } catch (const std::runtime_error& error) {
        fail(place, error.what());
      }
    }
  return counters;
}

std::string TraceFile::instruction_text(std::uint32_t instruction) const {
  for (const Place& place : places_) {
    if (place.head.type != ChunkType::program_text || instruction < place.head.first_number ||
        instruction - place.head.first_number >= place.head.records)
      continue;
    if (!text_ || text_->first != place.at) text_ = {place.at, lines_of(text(place))};
    const std::size_t line = instruction - place.head.first_number;
    return line < text_->second.size() ? text_->second[line] : std::string();
  }
  return {};
}

std::vector<std::string> TraceFile::program_text() const {
  std::vector<std::string> lines;
  for (const Place& place : places_)
    if (place.head.type == ChunkType::program_text)
      for (std::string& line : lines_of(text(place))) lines.push_back(std::move(line));
  return lines;
}

std::uint32_t TraceFile::program_lines() const {
  std::uint64_t lines = 0;
  for (const Place& place : places_)
    if (place.head.type == ChunkType::program_text) lines += place.head.records;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(lines, info_.instructions));
}

std::uint64_t TraceFile::records_in_file() const {
  std::uint64_t records = 0;
  for (const Place& place : places_)
    if (place.head.type >= ChunkType::states && place.head.type <= ChunkType::commands)
      records += place.head.records;
  return records;
}

std::vector<std::uint8_t> TraceFile::figures() const {
  std::vector<std::uint8_t> bytes = file_head();
  std::vector<std::uint64_t> places;
  for (const Place& place : places_) {
    const ChunkType type = place.head.type;
    if (type != ChunkType::metadata && type != ChunkType::counter && type != ChunkType::pyramid &&
        type != ChunkType::summary)
      continue;
    places.push_back(bytes.size());
    const std::vector<std::uint8_t> chunk = packed(place);
    bytes.insert(bytes.end(), chunk.begin(), chunk.end());
  }
  const std::vector<std::uint8_t> end = index_and_tail(places, bytes.size());
  bytes.insert(bytes.end(), end.begin(), end.end());
  return bytes;
}

}  // namespace nnp::traces

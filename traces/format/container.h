// SPDX-License-Identifier: Apache-2.0
// The file `.npt` from outside: a head, chunks one after the other, an index, a tail.
// docs/guide/trace-file.md describes every byte. All numbers are little endian.
//
// A reader that finds no valid tail walks the chunks from the head on: a trace whose writer died is readable
// up to its last whole chunk.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::traces {

inline constexpr char kFileMagic[8] = {'N', 'N', 'P', 'T', 'R', 'A', 'C', 'E'};
inline constexpr std::uint32_t kFileVersion = 1;
inline constexpr std::uint32_t kChunkMagic = 0x4B4E4843;  // "CHNK"
inline constexpr std::uint32_t kTailMagic = 0x4C494154;   // "TAIL"
inline constexpr std::size_t kHeadBytes = 16, kChunkHeadBytes = 48, kTailBytes = 24;
inline constexpr std::uint32_t kLargestChunk = 1u << 28;  // raw bytes: more is not believed
inline constexpr std::uint64_t kLargestRatio = 1100;      // deflate cannot reach it (1032)

enum class ChunkType : std::uint16_t {
  metadata = 1,      // JSON: chip, units, causes, layers; the first chunk
  program_text = 2,  // one disassembled instruction a line; `first_number` is the first one's index
  states = 3,
  instructions = 4,
  transfers = 5,
  tiles = 6,
  passes = 7,
  commands = 8,
  counter = 9,      // samples of one counter; its name is in the metadata
  pyramid = 10,     // one level of one unit's states
  summary = 11,     // JSON: the run's figures; the last chunk before the index
  index = 12,       // the places of all chunks before it
  live_ranges = 13  // what the unified buffer holds, from which writer to which last reader
};

struct ChunkHead {
  ChunkType type = ChunkType::index;
  std::uint16_t unit = 0;
  std::uint32_t records = 0;
  std::uint32_t raw_bytes = 0, packed_bytes = 0;
  std::uint64_t first_cycle = 0, end_cycle = 0;  // of the unit's clock; end is not included
  std::uint64_t first_number = 0;                // of spans that are numbered; pyramid: cycles of a bucket
};

/// A file that is not a trace, or a damaged one. The message begins with its path.
struct TraceFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Whether a head can be that of a chunk at all: its sizes are within limits and its records fit them. So the
/// memory that a file asks for is bounded by its size.
bool believable(const ChunkHead&);

/// CRC-32 (of zlib) over head and payload is in the head's last four bytes.
std::vector<std::uint8_t> encode_head(const ChunkHead&, std::uint32_t crc);
ChunkHead decode_head(const std::uint8_t* bytes);
/// Packs `raw` (raw deflate, RFC 1951) and returns head and payload as they stand in the file.
std::vector<std::uint8_t> make_chunk(ChunkHead head, const std::vector<std::uint8_t>& raw, int level);
/// Checks the CRC and unpacks; throws std::runtime_error with what is wrong.
std::vector<std::uint8_t> open_chunk(const std::uint8_t* head, const std::uint8_t* payload);

/// What a file begins with, and what it ends with: the index chunk of the chunks at `places`, which stands at
/// byte `at`, and the tail.
std::vector<std::uint8_t> file_head();
std::vector<std::uint8_t> index_and_tail(const std::vector<std::uint64_t>& places, std::uint64_t at);

}  // namespace nnp::traces

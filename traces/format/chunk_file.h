// SPDX-License-Identifier: Apache-2.0
// A trace file being written: chunks appended under the name PATH.part, the index at the end, then its name.
#pragma once

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "traces/format/codec.h"

namespace nnp::traces {

class ChunkFile {
 public:
  /// Throws TraceFileError when PATH.part cannot be opened, or is being written: by another process, or by
  /// another ChunkFile. What a process that died left under that name is overwritten.
  explicit ChunkFile(std::filesystem::path path);
  /// Removes PATH.part unless commit() came through.
  ~ChunkFile();
  ChunkFile(const ChunkFile&) = delete;
  ChunkFile& operator=(const ChunkFile&) = delete;

  /// A chunk as make_chunk() returns it. A failed write is remembered; commit() reports it.
  void write(const std::vector<std::uint8_t>& chunk);
  void write_text(ChunkType type, const std::string& text, std::uint32_t records = 1,
                  std::uint64_t first_number = 0);
  /// Index, tail, rename. Throws TraceFileError when anything could not be written.
  void commit();

 private:
  void open_part();
  void give_up();
  void put(const void* bytes, std::size_t size);
  std::filesystem::path path_, part_;
  std::FILE* file_ = nullptr;
  int lock_ = -1;  // a descriptor of the same open file; open until PATH.part has lost its name
  std::uint64_t at_ = 0;
  std::vector<std::uint64_t> places_;
  int error_ = 0;  // errno of the first failed write
};

}  // namespace nnp::traces

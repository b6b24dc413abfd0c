// SPDX-License-Identifier: Apache-2.0
#include "traces/format/chunk_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

constexpr int kTextLevel = 6;  // texts are small beside the records

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

ChunkFile::ChunkFile(std::filesystem::path path) : path_(std::move(path)), part_(path_.string() + ".part") {
  // It is renamed over PATH in the end: a device or a folder must not be replaced.
  if (std::filesystem::exists(path_) && !std::filesystem::is_regular_file(path_))
    throw TraceFileError(fmt::format("{}: cannot be written: it is not a plain file", path_.string()));
  file_ = std::fopen(part_.c_str(), "wb");
  if (file_ == nullptr)
    throw TraceFileError(fmt::format("{}: cannot be written: {}", path_.string(), reason(errno)));
  std::vector<std::uint8_t> head(std::begin(kFileMagic), std::end(kFileMagic));
  append(head, kFileVersion);
  append(head, std::uint32_t{0});
  put(head.data(), head.size());
}

ChunkFile::~ChunkFile() {
  if (file_ == nullptr) return;
  std::fclose(file_);
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
}

void ChunkFile::put(const void* bytes, std::size_t size) {
  if (error_ == 0 && std::fwrite(bytes, 1, size, file_) != size) error_ = errno != 0 ? errno : EIO;
  at_ += size;
}

void ChunkFile::write(const std::vector<std::uint8_t>& chunk) {
  places_.push_back(at_);
  put(chunk.data(), chunk.size());
}

void ChunkFile::write_text(ChunkType type, const std::string& text, std::uint32_t records,
                           std::uint64_t first_number) {
  ChunkHead head;
  head.type = type, head.records = records, head.first_number = first_number;
  write(make_chunk(head, {text.begin(), text.end()}, kTextLevel));
}

void ChunkFile::commit() {
  const std::uint64_t index_at = at_;
  std::vector<std::uint8_t> index;
  for (const std::uint64_t place : places_) append(index, place);
  ChunkHead head;
  head.type = ChunkType::index, head.records = static_cast<std::uint32_t>(places_.size());
  write(make_chunk(head, index, kTextLevel));

  std::vector<std::uint8_t> tail;
  append(tail, index_at);
  append(tail, at_ + kTailBytes);  // the size of the file
  append(tail, kTailMagic);
  append(tail, static_cast<std::uint32_t>(crc32_z(0, tail.data(), tail.size())));
  put(tail.data(), tail.size());

  if (std::fclose(file_) != 0 && error_ == 0) error_ = errno;
  file_ = nullptr;
  std::error_code failed;
  if (error_ == 0) std::filesystem::rename(part_, path_, failed);
  if (error_ == 0 && !failed) return;
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
  throw TraceFileError(fmt::format("{}: cannot be written: {}", path_.string(),
                                   error_ != 0 ? reason(error_) : failed.message()));
}

}  // namespace nnp::traces

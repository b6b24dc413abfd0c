// SPDX-License-Identifier: Apache-2.0
#include "traces/format/chunk_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace nnp::traces {
namespace {

constexpr int kTextLevel = 6;  // texts are small beside the records

std::string reason(int error) { return std::generic_category().message(error); }

}  // namespace

ChunkFile::ChunkFile(std::filesystem::path path) : path_(std::move(path)), part_(path_.string() + ".part") {
  // It is renamed over PATH in the end: a device or a folder must not be replaced.
  if (std::filesystem::exists(path_) && !std::filesystem::is_regular_file(path_))
    throw TraceFileError(fmt::format("{}: cannot be written: it is not a plain file", path_.string()));
  open_part();
  const std::vector<std::uint8_t> head = file_head();
  put(head.data(), head.size());
}

// PATH.part is this writer's alone: a lock says so while it lives, and goes with a program that dies. Whoever
// gave a file its name, or removed it, while we waited for the lock has left us one without that name.
void ChunkFile::open_part() {
  const auto fail = [&](const std::string& why) {
    const int descriptor = std::exchange(lock_, -1);
    if (descriptor >= 0) ::close(descriptor);
    throw TraceFileError(fmt::format("{}: cannot be written: {}", path_.string(), why));
  };
  for (bool named = false; !named;) {
    if (lock_ >= 0) ::close(lock_);
    lock_ = ::open(part_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (lock_ < 0) fail(reason(errno));
    if (::flock(lock_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
      fail(fmt::format("another run is writing it ({})", part_.string()));
    struct stat ours {
    }, there{};
    named = ::fstat(lock_, &ours) == 0 && ::stat(part_.c_str(), &there) == 0 && ours.st_dev == there.st_dev &&
            ours.st_ino == there.st_ino;
  }
  const int descriptor = ::ftruncate(lock_, 0) == 0 ? ::dup(lock_) : -1;
  file_ = descriptor >= 0 ? ::fdopen(descriptor, "wb") : nullptr;
  if (file_ == nullptr) fail(reason(errno));
}

// The name goes before the lock, so that nobody finds the name without the lock.
void ChunkFile::give_up() {
  if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
  if (lock_ < 0) return;
  std::error_code ignored;
  std::filesystem::remove(part_, ignored);
  ::close(std::exchange(lock_, -1));
}

ChunkFile::~ChunkFile() { give_up(); }

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
  const std::vector<std::uint8_t> end = index_and_tail(places_, at_);
  put(end.data(), end.size());

  if (std::fclose(std::exchange(file_, nullptr)) != 0 && error_ == 0) error_ = errno;
  std::error_code failed;
  if (error_ == 0) std::filesystem::rename(part_, path_, failed);
  if (error_ == 0 && !failed) {
    ::close(std::exchange(lock_, -1));
    return;
  }
  give_up();
  throw TraceFileError(fmt::format("{}: cannot be written: {}", path_.string(),
                                   error_ != 0 ? reason(error_) : failed.message()));
}

}  // namespace nnp::traces

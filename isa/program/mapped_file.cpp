// SPDX-License-Identifier: Apache-2.0
#include "isa/program/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnp::isa {

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return nullptr;
  struct stat status {};
  void* memory = MAP_FAILED;
  if (fstat(file, &status) == 0 && status.st_size > 0)
    memory = mmap(nullptr, static_cast<std::size_t>(status.st_size), PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (memory == MAP_FAILED) return nullptr;
  const auto* bytes = static_cast<const std::uint8_t*>(memory);
  return std::shared_ptr<const MappedFile>(new MappedFile({bytes, static_cast<std::size_t>(status.st_size)}));
}

MappedFile::~MappedFile() { munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size()); }

void MappedFile::let_go(std::span<const std::uint8_t> part) const {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<std::size_t>(part.data() - bytes_.data()),
             first = (begin + page - 1) / page * page, end = (begin + part.size()) / page * page;
  if (first < end)  // advice: a system that does not take it keeps the pages
    madvise(const_cast<std::uint8_t*>(bytes_.data()) + first, end - first, MADV_DONTNEED);
}

std::vector<std::uint8_t> MappedFile::copy_of(std::span<const std::uint8_t> part) const {
  std::vector<std::uint8_t> copy;
  copy.reserve(part.size());
  for_each_piece(part, [&](auto piece) { copy.insert(copy.end(), piece.begin(), piece.end()); });
  return copy;
}

}  // namespace nnp::isa

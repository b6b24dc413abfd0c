// SPDX-License-Identifier: Apache-2.0
// A file's bytes where the system has them: pages come when they are read and may go again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace nnp::isa {

/// Whoever writes such a file makes a new one and renames it (write_program does); one that is changed or cut
/// in place while it is mapped changes under its reader.
class MappedFile {
 public:
  /// nullptr where the file cannot be opened or the system cannot map it (an empty one, a pipe).
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path&);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const { return bytes_; }
  /// The whole pages of `part`, a part of bytes(), take no memory until somebody reads them again.
  void let_go(std::span<const std::uint8_t> part) const;
  /// Calls f with piece after piece of `part` and lets it go: they are never all in memory.
  template <typename F>
  void for_each_piece(std::span<const std::uint8_t> part, F&& f) const {
    constexpr std::size_t kPiece = std::size_t{4} << 20;
    for (std::size_t at = 0; at < part.size(); at += kPiece) {
      const auto piece = part.subspan(at, std::min(kPiece, part.size() - at));
      f(piece);
      let_go(piece);
    }
  }
  std::vector<std::uint8_t> copy_of(std::span<const std::uint8_t> part) const;

 private:
  explicit MappedFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::span<const std::uint8_t> bytes_;
};

}  // namespace nnp::isa

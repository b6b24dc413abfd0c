// SPDX-License-Identifier: Apache-2.0
// A file's bytes where the system has them: pages come when they are read and may go again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

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

 private:
  explicit MappedFile(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  std::span<const std::uint8_t> bytes_;
};

}  // namespace nnp::isa

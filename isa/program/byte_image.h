// SPDX-License-Identifier: Apache-2.0
// A run of bytes of a program: its own, or a part of the mapped file that it was read from, which is copied
// when somebody changes it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "isa/program/mapped_file.h"

namespace nnp::isa {

class ByteImage {
 public:
  ByteImage() = default;
  ByteImage(std::vector<std::uint8_t> bytes) : own_(std::move(bytes)) {}  // NOLINT: as good as its vector
  /// `part` of the file's bytes.
  ByteImage(std::shared_ptr<const MappedFile> file, std::span<const std::uint8_t> part)
      : file_(std::move(file)), part_(part) {}

  const std::uint8_t* data() const { return file_ ? part_.data() : own_.data(); }
  std::size_t size() const { return file_ ? part_.size() : own_.size(); }
  bool empty() const { return size() == 0; }
  const std::uint8_t* begin() const { return data(); }
  const std::uint8_t* end() const { return data() + size(); }
  std::uint8_t operator[](std::size_t at) const { return data()[at]; }
  friend bool operator==(const ByteImage& a, const ByteImage& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

  /// To change them.
  std::vector<std::uint8_t>& edit() {
    if (file_) own_.assign(begin(), end()), file_.reset();
    return own_;
  }
  /// Nobody reads them for now: those of a mapped file take no memory until somebody does.
  void let_go() const {
    if (file_) file_->let_go(part_);
  }

 private:
  std::vector<std::uint8_t> own_;
  std::shared_ptr<const MappedFile> file_;  // nullptr: own_ counts
  std::span<const std::uint8_t> part_;
};

}  // namespace nnp::isa

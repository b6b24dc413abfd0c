// SPDX-License-Identifier: Apache-2.0
// A file of memory requests, one a line: "R 0x1f40" or "W 0x1f40". Blank lines, and what follows a '#', are
// skipped. Read piece by piece, so that its size does not matter.
#pragma once

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::sim {

struct TraceRequest {
  Address address = 0;
  bool write = false;
};

/// What is wrong and where: "file:line:col: message", or "file: message" where it cannot be read.
struct TraceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class RequestTrace {
 public:
  /// Addresses from `capacity` on are folded into the memory, as traces of larger machines have them. Throws
  /// TraceError.
  RequestTrace(std::string path, Bytes capacity);
  /// The next request; false at the end. Throws TraceError.
  bool next(TraceRequest&);
  /// Requests so far whose address was folded.
  std::uint64_t folded() const { return folded_; }

 private:
  static constexpr int kEnd = -1;
  int peek() { return at_ != end_ || fill() ? static_cast<unsigned char>(buffer_[at_]) : kEnd; }
  bool fill();
  void skip_blanks();
  void skip_rest_of_line();
  [[noreturn]] void fail(std::uint64_t column, const std::string& what) const;
  std::uint64_t column() const { return passed_ + at_ - line_start_ + 1; }
  Address address();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  Bytes capacity_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<char> buffer_;
  std::size_t at_ = 0, end_ = 0;
  std::uint64_t passed_ = 0;  // bytes of the file before the buffer
  std::uint64_t folded_ = 0;
  std::uint64_t line_ = 1, line_start_ = 0;
};

}  // namespace nnp::sim

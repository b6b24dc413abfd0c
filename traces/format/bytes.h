// SPDX-License-Identifier: Apache-2.0
// Little-endian numbers of fixed width, and columns of numbers of varying width: seven bits a byte, signed
// ones as 0, -1, 1, -2 ...
#pragma once

#include <cstdint>
#include <stdexcept>
#include <vector>

namespace nnp::traces {

template <typename T>
void append(std::vector<std::uint8_t>& to, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    to.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
}
template <typename T>
T get(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::uint64_t{from[i]} << (8 * i);
  return static_cast<T>(value);
}

/// One column being written.
class ColumnWriter {
 public:
  void reserve(std::size_t bytes) { bytes_.reserve(bytes); }
  void put(std::uint64_t value) {
    while (value >= 0x80) bytes_.push_back(static_cast<std::uint8_t>(value | 0x80)), value >>= 7;
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  void put_signed(std::int64_t value) {
    put(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
  }
  /// `value` as the difference to the one before; wraps around, so every value can follow every other.
  void put_delta(std::uint64_t value) {
    put_signed(static_cast<std::int64_t>(value - before_));
    before_ = value;
  }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
  std::uint64_t before_ = 0;
};

/// One column being read; throws std::runtime_error past its end.
class ColumnReader {
 public:
  ColumnReader(const std::uint8_t* begin, const std::uint8_t* end) : at_(begin), end_(end) {}
  bool at_end() const { return at_ == end_; }
  std::uint64_t take() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (at_ == end_) throw std::runtime_error("a column ends early");
      const std::uint8_t byte = *at_++;
      value |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return value;
    }
    throw std::runtime_error("a number is too long");
  }
  std::int64_t take_signed() {
    const std::uint64_t value = take();
    return static_cast<std::int64_t>(value >> 1 ^ (0 - (value & 1)));
  }
  std::uint64_t take_delta() { return before_ += static_cast<std::uint64_t>(take_signed()); }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
  std::uint64_t before_ = 0;
};

/// Columns one behind the other: their number, their sizes, their bytes.
std::vector<std::uint8_t> join(const std::vector<ColumnWriter>& columns);
/// The `count` columns of a payload; throws std::runtime_error where they do not fit it. `payload` must
/// outlive them.
std::vector<ColumnReader> split(const std::vector<std::uint8_t>& payload, std::size_t count);

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
// Little-endian bytes out and in, with every length checked before it is believed.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

namespace nnp::isa {

static_assert(std::endian::native == std::endian::little,
              "the file formats are written as the host stores them");

class ByteWriter {
 public:
  template <typename T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void put(T value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    bytes_.insert(bytes_.end(), bytes, bytes + sizeof(T));
  }
  void put(const std::string& text) { put_array(std::span(text.data(), text.size())); }
  template <typename T, std::size_t N>
  void put_array(std::span<T, N> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    put(static_cast<std::uint64_t>(values.size()));
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values.data());
    bytes_.insert(bytes_.end(), bytes, bytes + values.size_bytes());
  }
  template <typename T>
  void put_vector(const std::vector<T>& values) {
    put_array(std::span(values));
  }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Throws std::out_of_range("unexpected end of data") instead of reading past the end or allocating what is
/// not there.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  template <typename T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T> T get() {
    need(sizeof(T));
    T value;
    std::memcpy(&value, bytes_.data() + at_, sizeof(T));
    at_ += sizeof(T);
    return value;
  }
  template <typename T>
  std::vector<T> get_vector() {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto count = get<std::uint64_t>();
    if (count > (bytes_.size() - at_) / sizeof(T)) throw std::out_of_range("unexpected end of data");
    std::vector<T> values(count);
    if (count != 0) std::memcpy(values.data(), bytes_.data() + at_, count * sizeof(T));
    at_ += count * sizeof(T);
    return values;
  }
  /// A counted run of bytes where it lies; valid as long as what is read from.
  std::span<const std::uint8_t> get_bytes() {
    const auto count = get<std::uint64_t>();
    need(count);
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }
  std::string get_string() {
    const auto bytes = get_bytes();
    return {bytes.begin(), bytes.end()};
  }
  /// A count of records of at least `record_bytes` each that must still be present.
  std::uint64_t get_count(std::size_t record_bytes) {
    const auto count = get<std::uint64_t>();
    if (count > (bytes_.size() - at_) / record_bytes) throw std::out_of_range("unexpected end of data");
    return count;
  }
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  void need(std::size_t count) const {
    if (count > bytes_.size() - at_) throw std::out_of_range("unexpected end of data");
  }
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
};

}  // namespace nnp::isa

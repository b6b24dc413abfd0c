// SPDX-License-Identifier: Apache-2.0
// Protocol buffers' wire format, as much of it as a writer needs: fields that are varints, fixed 64-bit
// numbers or length-delimited. Source: protobuf.dev, "Encoding".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nnp::traces {

/// One message; fields appear in the order in which they are added.
class WireMessage {
 public:
  void varint(std::uint32_t field, std::uint64_t value) {
    key(field, 0);
    raw(value);
  }
  void fixed64(std::uint32_t field, std::uint64_t value) {
    key(field, 1);
    for (int i = 0; i < 8; ++i) bytes_.push_back(static_cast<char>(value >> (8 * i)));
  }
  void text(std::uint32_t field, std::string_view value) {
    key(field, 2);
    raw(value.size());
    bytes_.append(value);
  }
  void message(std::uint32_t field, const WireMessage& value) { text(field, value.bytes_); }

  bool empty() const { return bytes_.empty(); }
  const std::string& bytes() const { return bytes_; }

 private:
  void key(std::uint32_t field, unsigned wire_type) { raw(std::uint64_t{field} << 3 | wire_type); }
  void raw(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>(value | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }
  std::string bytes_;
};

}  // namespace nnp::traces

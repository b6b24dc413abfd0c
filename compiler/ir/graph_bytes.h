// SPDX-License-Identifier: Apache-2.0
// Inside serialize(): what its parts share, and the bytes of attributes.
#pragma once

#include <stdexcept>

#include "compiler/ir/graph.h"

#include "isa/program/byte_stream.h"

namespace nnp::ir::bytes {

[[noreturn]] inline void refuse(const std::string& reason) {
  throw std::runtime_error("not a graph: " + reason);
}

inline std::uint8_t as_byte(bool value) { return value ? 1 : 0; }
inline bool get_bool(isa::ByteReader& in) {
  const auto byte = in.get<std::uint8_t>();
  if (byte > 1) refuse("a flag is neither 0 nor 1");
  return byte == 1;
}
template <typename Enum>
Enum get_enum(isa::ByteReader& in, Enum last) {
  const auto number = in.get<std::uint8_t>();
  if (number > static_cast<std::uint8_t>(last)) refuse("an enumerator is out of range");
  return static_cast<Enum>(number);
}

/// The variant's index, then its fields.
void put_attributes(isa::ByteWriter&, const Attributes&);
Attributes get_attributes(isa::ByteReader&);

}  // namespace nnp::ir::bytes

// SPDX-License-Identifier: Apache-2.0
// One instruction: a 12-byte header and 160 operand bits. instruction_table.h names the operand fields of
// each opcode.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "isa/instruction/opcode.h"

namespace nnp::isa {

inline constexpr std::uint8_t kNoToken = 0xFF;
inline constexpr unsigned kTokenCounters = 64;  // 16 bits each
inline constexpr std::size_t kInstructionBytes = 32;

/// A wait takes `amount` from the counter as soon as it holds that much; a signal adds it when the
/// instruction retires.
struct TokenOp {
  std::uint8_t counter = kNoToken;
  std::uint8_t amount = 0;
  bool used() const { return counter != kNoToken; }
  bool operator==(const TokenOp&) const = default;
};

/// A run of bits among the 160 operand bits, least significant first. `bits` is at most 64.
struct Field {
  const char* name;
  std::uint8_t offset;
  std::uint8_t bits;
  const char* meaning;
};

struct Instruction {
  Opcode opcode = Opcode::halt;
  Queue queue = Queue::ctrl;
  std::uint8_t flags = 0;   // meaning per opcode, see the table
  std::uint16_t layer = 0;  // index into Program::layers
  std::uint32_t tag = 0;    // 24 bits: index into Program::tiles where the opcode has one, else free
  TokenOp wait, signal;
  std::array<std::uint32_t, 5> operand{};

  /// In line: the simulator asks all the time, most often for a field that it names.
  std::uint64_t get(const Field& field) const {
    const unsigned word = field.offset / kWordBits, shift = field.offset % kWordBits;
    if (word + 1 >= operand.size() || shift + field.bits > 2 * kWordBits) return get_in_parts(field);
    return (operand[word] | std::uint64_t{operand[word + 1]} << kWordBits) >> shift &
           ~std::uint64_t{0} >> (64u - field.bits);
  }
  std::int64_t get_signed(const Field&) const;  // two's complement in the field's width
  /// Throws std::out_of_range unless the value fits (as unsigned, or as two's complement where `value` is
  /// negative).
  void set(const Field&, std::int64_t value);
  bool operator==(const Instruction&) const = default;

 private:
  static constexpr unsigned kWordBits = 32;
  std::uint64_t get_in_parts(const Field&) const;
};

std::array<std::byte, kInstructionBytes> encode(const Instruction&);
/// Throws std::invalid_argument for an unknown opcode or queue, an opcode that its queue cannot execute, and
/// for bits that are set but mean nothing to the opcode (fault_of in instruction_table.h).
Instruction decode(const std::array<std::byte, kInstructionBytes>&);

}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// Bit fields of the operands, and the 32 bytes of an instruction (little endian):
//   0 opcode   1 queue   2 flags   3..5 tag   6..7 layer   8 wait counter   9 amount   10 signal counter   11
//   amount 12..31 operand words 0..4
#include "isa/instruction/instruction.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "isa/instruction/fields.h"
#include "isa/instruction/instruction_table.h"

namespace nnp::isa {
namespace {

constexpr unsigned kWordBits = 32;
constexpr std::size_t kTagByte = 3, kLayerByte = 6, kTokenByte = 8, kOperandByte = 12;

constexpr std::uint64_t low_bits(unsigned count) { return count >= 64 ? ~0ull : (1ull << count) - 1; }

/// Calls visit(word, shift in the word, bits taken, bits done before) for the parts of a field, lowest first.
template <typename Visit>
void for_each_part(const Field& field, Visit visit) {
  for (unsigned done = 0; done < field.bits;) {
    const unsigned bit = field.offset + done;
    const unsigned shift = bit % kWordBits;
    const unsigned taken = std::min(field.bits - done, kWordBits - shift);
    visit(bit / kWordBits, shift, taken, done);
    done += taken;
  }
}

void put(std::array<std::byte, kInstructionBytes>& bytes, std::size_t at, std::size_t count,
         std::uint32_t value) {
  for (std::size_t i = 0; i < count; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
}

std::uint32_t take(const std::array<std::byte, kInstructionBytes>& bytes, std::size_t at, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::to_integer<std::uint32_t>(bytes[at + i]) << (8 * i);
  return value;
}

}  // namespace

std::uint64_t Instruction::get_in_parts(const Field& field) const {
  std::uint64_t value = 0;
  for_each_part(field, [&](unsigned at, unsigned low, unsigned taken, unsigned done) {
    value |= ((operand[at] >> low) & low_bits(taken)) << done;
  });
  return value;
}

std::int64_t Instruction::get_signed(const Field& field) const {
  const std::uint64_t value = get(field);
  const std::uint64_t sign = 1ull << (field.bits - 1u);
  return static_cast<std::int64_t>((value ^ sign) - sign);
}

void Instruction::set(const Field& field, std::int64_t value) {
  const std::uint64_t bits = static_cast<std::uint64_t>(value);
  const bool fits = value >= 0 ? bits <= low_bits(field.bits) : ~bits <= low_bits(field.bits - 1u);
  if (!fits) {
    throw std::out_of_range(
        fmt::format("{}={} does not fit the {} bits of the field", field.name, value, field.bits));
  }
  for_each_part(field, [&](unsigned word, unsigned shift, unsigned taken, unsigned done) {
    const auto mask = static_cast<std::uint32_t>(low_bits(taken));
    operand[word] &= ~(mask << shift);
    operand[word] |= (static_cast<std::uint32_t>(bits >> done) & mask) << shift;
  });
}

std::array<std::byte, kInstructionBytes> encode(const Instruction& instruction) {
  std::array<std::byte, kInstructionBytes> bytes{};
  put(bytes, 0, 1, static_cast<std::uint32_t>(instruction.opcode));
  put(bytes, 1, 1, static_cast<std::uint32_t>(instruction.queue));
  put(bytes, 2, 1, instruction.flags);
  put(bytes, kTagByte, 3, instruction.tag);
  put(bytes, kLayerByte, 2, instruction.layer);
  put(bytes, kTokenByte, 1, instruction.wait.counter);
  put(bytes, kTokenByte + 1, 1, instruction.wait.amount);
  put(bytes, kTokenByte + 2, 1, instruction.signal.counter);
  put(bytes, kTokenByte + 3, 1, instruction.signal.amount);
  for (std::size_t i = 0; i < instruction.operand.size(); ++i)
    put(bytes, kOperandByte + 4 * i, 4, instruction.operand[i]);
  return bytes;
}

Instruction decode(const std::array<std::byte, kInstructionBytes>& bytes) {
  const auto byte = [&bytes](std::size_t at) { return std::to_integer<std::uint8_t>(bytes[at]); };
  Instruction instruction;
  instruction.opcode = static_cast<Opcode>(byte(0));
  instruction.queue = static_cast<Queue>(byte(1));
  instruction.flags = byte(2);
  instruction.tag = take(bytes, kTagByte, 3);
  instruction.layer = static_cast<std::uint16_t>(take(bytes, kLayerByte, 2));
  instruction.wait = {byte(kTokenByte), byte(kTokenByte + 1)};
  instruction.signal = {byte(kTokenByte + 2), byte(kTokenByte + 3)};
  for (std::size_t i = 0; i < instruction.operand.size(); ++i)
    instruction.operand[i] = take(bytes, kOperandByte + 4 * i, 4);
  if (const auto fault = fault_of(instruction)) throw std::invalid_argument(*fault);
  return instruction;
}

void apply_cfg(const Instruction& cfg, Descriptor& descriptor) {
  const std::uint64_t index = cfg.get(field::cfg_index);
  const Field* values[] = {&field::cfg_v0, &field::cfg_v1, &field::cfg_v2, &field::cfg_v3};
  for (unsigned i = 0; i < 4 && index + i < descriptor.size(); ++i)
    descriptor[index + i] = static_cast<std::uint32_t>(cfg.get(*values[i]));
}

}  // namespace nnp::isa

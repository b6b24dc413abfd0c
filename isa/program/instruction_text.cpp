// SPDX-License-Identifier: Apache-2.0
// `queue.mnemonic.flag.flag field=... layer=2 tag=7 wait=3:1 signal=4:1`: every field of the opcode is
// written, in the order of the table; layer, tag, wait and signal only where they say something.
#include "isa/program/instruction_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>

#include "isa/instruction/instruction_table.h"
#include "isa/program/assembler.h"
#include "isa/program/nearest_name.h"

namespace nnp::isa {
namespace {

constexpr unsigned kHexBits =
    32;  // fields this wide are mostly addresses and descriptor words: written in hex
constexpr std::uint64_t kLargestTag = (1u << 24) - 1;

struct Word {
  std::string_view text;
  std::size_t column;
};

/// Takes the part before the next dot off `rest`.
Word next_part(Word& rest) {
  const std::size_t dot = std::min(rest.text.find('.'), rest.text.size());
  const Word part{rest.text.substr(0, dot), rest.column};
  const std::size_t used = std::min(dot + 1, rest.text.size());
  rest = {rest.text.substr(used), rest.column + used};
  return part;
}

Queue parse_queue(Word word) {
  if (const auto queue = queue_by_name(word.text)) return *queue;
  std::vector<std::string_view> names;
  for (std::uint8_t i = 0; i < kQueues; ++i) names.emplace_back(to_string(static_cast<Queue>(i)));
  throw LineError{word.column, unknown_name("queue", word.text, names)};
}

const OpcodeInfo& parse_opcode(Word word, Queue queue) {
  std::vector<std::string_view> names;
  for (const OpcodeInfo& row : instruction_table()) {
    if ((row.queues >> static_cast<unsigned>(queue) & 1u) == 0) continue;
    if (word.text == row.mnemonic) return row;
    names.emplace_back(row.mnemonic);
  }
  throw LineError{word.column,
                  unknown_name(fmt::format("instruction of queue {}", to_string(queue)), word.text, names)};
}

std::uint8_t parse_flag(Word word, const OpcodeInfo& row) {
  std::vector<std::string_view> names;
  for (const FlagInfo& flag : row.flags) {
    if (word.text == flag.name) return flag.bit;
    names.emplace_back(flag.name);
  }
  throw LineError{word.column, unknown_name(fmt::format("flag of {}", row.mnemonic), word.text, names)};
}

std::int64_t parse_field(const LineValue& value, const Field& field) {
  const std::int64_t half = std::int64_t{1} << (field.bits - 1);
  return parse_number(value, -half, 2 * half - 1);  // no field of the table is wider than 62 bits
}

bool is_optional(const OpcodeInfo& row, std::size_t field) {
  return field + row.optional >= row.fields.size();
}

/// counter:amount
TokenOp parse_token(const LineValue& value) {
  const std::size_t colon = value.text.find(':');
  if (colon == std::string::npos) throw LineError{value.column, "expected counter:amount, as in 3:1"};
  const LineValue counter{value.text.substr(0, colon), value.quoted, value.column};
  const LineValue amount{value.text.substr(colon + 1), value.quoted, value.column + colon + 1};
  return {static_cast<std::uint8_t>(parse_unsigned(counter, kTokenCounters - 1)),
          static_cast<std::uint8_t>(parse_unsigned(amount, std::numeric_limits<std::uint8_t>::max()))};
}

}  // namespace

Instruction instruction_from(const Line& line) {
  Word rest{line.head, line.column};
  const Word queue = next_part(rest);
  Instruction instruction;
  instruction.queue = parse_queue(queue);
  const OpcodeInfo& row = parse_opcode(next_part(rest), instruction.queue);
  instruction.opcode = row.opcode;
  while (!rest.text.empty()) instruction.flags |= parse_flag(next_part(rest), row);

  std::vector<std::string_view> keys;
  for (const Field* field : row.fields) keys.emplace_back(field->name);
  keys.insert(keys.end(), {"layer", "tag", "wait", "signal"});
  const Arguments arguments(line, "field", keys);
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const Field& field = *row.fields[i];
    const bool left_out = is_optional(row, i) && arguments.find(field.name) == nullptr;
    if (!left_out) instruction.set(field, parse_field(arguments.value(field.name), field));
  }
  instruction.layer =
      static_cast<std::uint16_t>(arguments.number_or("layer", std::numeric_limits<std::uint16_t>::max(), 0));
  instruction.tag = static_cast<std::uint32_t>(arguments.number_or("tag", kLargestTag, 0));
  if (arguments.find("wait") != nullptr) instruction.wait = parse_token(arguments.value("wait"));
  if (arguments.find("signal") != nullptr) instruction.signal = parse_token(arguments.value("signal"));
  if (const auto fault = fault_of(instruction)) throw LineError{line.column, *fault};
  return instruction;
}

void append_text(std::string& out, const Instruction& instruction) {
  const OpcodeInfo& row = info(instruction.opcode);
  auto to = std::back_inserter(out);
  fmt::format_to(to, "{}.{}", to_string(instruction.queue), row.mnemonic);
  for (const FlagInfo& flag : row.flags) {
    if ((instruction.flags & flag.bit) != 0) fmt::format_to(to, ".{}", flag.name);
  }
  for (std::size_t i = 0; i < row.fields.size(); ++i) {
    const Field& field = *row.fields[i];
    const std::uint64_t value = instruction.get(field);
    if (value == 0 && is_optional(row, i)) continue;
    if (field.bits >= kHexBits && value > 9) {
      fmt::format_to(to, " {}={:#x}", field.name, value);
    } else {
      fmt::format_to(to, " {}={}", field.name, value);
    }
  }
  if (instruction.layer != 0) fmt::format_to(to, " layer={}", instruction.layer);
  if (instruction.tag != 0) fmt::format_to(to, " tag={}", instruction.tag);
  const auto token = [&](const char* name, TokenOp op) {
    if (op.used()) fmt::format_to(to, " {}={}:{}", name, op.counter, op.amount);
  };
  token("wait", instruction.wait);
  token("signal", instruction.signal);
}

std::string disassemble(const Instruction& instruction) {
  std::string text;
  append_text(text, instruction);
  return text;
}

Instruction assemble_line(std::string_view text) {
  try {
    const auto line = scan_line(text);
    if (!line) throw LineError{1, "expected an instruction"};
    return instruction_from(*line);
  } catch (const LineError& error) {
    throw AssemblyError(fmt::format("<text>:1:{}: {}", error.column, error.message));
  }
}

}  // namespace nnp::isa

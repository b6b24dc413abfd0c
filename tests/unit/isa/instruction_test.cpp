// SPDX-License-Identifier: Apache-2.0
// Bit fields, the 32 bytes, the table, and what decode refuses.
#include "isa/instruction/instruction.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

#include "isa/instruction/descriptor_table.h"
#include "isa/instruction/instruction_table.h"
#include "random_program.h"

namespace nnp::isa {
namespace {

using test::Random;

std::string refusal(const Instruction& instruction) {
  try {
    decode(encode(instruction));
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Fields, AFieldHoldsWhatWasSetAndLeavesItsNeighboursAlone) {
  Random random(1);
  for (int round = 0; round < 2000; ++round) {
    const auto bits = static_cast<std::uint8_t>(test::pick(random, 1, 64));
    const auto offset = static_cast<std::uint8_t>(test::pick(random, 0, 160 - bits));
    const Field field{"f", offset, bits, ""};
    Instruction instruction;
    for (auto& word : instruction.operand) word = static_cast<std::uint32_t>(random());
    const Instruction before = instruction;
    // Signed, so that 64-bit fields need no special case: the value's low bits, sign-extended.
    const auto value = static_cast<std::int64_t>(random()) >> (64 - bits);
    instruction.set(field, value);
    ASSERT_EQ(instruction.get_signed(field), value) << "offset " << +offset << " bits " << +bits;
    for (unsigned bit = 0; bit < 160; ++bit) {  // an independent reading, bit by bit
      const bool is = instruction.operand[bit / 32] >> (bit % 32) & 1u;
      const bool was = before.operand[bit / 32] >> (bit % 32) & 1u;
      const bool inside = bit >= offset && bit < offset + bits;
      const bool expected = inside ? (static_cast<std::uint64_t>(value) >> (bit - offset) & 1u) != 0 : was;
      ASSERT_EQ(is, expected) << "bit " << bit << " offset " << +offset << " bits " << +bits;
    }
  }
}

TEST(Fields, AValueThatDoesNotFitIsRefused) {
  Instruction instruction;
  const Field field{"n", 30, 16, ""};
  for (const std::int64_t fits : {0l, 65535l, -1l, -32768l})
    EXPECT_NO_THROW(instruction.set(field, fits)) << fits;
  for (const std::int64_t not_fits : {65536l, -32769l}) {
    EXPECT_THROW(instruction.set(field, not_fits), std::out_of_range) << not_fits;
  }
}

TEST(Encoding, RandomLegalInstructionsComeBackFromTheirBytes) {
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random random(seed);
    const Instruction instruction = test::random_instruction(random);
    ASSERT_EQ(fault_of(instruction), std::nullopt) << "seed " << seed;
    ASSERT_EQ(decode(encode(instruction)), instruction) << "seed " << seed;
  }
}

TEST(Encoding, HeaderBytesStandWhereTheReferencePageSays) {
  Instruction instruction;
  instruction.opcode = Opcode::matmul;
  instruction.queue = Queue::matrix;
  instruction.flags = kFlagAccumulate;
  instruction.tag = 0x030405;
  instruction.layer = 0x0607;
  instruction.wait = {8, 9};
  instruction.signal = {10, 11};
  instruction.operand = {0x0F0E0D0C, 0, 0, 0, 0};
  const auto bytes = encode(instruction);
  const std::uint8_t expected[16] = {8, 4, 1, 5, 4, 3, 7, 6, 8, 9, 10, 11, 0x0C, 0x0D, 0x0E, 0x0F};
  static_assert(bytes.size() == 12 + 20);
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(std::to_integer<int>(bytes[i]), expected[i]) << "byte " << i;
}

TEST(Encoding, IllegalInstructionsAreRefusedWithTheReason) {
  Instruction i;
  i.opcode = static_cast<Opcode>(kOpcodes);
  EXPECT_NE(refusal(i).find(fmt::format("opcode {} does not exist", kOpcodes)), std::string::npos)
      << refusal(i);
  i.opcode = Opcode::wait;
  i.queue = static_cast<Queue>(kQueues);
  EXPECT_NE(refusal(i).find("queue 8 does not exist"), std::string::npos) << refusal(i);
  i.queue = Queue::drain;
  EXPECT_EQ(refusal(i), "");
  i.opcode = Opcode::load;
  EXPECT_NE(refusal(i).find("queue drain cannot execute load"), std::string::npos) << refusal(i);
  i.queue = Queue::load;
  i.flags = 0x10;
  EXPECT_NE(refusal(i).find("load has no flag 0x10"), std::string::npos) << refusal(i);
  i.flags = 0;
  i.wait = {64, 1};
  EXPECT_NE(refusal(i).find("wait counter 64"), std::string::npos) << refusal(i);
  i.wait = {kNoToken, 1};
  EXPECT_NE(refusal(i).find("without a counter"), std::string::npos) << refusal(i);
  i.wait = {};
  i.operand[4] = 1;
  EXPECT_NE(refusal(i).find("operand word 4"), std::string::npos) << refusal(i);
}

TEST(Instruction, HostRunsThatDoNotFitTheirStrideAreRefused) {
  Instruction i;
  i.opcode = Opcode::h2d, i.queue = Queue::hdma;
  i.set(field::host_run, 3), i.set(field::host_stride, 3);
  EXPECT_EQ(fault_of(i), std::nullopt);
  i.set(field::host_run, 4);
  EXPECT_NE(refusal(i).find("runs of 4 bytes do not fit a stride of 3"), std::string::npos) << refusal(i);
  i.set(field::host_run, 0);
  EXPECT_NE(refusal(i).find("stride 3 without runs"), std::string::npos) << refusal(i);
}

TEST(InstructionTable, RowsStandInTheOrderOfTheOpcodesWithDistinctNames) {
  ASSERT_EQ(instruction_table().size(), kOpcodes);
  std::set<std::string_view> names;
  for (unsigned i = 0; i < kOpcodes; ++i) {
    const OpcodeInfo& row = instruction_table()[i];
    EXPECT_EQ(static_cast<unsigned>(row.opcode), i) << row.mnemonic;
    EXPECT_EQ(opcode_by_mnemonic(row.mnemonic), row.opcode);
    EXPECT_NE(row.queues, 0) << row.mnemonic;
    names.insert(row.mnemonic);
  }
  EXPECT_EQ(names.size(), kOpcodes);
  EXPECT_EQ(opcode_by_mnemonic("nop"), std::nullopt);
}

TEST(InstructionTable, FieldsOfAnOpcodeDoNotOverlapAndLieInTheOperands) {
  for (const OpcodeInfo& row : instruction_table()) {
    std::array<int, 160> owners{};
    for (const Field* field : row.fields) {
      ASSERT_LE(field->offset + field->bits, 160) << row.mnemonic << ' ' << field->name;
      for (int bit = 0; bit < field->bits; ++bit) {
        EXPECT_EQ(owners[static_cast<std::size_t>(field->offset + bit)]++, 0)
            << row.mnemonic << ' ' << field->name;
      }
    }
  }
}

TEST(InstructionTable, QueuesAreFoundByName) {
  for (std::uint8_t q = 0; q < kQueues; ++q) {
    EXPECT_EQ(queue_by_name(to_string(static_cast<Queue>(q))), static_cast<Queue>(q));
  }
  EXPECT_EQ(queue_by_name("dma"), std::nullopt);
}

TEST(DescriptorTable, WordsThatOneOpcodeUsesAreDistinct) {
  for (const char* opcode : {"load", "store", "matmul", "conv", "pool", "drain", "add", "mul", "lut",
                             "reduce", "move", "wload", "apply", "combine"}) {
    std::set<unsigned> used;
    for (const DescriptorGroup& group : descriptor_table()) {
      if ((", " + std::string(group.opcodes) + ",").find(", " + std::string(opcode) + ",") ==
          std::string::npos)
        continue;
      for (const DescriptorWord& word : group.words) {
        EXPECT_LT(word.index, kDescriptorWords);
        EXPECT_TRUE(used.insert(word.index).second) << opcode << ' ' << word.name;
      }
    }
    EXPECT_FALSE(used.empty()) << opcode;
  }
}

}  // namespace
}  // namespace nnp::isa

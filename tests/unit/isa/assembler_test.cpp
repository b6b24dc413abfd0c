// SPDX-License-Identifier: Apache-2.0
// Text round trips, and messages that point at the fault and name what was meant.
#include "isa/program/assembler.h"

#include <gtest/gtest.h>

#include "random_program.h"

namespace nnp::isa {
namespace {

using test::Random;

std::string refusal(std::string_view text) {
  try {
    assemble(text, "f.s");
  } catch (const AssemblyError& error) {
    return error.what();
  }
  return "";
}

TEST(Assembler, TheExampleOfTheHeaderAssemblesToItsFields) {
  const Instruction i = assemble_line(
      "matrix.matmul.accumulate a=0x100 acc=0 m=4 k=16 n=8 layer=2 tag=7 wait=3:1 signal=4:1  # a comment");
  EXPECT_EQ(i.opcode, Opcode::matmul);
  EXPECT_EQ(i.queue, Queue::matrix);
  EXPECT_EQ(i.flags, kFlagAccumulate);
  EXPECT_EQ(i.get(field::mx_a), 0x100u);
  EXPECT_EQ(i.get(field::mx_m), 4u);
  EXPECT_EQ(i.get(field::mx_k), 16u);
  EXPECT_EQ(i.get(field::mx_n), 8u);
  EXPECT_EQ(i.layer, 2);
  EXPECT_EQ(i.tag, 7u);
  EXPECT_EQ(i.wait, (TokenOp{3, 1}));
  EXPECT_EQ(i.signal, (TokenOp{4, 1}));
  EXPECT_EQ(disassemble(i),
            "matrix.matmul.accumulate a=0x100 acc=0 m=4 k=16 n=8 layer=2 tag=7 wait=3:1 signal=4:1");
}

TEST(Assembler, NegativeValuesAreTwosComplement) {
  const Instruction i = assemble_line("load.cfg v0=-64 v1=0 v2=0xffffffff v3=1 index=4");
  EXPECT_EQ(i.get_signed(field::cfg_v0), -64);
  EXPECT_EQ(i.get_signed(field::cfg_v2), -1);
}

TEST(Assembler, RandomInstructionsComeBackFromTheirText) {
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random random(seed);
    const Instruction instruction = test::random_instruction(random);
    const std::string text = disassemble(instruction);
    ASSERT_EQ(assemble_line(text), instruction) << "seed " << seed << ": " << text;
  }
}

TEST(Assembler, RandomProgramsComeBackFromTheirText) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    const Program program = test::random_program(random);
    const std::string text = disassemble(program);
    ASSERT_TRUE(assemble(text, "round.s") == program) << "seed " << seed << "\n" << text;
  }
}

TEST(Assembler, ALaunchRunsToTheNextOne) {
  const Program program = assemble(
      ".launch\n  ctrl.mark\n  ctrl.halt\n.launch\n.token counter=5 initial=2\nctrl.halt\n", "two.s");
  ASSERT_EQ(program.launches.size(), 2u);
  EXPECT_EQ(program.launches[0].first_instruction, 0u);
  EXPECT_EQ(program.launches[0].instruction_count, 2u);
  EXPECT_EQ(program.launches[1].first_instruction, 2u);
  EXPECT_EQ(program.launches[1].instruction_count, 1u);
  EXPECT_EQ(program.launches[1].initial_tokens[5], 2);
}

struct Fault {
  const char* text;
  const char* expected;  // the start of the message
};

TEST(Assembler, FaultsNamePlaceAllowedValuesAndTheNearestName) {
  const Fault faults[] = {
      {"matrx.matmul",
       "f.s:1:1: unknown queue 'matrx'; allowed: ctrl, hdma, load, weight, matrix, drain, vector, store; "
       "did you mean 'matrix'?"},
      {"matrix.matmull a=0",
       "f.s:1:8: unknown instruction of queue matrix 'matmull'; allowed: matmul, conv, cfg, wait, "
       "signal; did you mean 'matmul'?"},
      {"matrix.drain", "f.s:1:8: unknown instruction of queue matrix 'drain'"},
      {"matrix.matmul.acumulate a=0",
       "f.s:1:15: unknown flag of matmul 'acumulate'; allowed: accumulate, a16, a_signed, real, "
       "set1, reuse; did you mean 'accumulate'?"},
      {"ctrl.halt laier=1",
       "f.s:1:11: unknown field 'laier'; allowed: layer, tag, wait, signal; did you mean 'layer'?"},
      {"weight.wload dram=0 k=16777216 n=1",
       "f.s:1:23: '16777216' is not a number from -8388608 to 16777215"},
      {"weight.wload dram=0 k=1x n=1", "f.s:1:23: '1x' is not a number"},
      {"weight.wload dram=0 k=1", "f.s:1:1: weight.wload needs the field 'n'"},
      {"weight.wload dram=0 k=1 n=1 k=2", "f.s:1:29: field 'k' is given twice"},
      {"ctrl.wait wait=64:1", "f.s:1:16: '64' is not a number from 0 to 63"},
      {"ctrl.wait wait=3:256", "f.s:1:18: '256' is not a number from 0 to 255"},
      {"ctrl.wait wait=3", "f.s:1:16: expected counter:amount"},
      {"ctrl.halt layer=-1", "f.s:1:17: '-1' is not a number from 0 to 65535"},
      {"ctrl.halt layer=", "f.s:1:17: expected a value"},
      {"ctrl.cfg v0=0 v1=0 v2=0 v3=0 index=6", "f.s:1:1: cfg index 6 is not a multiple of 4"},
      {".netwrk \"x\"", "f.s:1:1: unknown directive '.netwrk'"},
      {".network x", "f.s:1:10: 'x' must stand in double quotes"},
      {".network \"x", "f.s:1:10: the closing quote is missing"},
      {".network \"\\q\"", "f.s:1:11: unknown escape"},
      {".network", "f.s:1:1: .network needs a value"},
      {".precision int9",
       "f.s:1:12: unknown value 'int9'; allowed: int8, int8x16, bf16, fp32; did you mean 'int8'?"},
      {".token counter=1 initial=1", "f.s:1:1: .token before any .launch"},
      {".constants 00f", "f.s:1:12: expected bytes as pairs"},
      {".constants 00fg", "f.s:1:15: 'g' is not a hexadecimal digit"},
      {"= 3", "f.s:1:1: expected an instruction or a directive"},
      {"\x01\x02", "f.s:1:1: unknown queue"},
  };
  for (const Fault& fault : faults) {
    const std::string found = refusal(fault.text);
    EXPECT_EQ(found.substr(0, std::string_view(fault.expected).size()), fault.expected)
        << fault.text << "\n  -> " << found;
  }
}

TEST(Assembler, EveryFaultyLineIsReportedWithItsNumber) {
  const std::string found = refusal("# head\nctrl.halt\nctrl.hlt\n\n  .chp \"a\"\n");
  EXPECT_EQ(found.find("f.s:3:6: "), 0u) << found;
  EXPECT_NE(found.find("\nf.s:5:3: unknown directive '.chp'"), std::string::npos) << found;
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
}

TEST(Assembler, AFileThatIsNoAssemblyGivesABoundedMessage) {
  std::string text;
  for (int i = 0; i < 10000; ++i) text += "garbage\n";
  const std::string found = refusal(text);
  EXPECT_LT(found.size(), 100000u);
  EXPECT_NE(found.find("9800 more faulty lines"), std::string::npos);
}

TEST(Assembler, MutatedTextAssemblesOrIsRefusedAndNeverCrashes) {
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    std::string text = disassemble(test::random_program(random));
    for (auto left = test::pick(random, 1, 8); left != 0; --left) {
      text[test::pick(random, 0, text.size() - 1)] = static_cast<char>(random());
    }
    try {
      const Program program = assemble(text, "mutated.s");
      ASSERT_TRUE(assemble(disassemble(program), "again.s") == program) << "seed " << seed;
    } catch (const AssemblyError& error) {
      ASSERT_EQ(std::string(error.what()).rfind("mutated.s:", 0), 0u) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// A double-buffered pipeline that is right, and what becomes of it when a token is missing, swapped or too
// many.
#include "isa/program/happens_before.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include <chrono>

#include "isa/program/access.h"
#include "isa/program/assembler.h"
#include "isa/program/token_order.h"
#include "random_program.h"

namespace nnp::isa {
namespace {

constexpr const char* kSettings = R"(
.host_bytes 0x10000
.layer name="first" op="MatMul"
.layer name="second" op="MatMul"
)";

/// Tile after tile: load A (two halves of the buffer), matmul, drain, store. Every reuse waits for its
/// credit.
std::string pipeline(int tiles) {
  std::string text = kSettings;
  text += ".launch\n.token counter=1 initial=2\n.token counter=3 initial=2\n.token counter=5 initial=2\n";
  text += "hdma.h2d host=0 device=0 bytes=0x1000 signal=7:2\n";
  text += "load.cfg v0=0 v1=0 v2=0 v3=0 index=0 wait=7:1\nweight.wait wait=7:1\n";
  text += "matrix.cfg v0=16 v1=0 v2=0 v3=0 index=0\ndrain.cfg v0=8 v1=0 v2=0 v3=0 index=0\n";
  for (int t = 0; t < tiles; ++t) {
    const int half = t % 2;
    text += fmt::format("load.load dram={} buffer={} x=64 y=1 z=1 layer=1 wait=1:1 signal=0:1\n", t % 8 * 64,
                        half * 64);
    text += "weight.wload dram=0x800 k=16 n=8 layer=1\n";
    text += fmt::format(
        "matrix.wait wait=0:1\nmatrix.matmul a={} acc={} m=4 k=16 n=8 layer=1 tag=0 wait=3:1 signal=2:1\n",
        half * 64, half * 4);
    text += "matrix.signal signal=1:1\n";  // the half of the buffer is free again
    text += fmt::format(
        "drain.wait wait=5:1\ndrain.drain dst={} params=0x400 acc={} m=4 n=8 layer=1 tag=0 wait=2:1 "
        "signal=3:1\n",
        0x200 + half * 32, half * 4);
    text += "drain.signal signal=4:1\n";
    text += fmt::format("store.store dram={} buffer={} x=32 y=1 z=1 layer=1 wait=4:1 signal=5:1\n",
                        0x2000 + t % 8 * 32, 0x200 + half * 32);
  }
  return text + "ctrl.sync\nhdma.d2h host=0x4000 device=0x2000 bytes=256\nctrl.irq\nctrl.halt\n";
}

ArchSpec small_chip() {
  ArchSpec arch;
  arch.array_rows = arch.array_cols = 16;
  arch.accumulator_rows = 8;
  arch.unified_buffer_bytes = 4096;
  arch.device_memory_bytes = 1 << 20;
  return arch;
}

std::vector<Race> check(const Program& program) {
  return check_happens_before(program, program.launches.at(0), small_chip());
}
std::vector<Race> check(const std::string& text) { return check(assemble(text, "test.s")); }

std::string without(std::string text, const std::string& part, std::size_t occurrence = 0) {
  std::size_t at = text.find(part);
  for (; occurrence != 0; --occurrence) at = text.find(part, at + 1);
  EXPECT_NE(at, std::string::npos) << part;
  return text.erase(at, part.size());
}

TEST(HappensBefore, ACorrectPipelineHasNoRace) {
  for (const int tiles : {1, 2, 3, 20}) {
    const auto races = check(pipeline(tiles));
    EXPECT_TRUE(races.empty()) << tiles << " tiles: " << races.front().message;
  }
}

struct Mutation {
  const char* part;     // taken out of the text
  const char* earlier;  // opcodes of the race it opens
  const char* later;
};

TEST(HappensBefore, EveryMissingTokenIsCaughtAndBothInstructionsAreNamed) {
  const Mutation mutations[] = {
      {" wait=7:1\nweight", "hdma.h2d", "load.load"},  // input not yet there
      {"weight.wait wait=7:1\n", "hdma.h2d", "weight.wload"},
      {"matrix.wait wait=0:1\n", "load.load", "matrix.matmul"},
      {" wait=1:1", "matrix.matmul", "load.load"},    // the half is still being read
      {" wait=3:1", "drain.drain", "matrix.matmul"},  // sums not yet drained
      {" wait=2:1", "matrix.matmul", "drain.drain"},
      {"drain.wait wait=5:1\n", "store.store", "drain.drain"},
      {" wait=4:1", "drain.drain", "store.store"},
      {"ctrl.sync\n", "store.store", "hdma.d2h"},
  };
  for (const Mutation& mutation : mutations) {
    std::string text = pipeline(6);
    while (text.find(mutation.part) != std::string::npos) {
      // Only the token goes, not the line that follows it.
      const std::string part = mutation.part;
      const std::size_t rest = part.find("\nweight");
      text.replace(text.find(part), part.size(), rest == std::string::npos ? "" : part.substr(rest));
    }
    const Program program = assemble(text, "mutated.s");
    const auto races = check(program);
    ASSERT_FALSE(races.empty()) << mutation.part;
    const Race& race = races.front();
    EXPECT_LT(race.earlier, race.later) << mutation.part;
    const std::string earlier = disassemble(program.instructions[race.earlier]);
    const std::string later = disassemble(program.instructions[race.later]);
    EXPECT_EQ(earlier.substr(0, earlier.find(' ')), mutation.earlier)
        << mutation.part << ": " << race.message;
    EXPECT_EQ(later.substr(0, later.find(' ')), mutation.later) << mutation.part << ": " << race.message;
    const auto named = [&](std::uint32_t index, const std::string& text) {
      const std::uint16_t layer = program.instructions[index].layer;
      return fmt::format("instruction {} `{}` (layer {} '{}')", index, text, layer,
                         layer == 0 ? "first" : "second");
    };
    for (const auto& part : {named(race.earlier, earlier), named(race.later, later)}) {
      EXPECT_NE(race.message.find(part), std::string::npos) << part << " is not in: " << race.message;
    }
  }
}

TEST(HappensBefore, ASwappedTokenIsCaught) {
  // The matmul waits for what the next load signals instead of its own: one initial unit too many on counter
  // 0.
  std::string text = pipeline(6);
  text.insert(text.find(".token"), ".token counter=0 initial=1\n");
  const auto races = check(text);
  ASSERT_FALSE(races.empty());
  EXPECT_NE(races.front().message.find("matrix.matmul"), std::string::npos) << races.front().message;
  EXPECT_NE(races.front().message.find("load.load"), std::string::npos) << races.front().message;
}

TEST(HappensBefore, OneCreditTooManyLetsALoadOverwriteWhatIsStillRead) {
  std::string text = pipeline(6);
  text.replace(text.find("counter=1 initial=2"), 19, "counter=1 initial=3");
  const auto races = check(text);
  ASSERT_FALSE(races.empty());
  EXPECT_NE(races.front().message.find("load.load"), std::string::npos);
  EXPECT_NE(races.front().message.find("reads them"), std::string::npos) << races.front().message;
}

TEST(HappensBefore, AnAccessIsReportedWithItsBytes) {
  const auto races = check(std::string(kSettings) +
                           ".launch\nhdma.h2d.to_buffer host=0 device=64 bytes=64\n"
                           "vector.move dst=0x400 src0=96 x=64 y=1 z=1\n");
  ASSERT_EQ(races.size(), 1u);
  EXPECT_NE(races[0].message.find("reads buffer [0x60, 0x80)"), std::string::npos) << races[0].message;
  EXPECT_NE(races[0].message.find("which writes them"), std::string::npos) << races[0].message;
}

TEST(HappensBefore, OneQueueNeedsNoTokens) {
  EXPECT_TRUE(check(std::string(kSettings) + ".launch\nhdma.h2d host=0 device=64 bytes=64\n"
                                             "hdma.d2h host=0 device=64 bytes=64\n")
                  .empty());
}

TEST(HappensBefore, CfgSelectsTheSetThatItsFlagNames) {
  // Set 1 strides past the bytes that hdma writes; set 0 would meet them.
  const std::string head =
      std::string(kSettings) + ".launch\nhdma.h2d.to_buffer host=0 device=0x100 bytes=64\n";
  const std::string far =
      "vector.cfg.set1 v0=0x800 v1=0 v2=0 v3=0 index=4\nvector.cfg v0=0x100 v1=0 v2=0 v3=0 index=4\n";
  EXPECT_TRUE(check(head + far + "vector.move.set1 dst=0x900 src0=0x200 x=8 y=2 z=1\n").empty());
  EXPECT_FALSE(check(head + far + "vector.move dst=0x900 src0=0 x=8 y=2 z=1\n").empty());
}

TEST(HappensBefore, AWaitThatIsNeverSatisfiedIsReported) {
  const auto races = check(without(pipeline(2), " signal=0:1", 1));
  ASSERT_FALSE(races.empty());
  for (const Race& race : races) EXPECT_EQ(race.earlier, race.later);
  EXPECT_NE(races[0].message.find("waits for 1 of counter"), std::string::npos) << races[0].message;
}

TEST(HappensBefore, TwoQueuesThatWaitForEachOtherAreBothReported) {
  const auto races = check(std::string(kSettings) +
                           ".launch\nload.wait wait=1:1 signal=2:1\nstore.wait wait=2:1 signal=1:1\n");
  ASSERT_EQ(races.size(), 2u);
  EXPECT_NE(races[0].message.find("behind waits like this one"), std::string::npos) << races[0].message;
}

TEST(HappensBefore, AnAccessPastTheEndOfItsMemoryIsReported) {
  const auto races =
      check(std::string(kSettings) + ".launch\nhdma.h2d.to_buffer host=0 device=4090 bytes=7\n");
  ASSERT_EQ(races.size(), 1u);
  EXPECT_NE(races[0].message.find("past its end at 0x1000"), std::string::npos) << races[0].message;
  EXPECT_TRUE(
      check(std::string(kSettings) + ".launch\nhdma.h2d.to_buffer host=0 device=4090 bytes=6\n").empty());
}

TEST(HappensBefore, TheLimitBoundsTheReportAndKeepsStreamOrder) {
  std::string text = pipeline(50);
  while (text.find("matrix.wait wait=0:1\n") != std::string::npos)
    text = without(text, "matrix.wait wait=0:1\n");
  const Program program = assemble(text, "test.s");
  const auto races = check_happens_before(program, program.launches[0], small_chip(), 5);
  ASSERT_EQ(races.size(), 5u);
  for (std::size_t i = 1; i < races.size(); ++i) EXPECT_LE(races[i - 1].later, races[i].later);
}

TEST(HappensBefore, ALaunchThatIsNotInTheStreamIsRefused) {
  const Program program = assemble(".launch first=0 count=2\nctrl.halt\n", "test.s");
  EXPECT_THROW(check(program), std::invalid_argument);
}

/// Accesses of random overlap in three queues, tokens between neighbours of the stream now and then.
Program random_accesses(test::Random& random) {
  const auto number = [&random](std::uint64_t high) { return test::pick(random, 0, high); };
  std::string text = std::string(kSettings) + ".launch\n";
  const auto length = 2 + number(10);
  int owed[3][3] = {};  // units of counter 3 * from + to not yet waited for
  for (std::uint64_t i = 0; i < length; ++i) {
    const auto q = number(2);
    for (std::uint64_t from = 0; from < 3; ++from) {
      if (owed[from][q] == 0 || number(1) == 0) continue;
      text += fmt::format("{}.wait wait={}:{}\n",
                          q == 0   ? "hdma"
                          : q == 1 ? "vector"
                                   : "store",
                          3 * from + q, owed[from][q]);
      owed[from][q] = 0;
    }
    const auto at = 8 * number(6), to = 8 * number(6), bytes = 8 * (1 + number(3));
    text += q == 0   ? fmt::format("hdma.h2d.to_buffer host=0 device={} bytes={}", at, bytes)
            : q == 1 ? fmt::format("vector.move dst={} src0={} x={} y=1 z=1", to, at, bytes)
                     : fmt::format("store.store dram=0 buffer={} x={} y=1 z=1", at, bytes);
    const auto next = (q + 1 + number(1)) % 3;
    if (number(3) != 0) {
      text += fmt::format(" signal={}:1", 3 * q + next);
      ++owed[q][next];
    }
    text += '\n';
  }
  return assemble(text, "random.s");
}

TEST(HappensBefore, ALaunchIsCleanExactlyWhenEveryConflictingPairIsOrdered) {
  int clean = 0, racy = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    test::Random random(seed);
    const Program program = random_accesses(random);
    const Instruction* stream = program.instructions.data();
    const TokenOrder order = order_by_tokens(stream, program.launches[0]);
    ASSERT_TRUE(order.deadlocks.empty()) << "seed " << seed;
    bool all_ordered = true;
    for (std::uint32_t y = 0; y < program.instructions.size(); ++y) {
      for (std::uint32_t x = 0; x < y; ++x) {
        for (const Access& a : accesses(stream[x], {}, small_chip())) {
          for (const Access& b : accesses(stream[y], {}, small_chip())) {
            const bool conflict =
                a.space == b.space && (a.write || b.write) && a.begin < b.end && b.begin < a.end;
            if (conflict && !order.ordered(stream, x, y)) all_ordered = false;
          }
        }
      }
    }
    ASSERT_EQ(check(program).empty(), all_ordered) << "seed " << seed << "\n" << disassemble(program);
    ++(all_ordered ? clean : racy);
  }
  EXPECT_GT(clean, 100);
  EXPECT_GT(racy, 100);
}

TEST(HappensBefore, ALongLaunchIsChecked) {
  const Program program = assemble(pipeline(8000), "long.s");  // 72 thousand instructions
  const auto start = std::chrono::steady_clock::now();
  EXPECT_TRUE(check(program).empty());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  RecordProperty(
      "microseconds_per_instruction",
      fmt::format("{:.3f}", took.count() * 1e6 / static_cast<double>(program.instructions.size())));
}

}  // namespace
}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// The words with which a chip file is refused: what, where, the value, what is allowed, the nearest name.
#include <gtest/gtest.h>

#include <algorithm>

#include <filesystem>
#include <fstream>

#include "models/chips/chip_file.h"
#include "models/chips/parameters.h"
#include "tests/unit/models/chip_text.h"

namespace nnp::models {
namespace {

using test::kMinimalChip;
using test::minimal_with;
using test::refusal;

TEST(ChipMessages, MinimalChipIsNotRefused) { EXPECT_EQ(refusal(kMinimalChip), ""); }

TEST(ChipMessages, UnknownKeyIsNamedWithItsNearestAndItsPlace) {
  EXPECT_EQ(refusal(minimal_with("rows = 8\n", "rows = 8\nroes = 9\n")),
            "chip.toml:9:1: unknown key \"core.array.roes\"; did you mean core.array.rows?");
  EXPECT_EQ(refusal(minimal_with("[memory]", "[chips]\nyear = 1\n[memory]")),
            "chip.toml:19:1: unknown key \"chips.year\"");
}

TEST(ChipMessages, KeyInTheWrongTableIsSentToTheRightOne) {
  EXPECT_EQ(refusal(minimal_with("[core.array]", "lanes = 8\n[core.array]")),
            "chip.toml:6:1: unknown key \"core.lanes\"; did you mean core.drain.lanes or core.vector.lanes "
            "or pcie.lanes?");
}

TEST(ChipMessages, QuotedKeyWithADotIsNotAPath) {
  EXPECT_EQ(refusal(std::string("\"core.array\".overlap = true\n").append(kMinimalChip)),
            "chip.toml:1:14: unknown key \"\"core.array\".overlap\"; did you mean core.array.overlap?");
}

TEST(ChipMessages, MissingKeysAreAllNamed) {
  EXPECT_EQ(refusal(minimal_with("rows = 8\ncols = 8\n", "")),
            "chip.toml:1:1: missing key core.array.cols; it takes a whole number, 1 to 1024\n"
            "chip.toml:1:1: missing key core.array.rows; it takes a whole number, 1 to 1024");
  const std::string message = refusal("");
  for (const Parameter& parameter : parameters()) {
    EXPECT_EQ(message.find("missing key " + parameter.path + ";") != std::string::npos, parameter.required)
        << parameter.path;
  }
}

TEST(ChipMessages, WrongTypesSayWhatWasMeant) {
  EXPECT_EQ(refusal(minimal_with("rows = 8", "rows = \"8\"")),
            "chip.toml:8:1: core.array.rows = \"8\" is not allowed; it takes a whole number, 1 to 1024");
  EXPECT_EQ(refusal(minimal_with("rows = 8", "rows = 8.5")),
            "chip.toml:8:1: core.array.rows = 8.5 is not allowed; it takes a whole number, 1 to 1024");
  EXPECT_EQ(
      refusal(minimal_with("rows = 8", "rows = 1979-05-27")),
      "chip.toml:8:1: core.array.rows = a date or time is not allowed; it takes a whole number, 1 to 1024");
  EXPECT_EQ(refusal(minimal_with("rows = 8", "rows = { a = 1 }")),
            "chip.toml:8:10: core.array.rows is a value, not a table; it takes a whole number, 1 to 1024");
  EXPECT_EQ(refusal(minimal_with("\"64 KiB\"", "65536")),
            "chip.toml:15:1: core.buffer.size = 65536 is not allowed; it takes a size such as \"24 MiB\" "
            "(units: TiB, GiB, MiB, "
            "KiB, TB, GB, MB, kB, B), 1 KiB to 1 GiB");
  EXPECT_EQ(refusal(kMinimalChip, {"core.array.overlap=1"}),
            "--set \"core.array.overlap=1\": core.array.overlap = 1 is not allowed; it takes true or false");
}

TEST(ChipMessages, ATableIsNotAValue) {
  EXPECT_EQ(refusal(kMinimalChip, {"core.vector=3"}),
            "--set \"core.vector=3\": core.vector is a table, not a value");
  EXPECT_EQ(refusal(kMinimalChip, {"memory.timing=3"}),
            "--set \"memory.timing=3\": memory.timing is a table, not a value");
  EXPECT_EQ(refusal(std::string(kMinimalChip) + "[memory.timing]\n[core.vector]\n"),
            "");  // empty ones say nothing
}

TEST(ChipMessages, NumbersOutOfRangeAreRefusedAtBothEnds) {
  for (const char* value : {"0", "-1", "1025", "9223372036854775807"}) {
    EXPECT_EQ(refusal(kMinimalChip, {std::string("core.array.rows=") + value}),
              std::string("--set \"core.array.rows=") + value + "\": core.array.rows = " + value +
                  " is not allowed; it takes a whole number, 1 to 1024");
  }
  EXPECT_EQ(refusal(kMinimalChip, {"core.array.rows=1"}), "");
  EXPECT_EQ(refusal(kMinimalChip, {"core.array.rows=1024"}), "");
}

// But of flow control credits, where the PCI Express specification advertises "no limit" as 0, and where 0
// says that there is no limit but another's.
TEST(ChipMessages, ZeroIsNeverAllowed) {
  for (const Parameter& parameter : parameters()) {
    ChipSpec chip;
    for (const char* zero : {"0 B", "0 MHz", "0 ns", "0 GB/s", ""}) {
      if (parameter.path == "chip.description") continue;
      EXPECT_FALSE(parameter.read(std::string(zero), chip)) << parameter.path << " = " << zero;
    }
    const bool may_be_zero = parameter.path.ends_with("_credits") ||
                             parameter.path == "core.array.most_rows" || parameter.path == "core.drain.lanes";
    EXPECT_EQ(parameter.read(std::int64_t{0}, chip), may_be_zero) << parameter.path;
  }
}

TEST(ChipMessages, EveryParameterRefusesEveryForeignType) {
  for (const Parameter& parameter : parameters()) {
    ChipSpec chip;
    int taken = 0;
    for (const TomlValue& value :
         {TomlValue(Unusable{"a table"}), TomlValue(true), TomlValue(1.5), TomlValue(std::string("\x01")),
          TomlValue(std::vector<std::string>{"nonsense"})}) {
      taken += parameter.read(value, chip) ? 1 : 0;
    }
    EXPECT_EQ(taken, parameter.allowed == "true or false" ? 1 : 0) << parameter.path;
  }
}

TEST(ChipMessages, SizesMustBeWholeBytesAndWherePhysicsAsksPowersOfTwo) {
  EXPECT_NE(refusal(kMinimalChip, {"core.buffer.size=1000.5 B"}), "");
  EXPECT_EQ(refusal(kMinimalChip, {"core.buffer.size=1.5 KiB"}), "");
  EXPECT_EQ(refusal(kMinimalChip, {"core.buffer.word=24 B"}),
            "--set \"core.buffer.word=24 B\": core.buffer.word = \"24 B\" is not allowed; it takes a size "
            "such as \"24 MiB\" "
            "(units: TiB, GiB, MiB, KiB, TB, GB, MB, kB, B), 1 B to 4 KiB, a power of two");
  for (const char* bad :
       {"memory.interleave=100 B", "core.dma.request=48 B", "pcie.lanes=3", "pcie.max_payload=200 B"}) {
    EXPECT_NE(refusal(kMinimalChip, {bad}).find("a power of two"), std::string::npos) << bad;
  }
}

TEST(ChipMessages, ChoicesListWhatTheyTake) {
  EXPECT_EQ(refusal(kMinimalChip, {"front_end.fetch=cloud"}),
            "--set \"front_end.fetch=cloud\": front_end.fetch = \"cloud\" is not allowed; it takes one of "
            "\"device\", \"host\"");
  const std::string message = refusal(kMinimalChip, {"memory.preset=ddr4_240"});
  EXPECT_NE(message.find("\"ddr3_2133\""), std::string::npos) << message;
  EXPECT_TRUE(message.ends_with("; did you mean \"ddr4_2400\"?")) << message;
}

TEST(ChipMessages, PrecisionsAreASet) {
  for (const char* bad : {"[]", "[\"int8\", \"int8\"]", "[\"int4\"]", "\"int8\"", "[1]", "[[\"int8\"]]"}) {
    const std::string message = refusal(kMinimalChip, {std::string("core.precisions=") + bad});
    EXPECT_NE(message.find("a list, each at most once, of \"int8\", \"int8x16\", \"bf16\", \"fp32\""),
              std::string::npos)
        << bad;
  }
}

TEST(ChipMessages, AddressMapsNameEachFieldOnce) {
  for (const char* bad : {"", ":", "row", "row:bank", "row:bank:column:row", "row:bank:col",
                          "row:bank:column:", "Row:bank:column", "row:bank:column[", "row:bank:column[]",
                          "row:bank^:column", "row:bank^rwo:column", "row:bank:column:column[1:0]"}) {
    EXPECT_NE(refusal(kMinimalChip, {std::string("memory.address_map=") + bad}), "") << bad;
  }
  for (const char* good : {"row:bank:column", "column:bankgroup:bank:row", "rank:row:bank^row^column:column",
                           "row:column[6:2]:bank:bankgroup^row[4:3]:column[1]:column[0]"}) {
    EXPECT_EQ(refusal(kMinimalChip, {std::string("memory.address_map=") + good}), "") << good;
  }
}

TEST(ChipMessages, TimingSymbolsTakeNumbers) {
  EXPECT_EQ(refusal(kMinimalChip, {"memory.timing.tRFC=soon"}),
            "--set \"memory.timing.tRFC=soon\": memory.timing.tRFC: \"soon\" is not allowed; it takes a "
            "number of memory clocks, 0 to "
            "1000000");
  for (const char* bad : {"memory.timing.tRFC=nan", "memory.timing.tRFC=inf", "memory.timing.tRFC=-1",
                          "memory.timing.=1", "memory.timing.a.b=1", "memory.timing.t RFC=1"}) {
    EXPECT_NE(refusal(kMinimalChip, {bad}), "") << bad;
  }
  std::string many(kMinimalChip);
  many += "[memory.timing]\n";
  for (int i = 0; i < 65; ++i) many += "t" + std::to_string(i) + " = 1\n";
  EXPECT_EQ(refusal(many), "chip.toml:86:1: memory.timing.t64: more than 64 timing symbols");
}

TEST(ChipMessages, OverridesNeedAPathAndAValue) {
  for (const char* bad : {"", "=", "=3", "core.array.rows"}) {
    EXPECT_EQ(refusal(kMinimalChip, {bad}),
              "--set \"" + std::string(bad) + "\": write it as PATH=VALUE, such as core.array.rows=128");
  }
}

TEST(ChipMessages, SyntaxErrorsAndDuplicateKeysHaveLineAndColumn) {
  EXPECT_TRUE(refusal(minimal_with("rows = 8", "rows = = 8")).starts_with("chip.toml:8:"))
      << refusal(minimal_with("rows = 8", "rows = = 8"));
  const std::string twice = refusal(minimal_with("rows = 8\n", "rows = 8\nrows = 9\n"));
  EXPECT_TRUE(twice.starts_with("chip.toml:9:")) << twice;
  EXPECT_NE(twice.find("rows"), std::string::npos) << twice;
  EXPECT_TRUE(refusal("\xff\xfe").starts_with("chip.toml:1:")) << refusal("\xff\xfe");
}

TEST(ChipMessages, AllProblemsComeAtOnceInTheOrderOfTheFile) {
  const std::string text = minimal_with("rows = 8", "rows = 0");
  EXPECT_EQ(
      refusal(text + "lattency = 3\n[pcie]\nlanes = 3\n", {"core.buffer.banks=3", "nonsense=1"}),
      "chip.toml:8:1: core.array.rows = 0 is not allowed; it takes a whole number, 1 to 1024\n"
      "chip.toml:21:1: unknown key \"memory.lattency\"; did you mean pcie.latency?\n"
      "chip.toml:23:1: pcie.lanes = 3 is not allowed; it takes a whole number, 1 to 16, a power of two\n"
      "--set \"core.buffer.banks=3\": core.buffer.size is 64 KiB, not a multiple of 48 B (banks x word: all "
      "banks are equal)\n"
      "--set \"nonsense=1\": unknown key \"nonsense\"");
}

TEST(ChipMessages, HostileTextStaysShortAndPrintable) {
  const std::string message = refusal(minimal_with("\"mini\"", "\"" + std::string(900, 'x') + "\\u0007\""));
  EXPECT_LT(message.size(), 300u);
  EXPECT_EQ(refusal(kMinimalChip, {"chip.name=\x1b[31m"}).find('\x1b'), std::string::npos);
  std::string flood(kMinimalChip);
  for (int i = 0; i < 5000; ++i) flood += "k" + std::to_string(i) + "=1\n";
  const std::string answer = refusal(flood);
  EXPECT_LE(std::count(answer.begin(), answer.end(), '\n'), 120);
}

TEST(ChipMessages, TextsTooLargeForAChipAreNotParsed) {
  EXPECT_EQ(refusal(std::string(65537, '#')),
            "chip.toml:1:1: the file has 65537 bytes; a file of its kind has at most 65536");
  EXPECT_EQ(refusal("# ok\n" + std::string(1001, '[')),
            "chip.toml:2:1: the line has 1001 characters; at most 1000");
}

TEST(LoadChip, UnknownPresetNamesTheNearestAndAll) {
  try {
    load_chip("tpu_v2");
    FAIL() << "tpu_v2 loaded";
  } catch (const ChipError& error) {
    EXPECT_STREQ(
        error.what(),
        "no chip \"tpu_v2\"; did you mean tpu_v1? Presets: edge8, fp32ref, gemmini16, hbm128, nvdla_full, "
        "nvdla_small, scalesim, tiny4, tpu_v1; or a path that ends in .toml");
  }
}

TEST(LoadChip, FilesThatCannotBeReadAreToldApart) {
  const auto folder = std::filesystem::temp_directory_path() / "nnpsim_chip_messages.toml";
  std::filesystem::create_directories(folder);
  for (const std::string& path : {std::string("/nowhere/chip.toml"), folder.string()}) {
    EXPECT_THROW(load_chip(path), ChipFileError) << path;
  }
  std::filesystem::remove_all(folder);
}

TEST(LoadChip, MessagesNameThePathAsGiven) {
  const auto path = std::filesystem::temp_directory_path() / "nnpsim_bad_chip.toml";
  std::ofstream(path) << minimal_with("rows = 8", "rows = 0");
  try {
    load_chip(path.string());
    ADD_FAILURE() << "a bad chip loaded";
  } catch (const ChipError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(path.string() + ":8:1: ")) << error.what();
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace nnp::models

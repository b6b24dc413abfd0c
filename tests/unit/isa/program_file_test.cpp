// SPDX-License-Identifier: Apache-2.0
// .nnp files: round trip, refusals with a reason, and damage of every kind.
#include "isa/program/program_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "isa/program/program_bytes.h"
#include "isa/program/tables.h"
#include "random_program.h"
#include "tests/support/program_header.h"

namespace nnp::isa {
namespace {

namespace fs = std::filesystem;
using test::pick;
using test::Random;

using nnp::test::kVersionByte, nnp::test::repair_header;
constexpr std::size_t kHeaderBytes = nnp::test::kProgramHeaderBytes;

class ProgramFile : public ::testing::Test {
 protected:
  ProgramFile() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() /
              ("nnp_" + std::string(test->name()) + std::to_string(std::random_device{}()));
    fs::create_directory(folder_);
  }
  ~ProgramFile() override { fs::remove_all(folder_); }

  fs::path path() const { return folder_ / "p.nnp"; }

  std::string bytes_of(const Program& program) const {
    write_program(program, path());
    std::ifstream in(path(), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void put(const std::string& bytes) const {
    std::ofstream(path(), std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  static Program read(const std::string& bytes) {
    std::istringstream in(bytes);
    return read_program(in, "p.nnp");
  }
  /// The message of the refusal, or "" when the file is read.
  std::string refusal() const {
    try {
      read_program(path());
    } catch (const FileError& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

Program some_program(std::uint64_t seed = 3) {
  Random random(seed);
  Program program;
  do program = test::random_program(random);
  while (program.instructions.empty() || program.launches[0].inputs.empty());
  return program;
}

TEST_F(ProgramFile, RandomProgramsComeBackFromTheirFile) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const Program program = test::random_program(random);
    write_program(program, path());
    ASSERT_TRUE(read_program(path()) == program) << "seed " << seed;
  }
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1)
      << "temporary files are left";
}

TEST_F(ProgramFile, RefusalsNameTheFileAndTheReason) {
  EXPECT_NE(refusal().find("no such file"), std::string::npos) << refusal();
  EXPECT_NE(refusal().find("p.nnp"), std::string::npos) << refusal();
  const std::string whole = bytes_of(some_program());

  put("");
  EXPECT_NE(refusal().find("not a program file"), std::string::npos) << refusal();
  put("PK\x03\x04 an archive, longer than a header would be");
  EXPECT_NE(refusal().find("not a program file"), std::string::npos) << refusal();
  put(whole.substr(0, kHeaderBytes - 1));
  EXPECT_NE(refusal().find("truncated"), std::string::npos) << refusal();
  put(whole.substr(0, whole.size() - 1));
  EXPECT_NE(refusal().find("truncated"), std::string::npos) << refusal();
  put(whole + "x");
  EXPECT_NE(refusal().find("too long"), std::string::npos) << refusal();

  std::string changed = whole;
  changed[kVersionByte] = 7;
  put(changed);
  EXPECT_NE(refusal().find("version 7; this release reads version 2: a newer release wrote it"),
            std::string::npos)
      << refusal();
  changed = whole;
  changed.back() = static_cast<char>(changed.back() ^ 1);
  put(changed);
  EXPECT_NE(refusal().find("damaged: its checksum"), std::string::npos) << refusal();

  fs::remove(path());
  fs::create_directory(path());
  EXPECT_NE(refusal().find("is a directory"), std::string::npos) << refusal();
}

TEST_F(ProgramFile, AFileThatCannotBeWrittenLeavesTheOldOneAlone) {
  const Program program = some_program();
  write_program(program, path());
  Program inconsistent = program;
  inconsistent.layers.clear();
  EXPECT_THROW(write_program(inconsistent, path()), FileError);
  EXPECT_TRUE(read_program(path()) == program);
  EXPECT_THROW(write_program(program, folder_ / "missing" / "p.nnp"), FileError);
}

TEST_F(ProgramFile, EveryDamagedFileIsRefused) {
  const std::string whole = bytes_of(some_program());
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    std::string damaged = whole;
    switch (pick(random, 0, 3)) {
      case 0:
        damaged.resize(pick(random, 0, whole.size() - 1));
        break;
      case 1:
        damaged.append(pick(random, 1, 100), 'x');
        break;
      case 2:
        damaged.erase(pick(random, 0, whole.size() - 1), pick(random, 1, 16));
        break;
      default: {
        char& byte = damaged[pick(random, 0, whole.size() - 1)];
        byte = static_cast<char>(byte ^ static_cast<char>(pick(random, 1, 255)));
      }
    }
    ASSERT_THROW(read(damaged), FileError) << "seed " << seed;
  }
}

TEST_F(ProgramFile, APayloadThatIsWrongUnderARightChecksumIsRefusedOrConsistent) {
  const std::string whole = bytes_of(some_program());
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    Random random(seed);
    std::string changed = whole;
    for (auto left = pick(random, 1, 4); left != 0; --left) {
      const auto at = pick(random, kHeaderBytes, changed.size() - 1);
      switch (pick(random, 0, 2)) {
        case 0:
          changed[at] = static_cast<char>(random());
          break;
        case 1:
          changed.replace(at, 8, 8, '\xff');
          break;  // the length of something, perhaps
        default:
          changed.erase(at, 1);
      }
    }
    repair_header(changed);
    try {
      ASSERT_TRUE(check_tables(read(changed)).empty()) << "seed " << seed;
    } catch (const FileError& error) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 300);
}

struct TableFault {
  void (*break_it)(Program&);
  const char* expected;
};

TEST(Tables, EachIndexPastItsTableIsNamed) {
  const TableFault faults[] = {
      {[](Program& p) { p.instructions[0].layer = 999; }, "instruction 0: layer 999 of"},
      {[](Program& p) {
         p.instructions[0] = Instruction{Opcode::matmul, Queue::matrix, 0, 0, 77, {}, {}, {}};
       },
       "instruction 0: tile 77 of"},
      {[](Program& p) { p.instructions[0].opcode = static_cast<Opcode>(99); }, "instruction 0: opcode 99"},
      {[](Program& p) { p.tiles[0].layer = 999; }, "tile 0: layer 999 of"},
      {[](Program& p) { p.launches[0].first_instruction = 0xFFFFFFFF; }, "launch 0: "},
      {[](Program& p) { p.launches[0].instruction_count = 0xFFFFFFFF; }, "launch 0: "},
      {[](Program& p) { p.launches[0].inputs[0].bytes = p.host_bytes + 1; }, "lies outside"},
      {[](Program& p) { p.launches[0].inputs[0].host_address = ~Address{0}; }, "lies outside"},
      {[](Program& p) {
         p.launches[0].inputs[0].shape = {std::int64_t{1} << 62, 64, 1};
       },
       "does not fit its shape"},
      {[](Program& p) {
         p.launches[0].inputs[0].shape = {1, -3};
       },
       "has extent -3 in axis 1"},
      {[](Program& p) {
         p.launches[0].inputs[0].shape = {1, 100000, 1, 1};
       },
       "does not fit 100000 channels"},
      {[](Program& p) { p.launches[0].inputs[0].type = static_cast<ElementType>(9); }, "has type 9"},
      {[](Program& p) { p.layers.push_back(p.layers[0]); }, "two layers are named"},
      {[](Program& p) { p.device_bytes = 1; }, "does not lie between"},
      {[](Program& p) { p.instruction_address = ~Address{0}; }, "does not lie between"},
      {[](Program& p) { p.constants.edit().resize(100000); }, "100000 bytes of constants do not fit"},
      {[](Program& p) { p.batch = 0; }, "batch is 0"},
      {[](Program& p) { p.precision = static_cast<Precision>(50); }, "precision 50 does not exist"},
  };
  ASSERT_TRUE(check_tables(some_program()).empty());
  for (const TableFault& fault : faults) {
    Program program = some_program();
    fault.break_it(program);
    const auto found = check_tables(program);
    ASSERT_FALSE(found.empty()) << fault.expected;
    EXPECT_TRUE(
        std::any_of(found.begin(), found.end(),
                    [&](const std::string& text) { return text.find(fault.expected) != std::string::npos; }))
        << fault.expected << " but: " << found.front();
  }
}

TEST(ProgramBytes, EveryPrefixOfThePayloadIsRefused) {
  const auto bytes = program_bytes(some_program());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_ANY_THROW(program_from_bytes(std::span(bytes).first(length))) << "length " << length;
  }
}

}  // namespace
}  // namespace nnp::isa

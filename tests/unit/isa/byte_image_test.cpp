// SPDX-License-Identifier: Apache-2.0
// Constants and graph of a program that was read from a file stay in that file, which is mapped.
#include "isa/program/byte_image.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "isa/program/program_file.h"

namespace nnp::isa {
namespace {

namespace fs = std::filesystem;

class InFile : public testing::Test {
 protected:
  InFile() : path_(fs::temp_directory_path() / fmt_name()) {}
  ~InFile() override { fs::remove(path_); }
  static std::string fmt_name() {
    return std::string("nnp_image_") + testing::UnitTest::GetInstance()->current_test_info()->name() +
           std::to_string(std::random_device{}());
  }
  /// Bytes that count up, `count` of them.
  static std::vector<std::uint8_t> counting(std::size_t count, std::uint8_t from) {
    std::vector<std::uint8_t> bytes(count);
    for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(from + i * 7 + i / 256);
    return bytes;
  }
  static Program program(std::uint8_t from, const std::string& network = "n") {
    Program made;
    made.network = network;
    made.constants = counting(100'000, from), made.graph = counting(50'000, from);
    made.device_bytes = made.instruction_address = made.constants.size();
    return made;
  }
  fs::path path_;
};

TEST_F(InFile, BytesAreThereAgainAfterTheyWereLetGo) {
  const Program written = program(1);
  write_program(written, path_);
  const Program read = read_program(path_);
  for (int time = 0; time < 3; ++time) {
    read.constants.let_go(), read.graph.let_go();
    ASSERT_TRUE(read == written) << "time " << time;
  }
}

TEST_F(InFile, BytesOutliveTheProgramThatReadThemAndANewFileOfTheSameName) {
  write_program(program(1), path_);
  ByteImage graph;
  {
    const Program read = read_program(path_);
    graph = read.graph;
    write_program(program(2), path_);
    EXPECT_TRUE(read == program(1));
    EXPECT_TRUE(read_program(path_) == program(2));
  }
  EXPECT_TRUE(graph == program(1).graph);
}

TEST_F(InFile, BytesAreCopiedWhenSomebodyChangesThem) {
  write_program(program(1), path_);
  Program read = read_program(path_);
  const Program copy = read;
  read.graph.edit()[3] ^= 0xFF;
  EXPECT_FALSE(read == copy);
  EXPECT_TRUE(copy == program(1));
  EXPECT_TRUE(read_program(path_) == program(1));
  read.graph.edit()[3] ^= 0xFF;
  EXPECT_TRUE(read == copy);
}

/// Names of all lengths shift what lies behind them by one byte each.
TEST_F(InFile, RealWeightsLieAtMultiplesOfTheirSize) {
  for (const std::uint8_t flags :
       {std::uint8_t{0}, std::uint8_t{kFlagReal | kFlagA16}, std::uint8_t{kFlagReal}})
    for (std::size_t length = 1; length <= 9; ++length) {
      Program made = program(1, std::string(length, 'n'));
      Instruction matmul;
      matmul.opcode = Opcode::matmul, matmul.queue = Queue::matrix, matmul.flags = flags;
      made.instructions = {matmul};
      made.device_bytes += kInstructionBytes;
      made.layers.push_back({.name = "l", .op = "Gemm", .onnx_nodes = {}});
      made.tiles.push_back({});
      made.launches.push_back({.first_instruction = 0, .instruction_count = 1, .inputs = {}, .outputs = {}});
      write_program(made, path_);
      const Program read = read_program(path_);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(read.constants.data()) % stationary_bytes(flags), 0u)
          << "name of " << length << ", flags " << +flags;
      EXPECT_TRUE(read == made);
    }
}

}  // namespace
}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// Files that are not there, not readable, or not what they claim: exit code 3, and the path in the message.
#include <random>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp::test {
namespace {

std::string random_bytes(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::string bytes(count, '\0');
  for (char& byte : bytes) byte = static_cast<char>(engine());
  return bytes;
}

std::string small_model() {
  return OnnxMaker()
      .input("x", {1, 16})
      .output("y")
      .floats("w", {16, 8})
      .node("MatMul", {"x", "w"}, {"y"})
      .bytes();
}

/// A program file of a small network.
std::string small_program(const TemporaryFolder& folder) {
  const std::string model = folder.file("small.onnx", small_model()), program = folder.path("small.nnp");
  const Outcome outcome = run_nnpsim({"compile", model, "--chip", "edge8", "-o", program});
  EXPECT_EQ(outcome.exit, 0) << outcome.err;
  return read_bytes(program);
}

TEST(BadModel, AMissingOneIsNamed) {
  expect_refused({"run", "/nowhere/net.onnx"}, 3, {"/nowhere/net.onnx", "no such file"});
}

TEST(BadModel, RandomBytesAreRefused) {
  const TemporaryFolder folder;
  for (const std::size_t size : {0, 1, 100, 5000})
    expect_refused({"run", folder.file("net.onnx", random_bytes(size, size + 1))}, 3, {"net.onnx"});
}

TEST(BadModel, EveryPrefixOfAGoodOneIsRefused) {
  const TemporaryFolder folder;
  const std::string whole = small_model();
  for (std::size_t size = 0; size < whole.size(); size += whole.size() / 8) {
    const Words arguments{"run", folder.file("net.onnx", whole.substr(0, size)), "--chip", "edge8"};
    const Outcome outcome = run_nnpsim(arguments);
    EXPECT_TRUE(outcome.exit == 2 || outcome.exit == 3)
        << size << " bytes: exit " << outcome.exit << ", " << outcome.err;
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(BadProgram, TextRandomBytesAndEmptyFilesAreRefused) {
  const TemporaryFolder folder;
  for (const std::string& bytes : {std::string(), std::string("hello\n"), random_bytes(4000, 7)}) {
    const std::string path = folder.file("net.nnp", bytes);
    expect_refused({"exec", path, "--chip", "edge8"}, 3, {"net.nnp"});
    expect_refused({"disasm", path}, 3, {"net.nnp"});
  }
  expect_refused({"exec", folder.path("none.nnp")}, 3, {"none.nnp"});
}

TEST(BadProgram, AnyCutOrFlippedBitIsRefused) {
  const TemporaryFolder folder;
  const std::string whole = small_program(folder);
  std::mt19937_64 engine(11);
  for (int i = 0; i < 8; ++i) {
    const std::size_t at = engine() % whole.size();
    expect_refused({"exec", folder.file("cut.nnp", whole.substr(0, at)), "--chip", "edge8"}, 3, {"cut.nnp"});
    std::string flipped = whole;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (engine() % 8)));
    expect_refused({"exec", folder.file("flipped.nnp", flipped), "--chip", "edge8"}, 3, {"flipped.nnp"});
  }
}

TEST(BadProgram, OneForAnotherChipNamesBoth) {
  const TemporaryFolder folder;
  const std::string path = folder.file("net.nnp", small_program(folder));
  expect_refused({"exec", path}, 3, {"net.nnp", "edge8", "tpu_v1", "--chip"});
}

TEST(BadProgram, OtherBatchOrPrecisionThanAskedForIsAUsageError) {
  const TemporaryFolder folder;
  const std::string path = folder.file("net.nnp", small_program(folder));
  expect_refused({"exec", path, "--chip", "edge8", "--batch", "2"}, 2, {"--batch 2", "batch 1"});
  expect_refused({"exec", path, "--chip", "edge8", "--precision", "int8x16"}, 2, {"int8x16", "int8"});
}

TEST(BadAssembly, EveryFaultyLineIsToldWithItsPlace) {
  const TemporaryFolder folder;
  const std::string source =
      folder.file("p.s", ".network \"x\"\n.launch\nmatrix.matmull a=0\nctrl.halt nonsense=1\n");
  expect_refused({"asm", source, "-o", folder.path("p.nnp")}, 3, {"p.s:3:", "p.s:4:", "did you mean"});
  EXPECT_EQ(folder.names(), Words{"p.s"});
}

TEST(BadChip, TruncatedTomlPointsAtLineAndColumn) {
  const TemporaryFolder folder;
  expect_refused({"run", "lenet5", "--chip", folder.file("c.toml", "[chip]\nname = \"x")}, 2, {"c.toml:2:"});
}

TEST(BadChip, RandomBytesAreRefusedAndMissingFilesNamed) {
  const TemporaryFolder folder;
  expect_refused({"run", "lenet5", "--chip", folder.file("c.toml", random_bytes(3000, 3))}, 2, {"c.toml:"});
  expect_refused({"run", "lenet5", "--chip", folder.path("none.toml")}, 3, {"none.toml", "no such file"});
}

TEST(BadChip, UnknownKeysGetTheNearestName) {
  const TemporaryFolder folder;
  expect_refused({"run", "lenet5", "--chip", folder.file("c.toml", "[core.array]\nrow = 8\n")}, 2,
                 {"c.toml:2:", "core.array.rows"});
}

TEST(BadInput, FilesThatAreNoArraysAreRefusedBeforeCompiling) {
  const TemporaryFolder folder;
  const std::string magic = "\x93NUMPY";
  const std::string header = magic + std::string("\x01\x00\x46\x00", 4);
  const std::string cases[] = {
      "",
      "hello",
      random_bytes(500, 5),
      magic,
      header,
      header + "{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }           \n",  // no values
      header +
          "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }\n\n",  // no such size
      header + "{'descr': '<c8', 'fortran_order': False, 'shape': (0,), }            \n"};
  for (const std::string& bytes : cases)
    expect_refused({"run", "lenet5", "--input", folder.file("x.npy", bytes)}, 3, {"x.npy"});
  expect_refused({"run", "lenet5", "--input", folder.path("none.npy")}, 3, {"none.npy"});
}

TEST(BadOutput, APathThatCannotBeWrittenFailsAndLeavesNothing) {
  const TemporaryFolder folder;
  const std::string file = folder.file("file", "x");
  expect_refused({"run", "lenet5", "--output", file}, 3, {"file", "not a folder"});
  expect_refused({"run", "lenet5", "--output", file + "/deep/er"}, 3, {"file/deep/er", "cannot be written"});
  expect_refused({"compile", "lenet5", "-o", folder.path("none/x.nnp")}, 3, {"none/x.nnp"});
  expect_refused({"asm", file, "-o", folder.path("none/x.nnp")}, 3, {"none/x.nnp"});
  EXPECT_EQ(folder.names(), Words{"file"});
}

TEST(BadOutput, AFaultFoundLaterLeavesNoFolder) {
  const TemporaryFolder folder;
  expect_refused({"run", folder.path("none.onnx"), "--output", folder.path("a/b")}, 3, {"none.onnx"});
  EXPECT_EQ(folder.names(), Words{});
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Small files that ask for enormous tensors, endless work or deep recursion: one message, soon, and no
// process that stays behind.
#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/compiler/hungry_models.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp::test {
namespace {

namespace fs = std::filesystem;

class HungryNetwork : public testing::Test {
 protected:
  ~HungryNetwork() override {
    unsetenv("NNPSIM_IMPORT_MIB");
    unsetenv("NNPSIM_IMPORT_SECONDS");
  }
  Words compile(const std::string& bytes) {
    return {"compile", folder_.file("net.onnx", bytes), "--chip", "edge8", "-o", folder_.path("net.nnp")};
  }
  /// Processes whose command line names this test's file.
  int processes() const {
    int count = 0;
    for (const auto& entry : fs::directory_iterator("/proc")) {
      const std::string line = entry.path() / "cmdline";
      std::error_code error;
      if (fs::exists(line, error) && read_bytes(line).find(folder_.path("net.onnx")) != std::string::npos)
        ++count;
    }
    return count;
  }
  TemporaryFolder folder_;
};

constexpr std::int64_t kMillion = 1'000'000;

TEST_F(HungryNetwork, OfTensorsOfATrillionElementsIsRefused) {
  const auto shaped = [](const std::string& op) {
    OnnxMaker maker;
    maker.input("x", {1, 1}).ints("size", {2}, {kMillion, kMillion}).output("y");
    return maker.node(op, {"x", "size"}, {"y"}).bytes();
  };
  for (const char* op : {"Expand", "Tile"})
    expect_refused(compile(shaped(op)), 2, {"1000000, 1000000", "elements"});
  OnnxMaker filled;
  filled.input("x", {1, 1}).ints("size", {2}, {kMillion, kMillion}).output("y");
  filled.node("ConstantOfShape", {"size"}, {"c"}).node("Add", {"x", "c"}, {"y"});
  expect_refused(compile(filled.bytes()), 2, {"1000000, 1000000", "elements"});
  OnnxMaker range;
  range.input("x", {1}, ir::DType::i64).output("y", ir::DType::i64);
  range.ints("from", {}, {0}).ints("to", {}, {kMillion * kMillion}).ints("by", {}, {1});
  range.node("Range", {"from", "to", "by"}, {"r"}).node("Add", {"x", "r"}, {"y"});
  expect_refused(compile(range.bytes()), 2, {"'r_node' (Range)", "1000000000000"});
}

TEST_F(HungryNetwork, ThatFoldsToGigabytesStopsAtTheMemoryLimit) {
  setenv("NNPSIM_IMPORT_MIB", "256", 1);
  expect_refused(compile(many_large_constants(100)), 4, {"net.onnx", "needs more than 256 MiB"});
}

TEST_F(HungryNetwork, ThatFoldsForLongStopsAtTheTimeLimit) {
  setenv("NNPSIM_IMPORT_SECONDS", "1", 1);
  expect_refused(compile(long_constant_chain(400)), 4, {"net.onnx", "took more than 1 s"});
  EXPECT_EQ(processes(), 0);
}

TEST_F(HungryNetwork, ThatCrashesOnnxsShapeInferenceIsRefused) {
  const Outcome outcome = run_nnpsim(compile(crashing_inference()));
  // libonnx 1.12 crashes; one that does not refuses the shapes.
  const std::string words = outcome.exit == 3 ? "net.onnx: importing it crashed (signal " : "ConvTranspose";
  EXPECT_TRUE(outcome.exit == 3 || outcome.exit == 2) << outcome.exit << outcome.err;
  EXPECT_NE(outcome.err.find(words), std::string::npos) << outcome.err;
}

TEST_F(HungryNetwork, OfDeeplyNestedGraphsIsRefused) {
  expect_refused(compile(nested_graphs(1000)), 3, {"net.onnx", "not an ONNX model"});
  expect_refused(compile(nested_graphs(20)), 2, {"supported"});
}

TEST_F(HungryNetwork, LimitsThatAreNoNumberAreRefused) {
  setenv("NNPSIM_IMPORT_MIB", "much", 1);
  expect_refused(compile(nested_graphs(1)), 2, {"NNPSIM_IMPORT_MIB=much"});
}

TEST_F(HungryNetwork, CtrlCEndsTheImportAndItsProcess) {
  const Words arguments = compile(long_constant_chain(400));
  const auto importing = [this] { return processes() == 2; };  // the program and its child
  const Outcome outcome = signal_nnpsim(arguments, importing, SIGINT);
  EXPECT_EQ(outcome.exit, 130) << outcome.err;
  EXPECT_EQ(outcome.err, "nnpsim: interrupted\n");
  EXPECT_EQ(processes(), 0);
  EXPECT_EQ(folder_.names(), Words{"net.onnx"});
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Sound files that this program or chip cannot take: exit code 2, naming node, operator or input and what is
// allowed.
#include <fmt/format.h>

#include "host_runtime/cli/npy.h"
#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp::test {
namespace {

std::string two_inputs() {
  return OnnxMaker()
      .input("left", {1, 8})
      .input("right", {1, 8})
      .output("sum")
      .node("Add", {"left", "right"}, {"sum"})
      .bytes();
}
std::string product(OnnxMaker::Dim rows) {
  return OnnxMaker()
      .input("x", {rows, 16})
      .output("y")
      .floats("w", {16, 8})
      .node("MatMul", {"x", "w"}, {"y"})
      .bytes();
}

class Networks : public testing::Test {
 protected:
  std::string save(const std::string& bytes) { return folder_.file("net.onnx", bytes); }
  std::string array(const std::string& name, const ir::Shape& shape) {
    cli::write_npy(ir::Tensor(ir::DType::f32, shape), folder_.path(name));
    return folder_.path(name);
  }
  TemporaryFolder folder_;
};

TEST_F(Networks, AnUnknownOperatorIsNamedWithItsNode) {
  expect_refused(
      {"run", save(OnnxMaker().input("x", {1, 8, 8}).output("y").node("Bernoulli", {"x"}, {"y"}).bytes())}, 2,
      {"Bernoulli", "y_node"});
}

TEST_F(Networks, ASymbolicSizeAsksForDim) {
  expect_refused(
      {"run", save(OnnxMaker().input("x", {1, "width"}).output("y").node("Relu", {"x"}, {"y"}).bytes()),
       "--chip", "edge8"},
      2, {"'x'", "width", "--dim width=N"});
}

TEST_F(Networks, ASymbolicSizeIsSetByDimAndByBatch) {
  const std::string model = save(product("rows"));
  for (const Words& option : {Words{"--dim", "rows=3"}, Words{"--batch", "3"}}) {
    const Words arguments{"run", model, "--chip", "edge8", option[0], option[1]};
    const Outcome outcome = run_nnpsim(arguments);
    EXPECT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
  }
}

TEST_F(Networks, ABatchThatFixedShapesDoNotHaveIsRefused) {
  expect_refused({"run", save(product(1)), "--chip", "edge8", "--batch", "3"}, 2, {"--batch 3", "1x16"});
}

TEST_F(Networks, InputsOfOtherShapesNamesOrNumbersAreRefused) {
  const std::string model = save(two_inputs()), good = array("good.npy", {1, 8}),
                    wide = array("wide.npy", {1, 9});
  const auto run = [&](const Words& inputs) {
    Words arguments{"run", model, "--chip", "edge8"};
    for (const std::string& input : inputs) arguments.insert(arguments.end(), {"--input", input});
    return arguments;
  };
  expect_refused(run({good}), 2, {"NAME=FILE.npy", "left", "right"});
  expect_refused(run({"left=" + good}), 2, {"'right'"});
  expect_refused(run({"left=" + good, "right=" + wide}), 2, {"wide.npy", "1x9", "1x8", "'right'"});
  expect_refused(run({"lefd=" + good, "right=" + good}), 2, {"'lefd'", "did you mean left?"});
  expect_refused(run({"left=" + good, "left=" + good}), 2, {"'left'", "before"});
  const Outcome outcome = run_nnpsim(run({"left=" + good, "right=" + good}));
  EXPECT_NE(outcome.exit, 2) << outcome.err;
}

TEST_F(Networks, ATableWithoutRowsHasNothingToLookUp) {
  OnnxMaker maker;
  maker.input("ids", {2}, ir::DType::i64).floats("table", {0, 4}).output("y");
  maker.node("Gather", {"table", "ids"}, {"y"});
  expect_refused({"run", save(maker.bytes()), "--chip", "edge8"}, 2, {"input 'ids'", "no rows"});
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Reductions in several steps: of those that the vector unit has, with the same results.
#include <gtest/gtest.h>

#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "tests/unit/compiler/expect_pass.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ReduceFunction;
using test::expect_pass;
using test::GraphMaker;

/// y of x [2, 3, 4] over axes 0 and 2.
void expect_steps(ReduceFunction function, bool keepdims, const std::string& before,
                  const std::string& after) {
  GraphMaker m;
  const ir::ValueId squares = m.input("squares", {2, 3, 4});
  const ir::ValueId x = m.same_shape(Op::mul, "x", {squares, squares});  // a logarithm wants no negative sum
  m.output(m.node(Op::reduce, "y", {x}, keepdims ? ir::Shape{1, 3, 1} : ir::Shape{3},
                  ir::ReduceAttributes{function, {0, 2}, keepdims}));
  const std::string head = "Mul(squares, squares) -> x\n", tail = "outputs: y\n";
  const ir::Graph graph =
      expect_pass(m, compiler::expand_reductions, head + before + tail, head + after + tail);
  for (const ir::Node& node : graph.nodes)
    EXPECT_TRUE(compiler::chip_has_operation(graph, node)) << node.name;
}

TEST(ExpandReductions, ARootOrALogarithmComesBehindTheSum) {
  expect_steps(ReduceFunction::l2, true, "ReduceL2(x) -> y\n",
               "ReduceSumSquare(x) -> y.sum_square\n"
               "Sqrt(y.sum_square) -> y\n");
  expect_steps(ReduceFunction::log_sum, false, "ReduceLogSum(x) -> y\n",
               "ReduceSum(x) -> y.sum\n"
               "Log(y.sum) -> y\n");
}

TEST(ExpandReductions, TheLogarithmOfASumOfPowersTakesTheLargestOut) {
  const std::string steps =
      "ReduceMax(x) -> y.max\n"
      "Sub(x, y.max) -> y.rest\n"
      "Exp(y.rest) -> y.powers\n"
      "ReduceSum(y.powers) -> y.sum\n"
      "Log(y.sum) -> y.log\n";
  expect_steps(ReduceFunction::log_sum_exp, true, "ReduceLogSumExp(x) -> y\n",
               steps + "Add(y.log, y.max) -> y\n");
  expect_steps(ReduceFunction::log_sum_exp, false, "ReduceLogSumExp(x) -> y\n",
               steps + "Add(y.log, y.max) -> y.add\nReshape(y.add) -> y\n");
}

TEST(ExpandReductions, LeaveWhatOneInstructionDoes) {
  for (const ReduceFunction function :
       {ReduceFunction::sum, ReduceFunction::sum_square, ReduceFunction::l1}) {
    const std::string line = std::string(ir::onnx_name(function)) + "(x) -> y\n";
    expect_steps(function, true, line, line);
  }
}

}  // namespace
}  // namespace nnp

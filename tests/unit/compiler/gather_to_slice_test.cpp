// SPDX-License-Identifier: Apache-2.0
// Gather with constant indices in equal steps becomes a Slice.
#include <gtest/gtest.h>

#include "compiler/passes/passes.h"
#include "tests/unit/compiler/expect_pass.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using test::expect_pass;
using test::GraphMaker;

TEST(GatherToSlice, TakesConstantIndicesInEqualSteps) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 5, 3});
  const auto indices = [&](const std::string& name, ir::Shape shape, std::vector<std::int64_t> values) {
    const ValueId id = m.input(name, shape, ir::DType::i64);
    m.graph.inputs.pop_back();
    m.graph.values[id].constant = ir::Tensor::of<std::int64_t>(shape, values);
    return id;
  };
  const auto gather = [&](const std::string& name, ValueId index, ir::Shape shape) {
    m.output(m.node(Op::gather, name, {x, index}, shape, ir::AxisAttributes{1}));
  };
  gather("last", indices("i", {}, {-1}), {2, 3});
  gather("odd", indices("j", {2}, {1, 3}), {2, 2, 3});
  gather("back", indices("k", {3}, {4, 2, 0}), {2, 3, 3});
  gather("any", indices("l", {3}, {0, 1, 4}), {2, 3, 3});
  gather("same", indices("m", {2}, {1, 1}), {2, 2, 3});
  expect_pass(m, compiler::gather_to_slice,
              "Gather(x, i) -> last\n"
              "Gather(x, j) -> odd\n"
              "Gather(x, k) -> back\n"
              "Gather(x, l) -> any\n"
              "Gather(x, m) -> same\n"
              "outputs: last, odd, back, any, same\n",
              "Slice(x) -> last.part\n"
              "Reshape(last.part) -> last\n"
              "Slice(x) -> odd\n"
              "Slice(x) -> back\n"
              "Gather(x, l) -> any\n"
              "Gather(x, m) -> same\n"
              "outputs: last, odd, back, any, same\n");
}

}  // namespace
}  // namespace nnp

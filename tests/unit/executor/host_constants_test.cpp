// SPDX-License-Identifier: Apache-2.0
// A graph without the constants that only the chip reads runs as the whole one does.
#include "host_runtime/executor/host_constants.h"

#include <gtest/gtest.h>

#include "host_runtime/executor/program_check.h"
#include "models/chips/chip_file.h"
#include "tests/support/random_run.h"

namespace nnp {
namespace {

ir::ValueId add_value(ir::Graph& graph, const std::string& name, bool constant) {
  const ir::ValueId id = graph.add_value({name, ir::DType::f32, {2, 3}, {}, {}});
  if (constant) graph.values[id].constant = ir::Tensor(ir::DType::f32, {2, 3});
  return id;
}

TEST(HostConstants, AreThoseThatTheHostReadsOrHandsOut) {
  ir::Graph graph;
  const ir::ValueId x = add_value(graph, "x", false), y = add_value(graph, "y", false),
                    z = add_value(graph, "z", false), of_chip = add_value(graph, "of_chip", true),
                    of_host = add_value(graph, "of_host", true), output = add_value(graph, "output", true);
  graph.nodes.push_back({ir::Op::add, "chip", {x, of_chip}, {y}, {}, {}, false, {}});
  graph.nodes.push_back({ir::Op::add, "host", {y, of_host}, {z}, {}, {}, true, {}});
  graph.inputs = {x}, graph.outputs = {z, output};
  const std::vector<bool> found = executor::host_values(graph);
  EXPECT_FALSE(found[of_chip]);
  EXPECT_TRUE(found[of_host]);
  EXPECT_TRUE(found[output]);
  EXPECT_FALSE(found[x]);
}

TEST(HostConstants, AreAllThatAnExecutionNeeds) {
  int left_out = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const test::NetworkCase whole = test::random_case(seed, models::load_chip("edge8"));
    test::NetworkCase lean = whole;
    lean.graph = executor::graph_of(whole.program, whole.chip.arch, "edge8", "x.nnp",
                                    executor::GraphConstants::of_host);
    for (const ir::Value& value : lean.graph.values)
      left_out += value.constant && value.constant->bytes().empty() ? 1 : 0;
    const auto expected = test::recorded_run(whole, {}), found = test::recorded_run(lean, {});
    ASSERT_EQ(expected.inference.outputs.size(), found.inference.outputs.size());
    for (std::size_t i = 0; i < found.inference.outputs.size(); ++i)
      ASSERT_TRUE(
          std::ranges::equal(expected.inference.outputs[i].bytes(), found.inference.outputs[i].bytes()))
          << "random_case(" << seed << "), output " << i;
    EXPECT_EQ(test::first_difference(expected, found), "") << "random_case(" << seed << ")";
  }
  EXPECT_GT(left_out, 12);
}

}  // namespace
}  // namespace nnp

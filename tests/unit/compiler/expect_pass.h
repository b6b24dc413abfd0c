// SPDX-License-Identifier: Apache-2.0
// What every test of a pass expects: the outline before and after, and the same float results.
#pragma once

#include <gtest/gtest.h>

#include "tests/unit/compiler/graph_maker.h"

namespace nnp::test {

using Pass = void (*)(ir::Graph&);

/// Runs a pass on the maker's graph and expects these outlines and unchanged results.
inline ir::Graph expect_pass(GraphMaker& maker, Pass pass, const std::string& before,
                             const std::string& after) {
  EXPECT_EQ(faults(maker.graph), "");
  EXPECT_EQ(outline(maker.graph), before);
  ir::Graph graph = maker.graph;
  pass(graph);
  EXPECT_EQ(faults(graph), "");
  EXPECT_EQ(outline(graph), after);
  std::vector<ir::Tensor> inputs;
  for (const ir::ValueId id : maker.graph.inputs) inputs.push_back(maker.sample(maker.shape(id), -2, 2));
  EXPECT_LT(largest_difference(run(maker.graph, inputs), run(graph, inputs)), 1e-5);
  return graph;
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// What a layer costs at least, without the walk: never above what the walk finds.
#include <gtest/gtest.h>

#include "compiler/codegen/codegen.h"
#include "compiler/cost/layer_cost.h"
#include "compiler/mapping/candidates.h"
#include "tests/support/random_network.h"

namespace nnp::test {
namespace {

TEST(LeastCost, IsNeverAboveTheCostOnRandomChips) {
  // The walk takes rounds for equal that differ by 1e-3 of their length (walk_state.h).
  constexpr double kSettled = 1e-3;
  int tilings = 0;
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    models::ChipSpec chip = random_chip(seed);
    chip.arch.unified_buffer_bytes = Bytes{1} << (seed % 2 == 0 ? 14 : 20);
    chip.arch.accumulator_rows = std::max(chip.arch.accumulator_rows, 64u);
    ir::Graph graph = random_network(seed);
    compiler::schedule(graph);
    const compiler::MemoryPlan plan = compiler::place_values(graph, chip.arch);
    const compiler::LayerCosts costs(chip);
    for (const ir::Node& node : graph.nodes) {
      const auto problem = compiler::mac_problem(graph, node, plan, chip.arch);
      if (!problem) continue;
      const ir::DType type = graph.values[node.inputs[0]].type;
      for (const compiler::MacTiling& tiling : compiler::candidates(*problem, chip.arch, {4, 3, 4})) {
        const compiler::LayerCost least = costs.least(*problem, tiling, type),
                                  cost = costs(*problem, tiling, type);
        EXPECT_LE(least.cycles, cost.cycles * (1 + kSettled))
            << "seed " << seed << ", layer " << node.name << ": lines " << tiling.band_lines << ", slice "
            << tiling.slice_n << ", tile " << tiling.tile_m << ", buffers " << tiling.input_buffers
            << ", bound " << least.bound;
        EXPECT_EQ(least.memory, cost.memory);
        EXPECT_EQ(least.read_bytes, cost.read_bytes);
        EXPECT_STREQ(least.bound, cost.bound);
        ++tilings;
      }
    }
  }
  EXPECT_GT(tilings, 1000);
}

}  // namespace
}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Rungs: oracle law and differential. Small topologies on the scalesim chip: each layer's occupancy of the
// array equals SCALE-Sim's fold law, and the values are those of the naive reference.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "host_runtime/compare/comparison.h"
#include "tests/support/topology_run.h"

namespace nnp {
namespace {

using isa::ArrayKind;

constexpr const char* kConvolutions =
    "name, h, w, fh, fw, channels, filters, stride\n"
    "one_fold, 4, 4, 1, 1, 3, 3, 1\n"
    "many, 13, 9, 3, 2, 7, 21, 2\n"
    "deep, 5, 5, 5, 5, 11, 30, 1\n"
    "shallow, 8, 8, 1, 1, 1, 1, 1\n";
constexpr const char* kProducts =
    "name, M, N, K\n"
    "vector, 1, 70, 50\n"
    "square, 40, 40, 40\n"
    "thin, 100, 3, 1\n"
    "exact, 24, 32, 16\n";

struct Array {
  ArrayKind kind;
  std::uint32_t rows, cols;
};
class SmallTopologies : public testing::TestWithParam<Array> {};

TEST_P(SmallTopologies, TakeTheLawsCyclesAndComputeTheReferencesValues) {
  const auto [kind, rows, cols] = GetParam();
  for (const char* csv : {kConvolutions, kProducts}) {
    const test::Topology topology = test::quantised_topology(csv);
    const auto inputs = compiler::random_inputs(topology.quantised, 5);
    const test::TopologyRun run = test::run_topology(topology, test::scalesim_chip(kind, rows, cols), inputs);
    for (std::size_t i = 0; i < topology.layers.size(); ++i)
      EXPECT_EQ(run.compute_cycles[i], test::scalesim_cycles(topology.layers[i], kind, rows, cols))
          << topology.layers[i].name << " on " << isa::to_string(kind) << ' ' << rows << 'x' << cols;
    const auto verdict = compare::compare_naive(topology.quantised, inputs,
                                                {run.inference.outputs, run.inference.accumulators});
    EXPECT_EQ(verdict.status, compare::Status::passed) << verdict.reason;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Arrays, SmallTopologies,
    testing::Values(Array{ArrayKind::weight_stationary, 8, 8}, Array{ArrayKind::output_stationary, 8, 8},
                    Array{ArrayKind::input_stationary, 8, 8}, Array{ArrayKind::weight_stationary, 3, 5},
                    Array{ArrayKind::output_stationary, 3, 5}, Array{ArrayKind::input_stationary, 3, 5},
                    Array{ArrayKind::weight_stationary, 1, 1}, Array{ArrayKind::output_stationary, 16, 2},
                    Array{ArrayKind::input_stationary, 2, 16}));

TEST(ScaleSim, FoldsOfMoreRowsThanHalfTheAccumulatorsAreStillOne) {
  const test::Topology topology = test::quantised_topology("name, M, N, K\nlong, 65535, 4, 5\n");
  for (const ArrayKind kind :
       {ArrayKind::weight_stationary, ArrayKind::output_stationary, ArrayKind::input_stationary}) {
    const test::TopologyRun run = test::run_topology(topology, test::scalesim_chip(kind, 4, 4));
    EXPECT_EQ(run.compute_cycles[0], test::scalesim_cycles(topology.layers[0], kind, 4, 4))
        << isa::to_string(kind);
  }
}

TEST(ScaleSim, AChipThatOverlapsItsFoldsOccupiesItsArrayForLess) {
  const test::Topology topology = test::quantised_topology("name, M, N, K\nsquare, 40, 40, 40\n");
  models::ChipSpec chip = test::scalesim_chip(ArrayKind::weight_stationary, 8, 8);
  chip.array.overlap = true;
  const test::TopologyRun run = test::run_topology(topology, chip);
  // 25 folds of max(R, M) cycles, and the first load, the last way out.
  EXPECT_EQ(run.compute_cycles[0], 8u + 25 * 40 + 8 + 8 - 2);
  EXPECT_EQ(test::scalesim_cycles(topology.layers[0], ArrayKind::weight_stationary, 8, 8), 25u * 62);
}

}  // namespace
}  // namespace nnp

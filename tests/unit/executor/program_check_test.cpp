// SPDX-License-Identifier: Apache-2.0
// A program and its graph, each sound alone, that do not speak of the same network.
#include "host_runtime/executor/program_check.h"

#include <gtest/gtest.h>

#include "isa/program/program_file.h"
#include "models/chips/chip_file.h"
#include "tests/support/random_run.h"

namespace nnp {
namespace {

using executor::check_against_graph;

test::NetworkCase some_case() { return test::random_case(1, models::load_chip("edge8")); }

/// The first fault after a change of the program.
std::string fault_after(void (*change)(isa::Program&, const ir::Graph&)) {
  test::NetworkCase made = some_case();
  const ir::Graph graph = ir::deserialize(made.program.graph);
  change(made.program, graph);
  const auto faults = check_against_graph(made.program, graph);
  return faults.empty() ? "(none)" : faults.front();
}

void expect_fault(void (*change)(isa::Program&, const ir::Graph&), const std::string& words) {
  const std::string text = fault_after(change);
  EXPECT_NE(text.find(words), std::string::npos) << text;
}

TEST(ProgramCheck, CompiledProgramsFitTheirGraphs) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const auto made = test::random_case(seed, models::load_chip("edge8"));
    EXPECT_EQ(check_against_graph(made.program, ir::deserialize(made.program.graph)),
              std::vector<std::string>{})
        << "seed " << seed;
  }
}

TEST(ProgramCheck, ALayerIsItsNode) {
  expect_fault([](isa::Program& program, const ir::Graph&) { program.layers.pop_back(); },
               "layers, but its graph has");
  expect_fault([](isa::Program& program, const ir::Graph&) { program.layers[0].name = "other"; },
               "layer 0 is 'other'");
  expect_fault(
      [](isa::Program& program, const ir::Graph&) { program.layers[0].on_host = !program.layers[0].on_host; },
      "layer 0 is");
}

TEST(ProgramCheck, EveryStretchOfChipNodesHasItsLaunch) {
  expect_fault(
      [](isa::Program& program, const ir::Graph&) { program.launches.push_back(program.launches.back()); },
      "launches, but its graph needs");
  expect_fault([](isa::Program& program, const ir::Graph&) { program.launches.clear(); },
               "which no launch brings");
}

TEST(ProgramCheck, ATensorAtTheBorderIsAValueOfTheSameShapeAndType) {
  expect_fault(
      [](isa::Program& program, const ir::Graph&) { program.launches[0].inputs[0].value = "nobody"; },
      "no value 'nobody'");
  expect_fault([](isa::Program& program, const ir::Graph&) { ++program.launches[0].inputs[0].shape[0]; },
               "but in its graph");
  expect_fault([](isa::Program& program,
                  const ir::Graph&) { program.launches[0].inputs[0].type = isa::ElementType::f32; },
               "but in its graph");
  expect_fault(
      [](isa::Program& program, const ir::Graph&) {
        program.launches[0].inputs[0].value = program.launches[0].outputs[0].value,
        program.launches[0].inputs[0].shape = program.launches[0].outputs[0].shape,
        program.launches[0].inputs[0].type = program.launches[0].outputs[0].type;
      },
      "is not computed by then");
}

TEST(ProgramCheck, TilesCoverNoMoreSumsThanTheirLayerHas) {
  expect_fault([](isa::Program& program, const ir::Graph&) { program.tiles[0].m0 += 1u << 30; },
               "its tiles cover");
}

TEST(ProgramCheck, ABatchInPartsIsOneWhoseInferencesKeepApart) {
  expect_fault([](isa::Program& program, const ir::Graph&) { program.batch = 14, program.sub_batch = 7; },
               "a batch of 14 in parts of 7, but ");
}

TEST(Executor, RefusesADrainOfMoreThanItsTile) {
  test::NetworkCase made = some_case();
  ASSERT_GT(made.program.tiles[0].m, 1u);
  --made.program.tiles[0].m;
  const auto device = sim::make_device(made.chip, {}, sim::Host::plain);
  executor::Executor executor(*device, made.program, made.graph);
  EXPECT_THROW(executor.run(made.inputs, {.values = true, .accumulators = true}), isa::FileError);
}

TEST(ProgramCheck, AGraphIsReadFromAProgramOfTheSameArchitectureOnly) {
  test::NetworkCase made = some_case();
  EXPECT_NO_THROW(executor::graph_of(made.program, made.chip.arch, "edge8", "x.nnp"));
  EXPECT_THROW(executor::graph_of(made.program, models::load_chip("tpu_v1").arch, "tpu_v1", "x.nnp"),
               isa::FileError);
  made.program.graph.edit().pop_back();
  EXPECT_THROW(executor::graph_of(made.program, made.chip.arch, "edge8", "x.nnp"), isa::FileError);
}

TEST(HostLimits, RefuseAGraphByTheBytesOfItsValuesAndByItsOperations) {
  // x [1, 1024] f32 times w [1024, 8] gives y [1, 8]: 4,128 bytes of values, 8,192 multiplications, and the
  // elements of x, w and y.
  ir::Graph graph;
  const ir::ValueId x = graph.add_value({"x", ir::DType::f32, {1, 1024}, {}, {}});
  const ir::ValueId w =
      graph.add_value({"w", ir::DType::f32, {1024, 8}, {}, ir::Tensor(ir::DType::f32, {1024, 8})});
  const ir::ValueId y = graph.add_value({"y", ir::DType::f32, {1, 8}, {}, {}});
  graph.nodes.push_back({ir::Op::matmul, "product", {x, w}, {y}, {}, {}, true, {}});
  constexpr double kBytes = 4 * (1024 + 8), kOperations = 8 * 1024 + 1024 + 8 * 1024 + 8;
  EXPECT_NO_THROW(executor::require_bounded(graph, {}));
  EXPECT_NO_THROW(executor::require_bounded(graph, {kBytes, kOperations}));
  EXPECT_THROW(executor::require_bounded(graph, {kBytes - 1, kOperations}), executor::HostLimitError);
  EXPECT_THROW(executor::require_bounded(graph, {kBytes, kOperations - 1}), executor::HostLimitError);
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Rungs: differential (chip = naive, bit for bit) and engine equality (stepped = leap in every state record),
// on random small networks and conflict-rich chips. A failure prints the seed: NNPSIM_SEED=n runs it alone.
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/codegen/codegen.h"
#include "compiler/compile_error.h"
#include "compiler/passes/passes.h"
#include "host_runtime/compare/comparison.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/reference/reference.h"
#include "isa/program/happens_before.h"
#include "sim/chip/systemc_host.h"
#include "tests/support/random_network.h"
#include "tests/support/random_real_network.h"

namespace nnp {
namespace {

struct Recorder : sim::TraceSink {
  void state(const sim::StateRecord& record) override { records.push_back(record); }
  std::vector<sim::StateRecord> records;
};

struct Outcome {
  executor::Inference inference;
  std::vector<sim::StateRecord> records;
};

std::vector<ir::Tensor> inputs_for(const ir::Graph& graph, std::uint64_t seed) {
  std::mt19937 engine(static_cast<unsigned>(seed));
  std::vector<ir::Tensor> inputs;
  for (const ir::ValueId id : graph.inputs) {
    ir::Tensor tensor(ir::DType::f32, graph.values[id].shape);
    for (float& x : tensor.data<float>())
      x = static_cast<float>(static_cast<int>(engine() % 8000) - 4000) / 1000;
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

Outcome run(const models::ChipSpec& chip, const isa::Program& program, const ir::Graph& graph,
            const std::vector<ir::Tensor>& inputs, sim::Engine engine, sim::Host host,
            std::uint64_t shuffle = 0, bool values = true) {
  Recorder recorder;
  sim::ChipOptions options;
  options.engine = engine;
  options.shuffle = shuffle;
  options.values = values;
  options.trace = &recorder;
  auto device = sim::make_device(chip, options, host);
  executor::Executor executor(*device, program, graph);
  Outcome outcome{executor.run(inputs, {values, values}), {}};
  outcome.records = std::move(recorder.records);
  return outcome;
}

/// Records come in closing order, which may differ between units; per unit the sequence is what counts.
std::vector<std::vector<sim::StateRecord>> by_unit(const std::vector<sim::StateRecord>& records) {
  std::vector<std::vector<sim::StateRecord>> units(64);
  for (const auto& record : records) units[record.unit].push_back(record);
  return units;
}

std::string first_difference(const Outcome& a, const Outcome& b) {
  const auto left = by_unit(a.records), right = by_unit(b.records);
  std::string text;
  Cycle earliest = kNever;
  for (std::size_t unit = 0; unit < left.size(); ++unit)
    for (std::size_t i = 0; i < std::max(left[unit].size(), right[unit].size()); ++i) {
      const auto show = [&](const std::vector<sim::StateRecord>& records) {
        if (i >= records.size()) return std::string("nothing");
        const auto& r = records[i];
        return fmt::format("[{}, +{}) {} {} instruction {} resource {} ended by {} of unit {}, kind {}",
                           r.start, r.length, sim::to_string(r.state.state), sim::to_string(r.state.cause),
                           r.state.instruction, r.state.resource, r.ended_by.number, r.ended_by.unit,
                           static_cast<int>(r.ended_by.kind));
      };
      const bool equal =
          i < left[unit].size() && i < right[unit].size() && left[unit][i].start == right[unit][i].start &&
          left[unit][i].length == right[unit][i].length && left[unit][i].state == right[unit][i].state &&
          left[unit][i].ended_by == right[unit][i].ended_by;
      if (equal) continue;
      const Cycle at = std::min(i < left[unit].size() ? left[unit][i].start : kNever,
                                i < right[unit].size() ? right[unit][i].start : kNever);
      if (at < earliest)
        earliest = at,
        text = fmt::format("unit {} record {}: {} against {}", unit, i, show(left[unit]), show(right[unit]));
      break;
    }
  return text;
}

std::uint64_t seed_of(std::uint64_t parameter) {
  const char* only = std::getenv("NNPSIM_SEED");
  return only != nullptr ? std::strtoull(only, nullptr, 10) : parameter;
}

/// Compiles for the chip, enlarged until the network fits (the message is tested elsewhere), and holds every
/// engine and host to one record, the values to the judges.
void expect_all_agree(const ir::Graph& graph, models::ChipSpec chip, isa::Precision precision,
                      std::uint64_t seed) {
  ASSERT_TRUE(ir::verify(graph).empty()) << ir::verify(graph).front() << "\n" << ir::print(graph);
  isa::Program program;
  while (true) {
    try {
      program = compiler::generate(graph, chip.arch, {chip.name, precision, 1});
      break;
    } catch (const compiler::CompileError& error) {
      ASSERT_LT(chip.arch.unified_buffer_bytes, Bytes{1} << 22) << error.what();
      chip.arch.unified_buffer_bytes *= 2;
      if (chip.arch.accumulator_rows < 8) chip.arch.accumulator_rows = 8;
    }
  }
  for (const isa::Launch& launch : program.launches) {
    const auto races = isa::check_happens_before(program, launch, chip.arch);
    ASSERT_TRUE(races.empty()) << races.front().message;
  }
  const auto inputs = inputs_for(graph, seed);
  const Outcome leap = run(chip, program, graph, inputs, sim::Engine::leap, sim::Host::plain);
  const compare::ChipEvidence evidence{leap.inference.outputs, leap.inference.accumulators};
  const auto verdict = compare::compare_naive(graph, inputs, evidence);
  EXPECT_NE(verdict.status, compare::Status::failed) << verdict.reason << "\n" << ir::print(graph);
  if (precision == isa::Precision::fp32 || precision == isa::Precision::bf16) {
    const auto judged = compare::compare_onednn(graph, nullptr, inputs, evidence);
    EXPECT_EQ(judged.status, compare::Status::passed) << judged.reason << "\n" << ir::print(graph);
  }

  const Outcome stepped = run(chip, program, graph, inputs, sim::Engine::stepped, sim::Host::plain);
  EXPECT_EQ(leap.inference.statistics.cycles, stepped.inference.statistics.cycles);
  EXPECT_EQ(first_difference(leap, stepped), "") << "leap against stepped";
  const Outcome systemc = run(chip, program, graph, inputs, sim::Engine::leap, sim::Host::systemc);
  EXPECT_EQ(first_difference(leap, systemc), "") << "plain loop against SystemC";
  const Outcome shuffled = run(chip, program, graph, inputs, sim::Engine::leap, sim::Host::plain, seed + 1);
  EXPECT_EQ(first_difference(leap, shuffled), "") << "units registered in another order";
  const Outcome timing_only =
      run(chip, program, graph, inputs, sim::Engine::leap, sim::Host::plain, 0, false);
  EXPECT_EQ(first_difference(leap, timing_only), "") << "timing only";

  std::uint64_t macs = 0;
  for (const ir::Node& node : graph.nodes) macs += node.on_host ? 0 : ir::macs(graph, node);
  EXPECT_EQ(leap.inference.statistics.array.useful_macs, macs);
  Bytes planned = 0, fetched = 0;
  for (const auto& layer : program.layers) planned += layer.weight_bytes;
  for (const auto& layer : leap.inference.statistics.layers) fetched += layer.weight_bytes;
  EXPECT_EQ(fetched, planned);
}

class RandomNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomNetworks, ComputeWhatTheNaiveReferenceComputesWhateverTheEngineHostAndOrder) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} {}", seed,
                           "test_chip_against_naive --gtest_filter='Seeds/RandomNetworks*/0'"));
  ir::Graph graph = test::random_network(seed);
  compiler::schedule(graph);
  expect_all_agree(graph, test::random_chip(seed), isa::Precision::int8, seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomNetworks, testing::Range<std::uint64_t>(0, 120));

class RandomProducts : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomProducts, OfActivationsAreThoseOfTheNaiveReference) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} {}", seed,
                           "test_chip_against_naive --gtest_filter='Seeds/RandomProducts*/0'"));
  ir::Graph graph = test::random_products(seed);
  compiler::schedule(graph);
  expect_all_agree(graph, test::random_chip(seed), isa::Precision::int8, seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomProducts, testing::Range<std::uint64_t>(0, 24));

class RandomRealNetworks : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomRealNetworks, ComputeWhatTheNaiveReferenceComputesBitForBit) {
  const std::uint64_t seed = seed_of(GetParam());
  SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} {}", seed,
                           "test_chip_against_naive --gtest_filter='Seeds/RandomRealNetworks*/0'"));
  const isa::Precision precision = seed / 5 % 2 == 0 ? isa::Precision::fp32 : isa::Precision::bf16;
  ir::Graph graph = compiler::lower_to_real(test::random_real_network(seed), precision);
  compiler::partition(graph, precision);
  compiler::schedule(graph);
  models::ChipSpec chip = test::random_chip(seed);
  if (chip.arch.array_kind == isa::ArrayKind::adder_tree)
    chip.arch.array_kind = static_cast<isa::ArrayKind>(seed % 3);
  chip.arch.precisions = {isa::Precision::fp32, isa::Precision::bf16};
  expect_all_agree(graph, chip, precision, seed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomRealNetworks, testing::Range<std::uint64_t>(0, 60));

}  // namespace
}  // namespace nnp

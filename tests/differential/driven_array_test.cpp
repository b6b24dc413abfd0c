// SPDX-License-Identifier: Apache-2.0
// Rung: the chip with an array in it, register by register, against the chip with bulk values: random
// networks on random chips of all array kinds. Values equal naive, every state record equals the closed
// form's run. Then arrays with one fault each, which must be noticed. A failure prints the seed:
// NNPSIM_SEED=n runs it alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "host_runtime/compare/comparison.h"
#include "models/chips/chip_file.h"
#include "sim/chip/chip_units.h"
#include "sim/units/matrix/registers/arrays.h"
#include "sim/units/matrix/registers/sum_watch.h"
#include "tests/support/random_run.h"
#include "tests/support/small_program.h"

namespace nnp {
namespace {

using models::ArrayModel;

compare::Comparison naive(const test::NetworkCase& made, const test::RecordedRun& run) {
  return compare::compare_naive(made.graph, made.inputs, {run.inference.outputs, run.inference.accumulators});
}

/// Small chips whose vectors of activations take up to four words of the buffer.
models::ChipSpec chip_for(std::uint64_t seed) {
  models::ChipSpec chip = test::random_chip(seed);
  chip.array.ideal_fill = false;  // registers take their time
  if (seed % 3 == 0) chip.arch.buffer_word_bytes = chip.arch.channel_align_bytes = 4;
  return chip;
}

class DrivenArray : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DrivenArray, ComputesTheNaiveValuesInTheCyclesOfTheClosedForm) {
  std::uint64_t seed = GetParam();
  if (const char* only = std::getenv("NNPSIM_SEED")) seed = std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(fmt::format("reproduce: NNPSIM_SEED={} test_driven_array --gtest_filter='Seeds/*/0'", seed));
  test::NetworkCase made = test::random_case(seed, chip_for(seed));
  const test::RecordedRun bulk = recorded_run(made, {});
  EXPECT_EQ(bulk.inference.statistics.array.driven.name, "");
  made.chip.array.model = ArrayModel::registers;
  const test::RecordedRun driven = recorded_run(made, {});
  const auto verdict = naive(made, driven);
  EXPECT_NE(verdict.status, compare::Status::failed) << verdict.reason;
  EXPECT_EQ(first_difference(bulk, driven), "") << "closed form against registers";
  const auto& array = driven.inference.statistics.array.driven;
  EXPECT_EQ(array.name, "registers");
  EXPECT_GT(array.sums, 0u);
  // The array is ticked alike whoever decides when a unit ticks.
  const test::RecordedRun stepped = recorded_run(made, {.engine = sim::Engine::stepped}, sim::Host::systemc);
  EXPECT_EQ(first_difference(driven, stepped), "") << "leap against stepped, in SystemC";
  EXPECT_EQ(stepped.inference.statistics.array.driven.sums, array.sums);
  EXPECT_NE(naive(made, stepped).status, compare::Status::failed);
}

INSTANTIATE_TEST_SUITE_P(Seeds, DrivenArray, testing::Range<std::uint64_t>(0, 40));

/// An array with a fault. Passes on to a register-level one.
class Faulty : public sim::RegisterArray {
 public:
  explicit Faulty(const sim::ArrayDesign& design) : array_(make_register_array(design)) {}
  const sim::ArrayDesign& design() const override { return array_->design(); }
  void reset() override { array_->reset(); }
  void tick(const sim::ArrayInputs& inputs) override { array_->tick(inputs); }
  sim::ArrayOutputs outputs() const override { return array_->outputs(); }
  std::vector<sim::RegisterValue> registers(std::uint32_t, std::uint32_t) const override { return {}; }

 protected:
  std::unique_ptr<sim::RegisterArray> array_;
};

/// One operand is wrong in one bit: from its first valid one in row 0 on, every product of that step.
class OneBitFlipped : public Faulty {
 public:
  using Faulty::Faulty;
  void tick(const sim::ArrayInputs& inputs) override {
    sim::ArrayInputs changed = inputs;
    if (sim::Operand& operand = changed.left[0]; operand.valid && ++steps_ == 5) operand.value ^= 16;
    array_->tick(changed);
  }

 private:
  int steps_ = 0;
};

class ACycleLate : public Faulty {
 public:
  using Faulty::Faulty;
  void reset() override { array_->reset(), late_ = array_->outputs(); }
  void tick(const sim::ArrayInputs& inputs) override { late_ = array_->outputs(), array_->tick(inputs); }
  sim::ArrayOutputs outputs() const override { return late_; }

 private:
  sim::ArrayOutputs late_;
};

class Silent : public Faulty {
 public:
  using Faulty::Faulty;
  sim::ArrayOutputs outputs() const override { return sim::ArrayOutputs(array_->outputs().size()); }
};

/// Makes sums of bubbles too.
class TakesBubblesForOperands : public Faulty {
 public:
  using Faulty::Faulty;
  void tick(const sim::ArrayInputs& inputs) override {
    sim::ArrayInputs changed = inputs;
    for (sim::Operand& operand : changed.left) operand.valid = true;
    array_->tick(changed);
  }
};

template <typename Array>
sim::PluggedArray plugged(sim::Dataflow dataflow = sim::Dataflow::weight_stationary) {
  return {"plugged", dataflow, [](const sim::ArrayDesign& d) { return std::make_unique<Array>(d); }};
}

/// One Gemm on 4 x 4 PEs, so that the passes are known: its first is m 3, k 4, n 4.
test::NetworkCase one_gemm() {
  test::NetworkBuilder network(1);
  network.output(network.gemm(network.input({3, 6}), 5));
  models::ChipSpec chip = models::load_chip("edge8", {"core.array.rows=4", "core.array.cols=4"});
  return test::make_case(network.take(), chip, 1);
}

template <typename Array>
test::RecordedRun run_with(test::NetworkCase made, sim::Engine engine = sim::Engine::leap) {
  made.chip.array.model = ArrayModel::rtl;
  return recorded_run(made, {.engine = engine, .plugged = plugged<Array>()});
}

template <typename Array>
std::string fault_of(const test::NetworkCase& made, sim::Engine engine = sim::Engine::leap) {
  try {
    run_with<Array>(made, engine);
  } catch (const sim::ArrayFault& fault) {
    return fault.what();
  }
  return "no fault";
}

TEST(PluggedArray, WithoutAFaultIsTheChipsArray) {
  const test::NetworkCase made = one_gemm();
  const test::RecordedRun run = run_with<Faulty>(made);
  EXPECT_EQ(naive(made, run).status, compare::Status::passed);
  const auto& array = run.inference.statistics.array.driven;
  EXPECT_EQ(array.name, "plugged");
  // Two tiles of n, each in two passes of k; three rows of four sums leave in each, used or not.
  EXPECT_EQ(array.passes, 4u);
  EXPECT_EQ(array.sums, 4u * 3 * 4);
}

TEST(PluggedArray, WithAWrongProductFailsTheCheckAgainstNaiveWhichNamesTheLayer) {
  const test::NetworkCase made = one_gemm();
  const test::RecordedRun bulk = recorded_run(made, {}), broken = run_with<OneBitFlipped>(made);
  EXPECT_EQ(first_difference(bulk, broken), "");  // it is in time
  const auto verdict = naive(made, broken);
  EXPECT_EQ(verdict.status, compare::Status::failed);
  const auto layer = std::find_if(made.program.layers.begin(), made.program.layers.end(),
                                  [](const isa::LayerInfo& info) { return info.op == "Gemm"; });
  ASSERT_NE(layer, made.program.layers.end());
  EXPECT_NE(verdict.reason.find(layer->name), std::string::npos) << verdict.reason;
}

TEST(PluggedArray, ThatIsACycleLateIsToldWithThePassTheExpectedAndTheSeenCycle) {
  const test::NetworkCase made = one_gemm();
  test::EventLog log = recorded_run(made, {}).log;
  const auto& records = log.states(sim::kMatrix);
  const auto stream = std::find_if(records.begin(), records.end(), [](const sim::StateRecord& r) {
    return r.state.state == sim::State::busy;
  });
  ASSERT_NE(stream, records.end());
  // A word comes read_latency - 1 cycles after its access began; output (0, 0) leaves `rows` cycles later.
  const Cycle expected = stream->start + (made.chip.buffer.read_latency_cycles - 1) + 4;
  for (const sim::Engine engine : {sim::Engine::leap, sim::Engine::stepped}) {
    const std::string fault = fault_of<ACycleLate>(made, engine);
    for (const std::string& words :
         {std::string("array 'plugged': output (0, 0) of pass 0 (m 3, k 4, n 4) of instruction "),
          fmt::format("must stand at the edge in cycle {} and stood there in {}", expected, expected + 1)})
      EXPECT_NE(fault.find(words), std::string::npos) << fault;
  }
}

TEST(PluggedArray, ThatSaysNothingIsTold) {
  EXPECT_NE(fault_of<Silent>(one_gemm()).find("never came"), std::string::npos);
}

TEST(PluggedArray, ThatMakesSumsOfBubblesIsTold) {
  const std::string fault = fault_of<TakesBubblesForOperands>(one_gemm());
  EXPECT_NE(fault.find("but no pass sends one there"), std::string::npos) << fault;
}

TEST(RegistersInTheChip, RefuseAMatmulWhoseWeightTileIsOfAnotherSize) {
  namespace field = isa::field;
  models::ChipSpec chip = test::plain_chip(4, 4);
  chip.array.model = ArrayModel::registers;
  compiler::StreamBuilder program;
  program.emit(isa::Queue::weight, isa::Opcode::wload,
               {{field::w_dram, 0}, {field::w_k, 2}, {field::w_n, 4}});
  program.emit(isa::Queue::matrix, isa::Opcode::matmul,
               {{field::mx_a, 0}, {field::mx_acc, 0}, {field::mx_m, 1}, {field::mx_k, 3}, {field::mx_n, 4}},
               {compiler::word_of(isa::word::a_stride, 64)});
  try {
    test::run_program(chip, program);
    FAIL() << "accepted";
  } catch (const sim::AddressError& error) {
    EXPECT_NE(std::string(error.what()).find("uses 3 x 4 weights of a tile that has 2 x 4"),
              std::string::npos)
        << error.what();
  }
}

std::string refusal(const test::NetworkCase& made, std::optional<sim::PluggedArray> array) {
  try {
    sim::make_device(made.chip, {.plugged = std::move(array)}, sim::Host::plain);
  } catch (const models::ChipError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PluggedArray, OfAnotherDesignThanTheChipsIsRefused) {
  test::NetworkCase made = one_gemm();
  made.chip.array.model = ArrayModel::rtl;
  EXPECT_EQ(refusal(made, std::nullopt), "core.array.model = \"rtl\": no array is plugged in");
  EXPECT_EQ(refusal(made, plugged<Faulty>(sim::Dataflow::adder_tree)),
            "core.array.model = \"rtl\": the plugged-in array plugged is adder_tree, but core.array.kind is "
            "weight_stationary");
  sim::PluggedArray larger = plugged<Faulty>();
  larger.make = [](sim::ArrayDesign design) {
    design.rows = 5;
    return std::make_unique<Faulty>(design);
  };
  EXPECT_EQ(refusal(made, larger),
            "core.array.model = \"rtl\": array 'plugged' is weight_stationary of 5 x 4 PEs, 1 rows a cycle, "
            "the chip's is weight_stationary of 4 x 4 PEs, 1 rows a cycle");
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Rung: register-level array. An array is a SystemC simulation of its own; nothing outside can disturb it.
#include <gtest/gtest.h>

#include <systemc>

#include "sim/units/matrix/registers/arrays.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

constexpr sim::Dataflow kAll[] = {sim::Dataflow::weight_stationary, sim::Dataflow::output_stationary,
                                  sim::Dataflow::input_stationary, sim::Dataflow::adder_tree};

/// Registers of all PEs in all cycles of a run.
std::vector<std::vector<sim::RegisterValue>> dump(sim::RegisterArray& array, const test::ArrayJob& job) {
  std::vector<std::vector<sim::RegisterValue>> all;
  run_passes(array, job.values, schedule(*make_array_timing(job.design), job.timed),
             [&](Cycle, const sim::RegisterArray& seen) {
               for (std::uint32_t row = 0; row < job.design.rows; ++row)
                 for (std::uint32_t col = 0; col < job.design.cols; ++col)
                   all.push_back(seen.registers(row, col));
             });
  return all;
}

TEST(SystemCArray, RunsAgainAfterAResetAsIfItWereNew) {
  for (const sim::Dataflow dataflow : kAll) {
    std::mt19937_64 random(11);
    const sim::ArrayDesign design = test::random_design(random, dataflow, 4);
    const test::ArrayJob other = test::random_job(random, design), job = test::random_job(random, design);
    const auto fresh = make_register_array(design), used = make_register_array(design);
    dump(*used, other);
    EXPECT_EQ(dump(*used, job), dump(*fresh, job)) << test::describe(design);
  }
}

struct Outer : sc_core::sc_module {
  SC_HAS_PROCESS(Outer);
  Outer(const sc_core::sc_module_name& name, sim::RegisterArray& used, const test::ArrayJob& work)
      : sc_core::sc_module(name), array(used), job(work) {
    SC_METHOD(act);
  }
  void act() {
    difference += test::first_difference(array, job);
    if (++runs < 3) next_trigger(sc_core::sc_time(7, sc_core::SC_NS));
  }
  sim::RegisterArray& array;
  const test::ArrayJob& job;
  std::string difference;
  int runs = 0;
};

TEST(SystemCArray, TicksInsideAProcessOfAnotherSystemCSimulationWithoutTouchingItsTime) {
  for (const sim::Dataflow dataflow : kAll) {
    std::mt19937_64 random(12);
    const sim::ArrayDesign design = test::random_design(random, dataflow, 4);
    const test::ArrayJob job = test::random_job(random, design);
    const auto array = make_register_array(design);
    sc_core::sc_simcontext* before = sc_core::sc_curr_simcontext;
    sc_core::sc_simcontext outside;
    sc_core::sc_curr_simcontext = &outside;
    {
      Outer outer("outer", *array, job);
      sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_NS));
      EXPECT_EQ(outer.runs, 3);
      EXPECT_EQ(outer.difference, "");
      EXPECT_EQ(sc_core::sc_time_stamp(), sc_core::sc_time(100, sc_core::SC_NS));
    }
    sc_core::sc_curr_simcontext = before;
  }
}

}  // namespace
}  // namespace nnp

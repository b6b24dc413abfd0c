// SPDX-License-Identifier: Apache-2.0
// Rung: RTL beside the register-level array. Both run the same passes with the same driver; their outputs,
// and every register that the RTL shows, are equal in every cycle. A failure prints its seed; NNPSIM_SEED=n
// runs that seed alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "sim/rtl/ws_rtl_array.h"
#include "sim/units/matrix/registers/arrays.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp {
namespace {

/// What stands in an array in one cycle.
struct Seen {
  sim::ArrayOutputs outputs;
  std::vector<std::vector<sim::RegisterValue>> registers;  // [row][col]
};

std::vector<Seen> watch(sim::RegisterArray& array, const test::ArrayJob& job) {
  std::vector<Seen> cycles;
  run_passes(array, job.values, schedule(*make_array_timing(job.design), job.timed),
             [&](Cycle, const sim::RegisterArray& now) {
               Seen& seen = cycles.emplace_back();
               seen.outputs = now.outputs();
               for (std::uint32_t row = 0; row < job.design.rows; ++row)
                 for (std::uint32_t col = 0; col < job.design.cols; ++col)
                   seen.registers.push_back(now.registers(row, col));
             });
  return cycles;
}

const sim::RegisterValue* find(const std::vector<sim::RegisterValue>& registers, const std::string& name) {
  for (const sim::RegisterValue& value : registers)
    if (value.name == name) return &value;
  return nullptr;
}

class Rtl : public testing::TestWithParam<sim::ArrayDesign> {};

TEST_P(Rtl, HasTheOutputsAndTheRegistersOfTheRegisterLevelArrayInEveryCycle) {
  std::uint64_t first = 1, last = 15, compared = 0;
  if (const char* only = std::getenv("NNPSIM_SEED")) first = last = std::strtoull(only, nullptr, 10);
  const auto rtl = rtl::make_ws_rtl_array(GetParam());
  const auto model = make_register_array(GetParam());
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    const std::string reproduce =
        fmt::format("reproduce: NNPSIM_SEED={} test_rtl # {}", seed, test::describe(GetParam()));
    std::mt19937_64 random(seed);
    const test::ArrayJob job = test::random_job(random, GetParam());
    const auto ours = watch(*model, job), theirs = watch(*rtl, job);
    ASSERT_EQ(ours.size(), theirs.size()) << reproduce;
    for (std::size_t cycle = 0; cycle < ours.size(); ++cycle) {
      ASSERT_EQ(ours[cycle].outputs, theirs[cycle].outputs) << "cycle " << cycle << ", " << reproduce;
      for (std::size_t pe = 0; pe < ours[cycle].registers.size(); ++pe)
        for (const sim::RegisterValue& value : theirs[cycle].registers[pe]) {
          const sim::RegisterValue* own = find(ours[cycle].registers[pe], value.name);
          ASSERT_NE(own, nullptr) << value.name;
          ASSERT_EQ(own->value, value.value)
              << value.name << " of PE " << pe << " in cycle " << cycle << ", " << reproduce;
          ++compared;
        }
    }
  }
  RecordProperty("registers_compared", std::to_string(compared));
}

TEST_P(Rtl, KeepsTheClosedFormAndTheValuesOfAPlainLoop) {
  const auto rtl = rtl::make_ws_rtl_array(GetParam());
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    std::mt19937_64 random(seed);
    EXPECT_EQ(first_difference(*rtl, test::random_job(random, GetParam())), "") << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Rtl, testing::ValuesIn(rtl::ws_rtl_designs()));

TEST(RtlSizes, ThatWereNotVerilatedAreRefusedByName) {
  sim::ArrayDesign design;
  design.rows = 7, design.cols = 9, design.shift_rows_per_cycle = 2;
  try {
    rtl::make_ws_rtl_array(design);
    FAIL() << "accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "ws_array.sv was not verilated for 7 x 9 PEs, 2 rows of weights a cycle, but for 1 x 1, 1; "
                 "4 x 3, 1; 3 x 5, 2; 8 x 8, 1; 8 x 8, 4");
  }
}

}  // namespace
}  // namespace nnp

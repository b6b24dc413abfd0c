// SPDX-License-Identifier: Apache-2.0
// Rung: oracle. TPU v1 against its paper (Jouppi et al., ISCA 2017, table 3) and against the closed form that
// the paper's own parameters give. The same figures are the tables of docs/validation/tpu_v1.md.
#include <gtest/gtest.h>

#include "tests/support/validation/tpu_v1.h"

namespace nnp {
namespace {

class TpuV1 : public testing::TestWithParam<test::TpuApplication> {};

void expect_near(const test::MatrixShares& is, const test::MatrixShares& should, double within,
                 const std::string& what) {
  EXPECT_NEAR(is.active, should.active, within) << what << ", active";
  EXPECT_NEAR(is.shift, should.shift, within) << what << ", shift";
  EXPECT_NEAR(is.stall, should.stall, within) << what << ", stall";
}

TEST_P(TpuV1, SpendsItsMatrixTimeAsThePaperReportsAndMovesItWithMemoryAndClockAsTheClosedFormDoes) {
  const test::TpuApplication& app = GetParam();
  const test::TpuRuns runs = test::simulate_tpu(app);
  expect_near(runs.base.shares, app.published(), app.within, app.name);
  expect_near(runs.memory_x4.shares, test::tpu_closed_form(app, 4, 1), test::kWithinOfClosedForm,
              "four times the memory bandwidth");
  expect_near(runs.clock_x4.shares, test::tpu_closed_form(app, 1, 4), test::kWithinOfClosedForm,
              "four times the clock");
}

INSTANTIATE_TEST_SUITE_P(Applications, TpuV1,
                         testing::ValuesIn(test::tpu_applications().begin(), test::tpu_applications().end()),
                         [](const auto& info) { return std::string(info.param.network); });

TEST(TpuV1, TakesLongerForA600x600MatrixOnALargerArray) {
  for (const test::LargeMatrix& row : test::simulate_600x600()) {
    EXPECT_EQ(row.steps, row.paper_steps) << row.array;
    EXPECT_NEAR(row.us, row.paper_us, 0.05 * row.paper_us) << row.array;
  }
}

}  // namespace
}  // namespace nnp

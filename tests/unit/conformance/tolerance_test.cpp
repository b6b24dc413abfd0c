// SPDX-License-Identifier: Apache-2.0
// numpy.testing.assert_allclose with rtol 1e-3, atol 1e-7: |x - e| <= atol + rtol |e|.
#include "host_runtime/conformance/tolerance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace nnp {
namespace {

template <typename T>
std::string differ(T x, T expected) {
  return conformance::difference(ir::Tensor::of<T>({}, std::span<const T>(&x, 1)),
                                 ir::Tensor::of<T>({}, std::span<const T>(&expected, 1)));
}

TEST(Tolerance, IsRelativeToTheExpectedValue) {
  EXPECT_EQ(differ(1000.9f, 1000.0f), "");
  EXPECT_NE(differ(1001.1f, 1000.0f), "");
  EXPECT_EQ(differ(0.5e-7f, 0.0f), "");
  EXPECT_NE(differ(2e-7f, 0.0f), "");
}

TEST(Tolerance, NanEqualsNanAndInfinityOnlyItself) {
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_EQ(differ(NAN, NAN), "");
  EXPECT_NE(differ(1.0f, NAN), "");
  EXPECT_NE(differ(NAN, 1.0f), "");
  EXPECT_EQ(differ(inf, inf), "");
  EXPECT_NE(differ(3e38f, inf), "");
  EXPECT_NE(differ(-inf, inf), "");
}

TEST(Tolerance, IntegersMustBeEqual) {
  EXPECT_EQ(differ<std::int64_t>(100000, 100000), "");
  EXPECT_NE(differ<std::int64_t>(100001, 100000), "");
}

TEST(Tolerance, TypeAndShapeMustBeEqual) {
  const std::vector<float> two{1, 2};
  const auto row = ir::Tensor::of<float>({1, 2}, two), column = ir::Tensor::of<float>({2, 1}, two);
  EXPECT_NE(conformance::difference(row, column), "");
  EXPECT_NE(conformance::difference(row, ir::Tensor(ir::DType::f64, {1, 2})), "");
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// How many terms float32 may sum: never too many by the definition, and all of them where they fit.
#include "host_runtime/reference/onednn/exact_terms.h"

#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using reference::WeightMatrix;
using reference::onednn::exact_terms;

constexpr std::int64_t kLimit = 1 << 24;

WeightMatrix one_column(const std::vector<std::int8_t>& w) { return {w.data(), w.size(), 1, 1, w.size()}; }

TEST(ExactTerms, TakesAllTermsUpToTheLimitAndNotOneMore) {
  // 2^24 = 128 * 128 * 1024.
  const std::vector<std::int8_t> fits(1024, -128);
  EXPECT_EQ(exact_terms(one_column(fits), 128), 1024u);
  EXPECT_EQ(exact_terms(one_column(fits), 129), 512u);
  std::vector<std::int8_t> longer = fits;
  longer.push_back(1);
  EXPECT_EQ(exact_terms(one_column(longer), 128), 513u);
}

TEST(ExactTerms, CountsTheWeightsAtHandNotTheirType) {
  EXPECT_EQ(exact_terms(one_column(std::vector<std::int8_t>(60000, 1)), 255), 60000u);
  EXPECT_EQ(exact_terms(one_column(std::vector<std::int8_t>(60000, -128)), 0), 60000u);
  std::vector<std::int8_t> sparse(60000, 0);
  for (std::size_t i = 0; i < sparse.size(); i += 200) sparse[i] = -128;
  EXPECT_EQ(exact_terms(one_column(sparse), 255), 60000u);
}

TEST(ExactTerms, HoldsInEveryStretchAndColumnOfEitherLayout) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    testing::Random random(seed);
    const auto terms = static_cast<std::size_t>(random.within(1, 3000)),
               columns = static_cast<std::size_t>(random.within(1, 5));
    const std::int64_t largest = random.within(1, 255), least = random.within(-128, 120);
    const ir::Tensor weights = random.whole<std::int8_t>(
        {static_cast<std::int64_t>(terms), static_cast<std::int64_t>(columns)}, least, 127);
    const std::int8_t* elements = weights.data<std::int8_t>().data();
    for (const WeightMatrix& w : {WeightMatrix{elements, terms, columns, columns, 1},
                                  WeightMatrix{elements, terms, columns, 1, terms}}) {
      const std::size_t length = exact_terms(w, largest);
      EXPECT_GE(length, std::min<std::size_t>(terms, 257));
      for (std::size_t n = 0; n < columns; ++n) {
        std::int64_t sum = 0;
        for (std::size_t k = 0; k < terms; ++k) {
          if (k % length == 0) sum = 0;
          sum += largest * std::abs(int{w.elements[k * w.term_stride + n * w.column_stride]});
          ASSERT_LE(sum, kLimit);
        }
      }
    }
  }
}

TEST(ExactTerms, IsAtLeastOneForNothingAtAll) {
  EXPECT_EQ(exact_terms({nullptr, 0, 0, 1, 0}, 255), 1u);
  EXPECT_EQ(exact_terms({nullptr, 0, 4, 1, 0}, 255), 1u);
}

}  // namespace
}  // namespace nnp

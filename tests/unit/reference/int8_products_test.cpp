// SPDX-License-Identifier: Apache-2.0
// oneDNN's int8 products on weights that lie anyhow. Weights are narrow: pairs of such products do not
// saturate where the host has no VNNI.
#include "host_runtime/reference/onednn/code_products.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using reference::Codes;
using reference::WeightMatrix;

TEST(Int8Products, TakeColumnsOfALargerMatrixInEitherOrder) {
  reference::onednn::Device device;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    testing::Random random(seed);
    const auto M = static_cast<std::size_t>(random.within(1, 5)),
               terms = static_cast<std::size_t>(random.within(1, 40)),
               columns = static_cast<std::size_t>(random.within(1, 20)),
               wide = columns + static_cast<std::size_t>(random.within(0, 3));
    const bool along_terms = random.within(0, 1) == 0;
    const ir::Tensor weights = random.whole<std::int8_t>(
        {static_cast<std::int64_t>(terms), static_cast<std::int64_t>(wide)}, -60, 60);
    const WeightMatrix w{weights.data<std::int8_t>().data(), terms, columns, along_terms ? 1 : wide,
                         along_terms ? terms : 1};
    const ir::Tensor codes =
        random.codes<std::uint8_t>({static_cast<std::int64_t>(M), static_cast<std::int64_t>(terms)});
    std::vector<std::int32_t> sums(M * columns);
    reference::onednn::multiply_int8(device, Codes(codes.data<std::uint8_t>()), M, w, sums);
    for (std::size_t m = 0; m < M; ++m)
      for (std::size_t n = 0; n < columns; ++n) {
        std::int32_t expected = 0;
        for (std::size_t k = 0; k < terms; ++k)
          expected +=
              codes.data<std::uint8_t>()[m * terms + k] * w.elements[k * w.term_stride + n * w.column_stride];
        EXPECT_EQ(sums[m * columns + n], expected) << "row " << m << ", column " << n;
      }
  }
}

}  // namespace
}  // namespace nnp

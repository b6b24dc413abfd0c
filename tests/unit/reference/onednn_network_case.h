// SPDX-License-Identifier: Apache-2.0
// Codes and weights with which oneDNN's int8 must give the naive codes. Where a host's kernels are exact,
// weights take all codes. Elsewhere a pair of products is added in 16 bits, and an s8 source's weights are
// halved: then weights are of those that lose nothing, 255 * 63 * 2 < 2^15, and even beside s8. Scales are
// powers of two and zero points even, so that float32 rounds nowhere but once, to the code, and the rules
// for ties agree.
#pragma once

#include <cmath>

#include "host_runtime/reference/onednn/network.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp::testing {

inline ir::Tensor weights(Random& random, ir::Shape shape, ir::DType beside = ir::DType::u8) {
  if (reference::OneDnn::has_exact_int8()) return random.whole<std::int8_t>(std::move(shape), -127, 127);
  ir::Tensor tensor = random.whole<std::int8_t>(std::move(shape), -63, 63);
  if (beside == ir::DType::s8)
    for (std::int8_t& weight : tensor.data<std::int8_t>()) weight = static_cast<std::int8_t>(2 * weight);
  return tensor;
}

/// 2^-6 to 2^-9, one for each channel.
inline ir::QuantParams channel_scales(Random& random, std::int64_t channels, std::int32_t axis = 0) {
  ir::QuantParams params{{}, 0, axis};
  for (std::int64_t k = 0; k < channels; ++k)
    params.scale.push_back(std::ldexp(1.0f, -static_cast<int>(random.within(6, 9))));
  return params;
}
inline ir::QuantParams even_zero(Random& random, ir::DType type, float scale = 1) {
  return quant(scale, 2 * static_cast<std::int32_t>(type == ir::DType::u8 ? random.within(0, 100)
                                                                          : random.within(-40, 40)));
}
inline ir::DType some_code(Random& random) {
  return random.within(0, 1) == 0 ? ir::DType::u8 : ir::DType::s8;
}

/// The largest difference of codes or floats at each output.
inline double largest_difference(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs,
                                 unsigned threads = 1) {
  const auto expected = reference::Naive().run(graph, inputs),
             got = reference::OneDnnNetwork(graph, threads).run(inputs);
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(got[i].type(), expected[i].type());
    EXPECT_EQ(got[i].shape(), expected[i].shape());
    for (std::size_t j = 0; j < expected[i].size(); ++j)
      largest = std::max(largest,
                         expected[i].type() == ir::DType::f32
                             ? std::abs(static_cast<double>(got[i].data<float>()[j]) -
                                        static_cast<double>(expected[i].data<float>()[j]))
                             : std::abs(static_cast<double>(code_at(got[i], j) - code_at(expected[i], j))));
  }
  return largest;
}

/// What the last run left to others than primitives of the node's own type.
inline reference::OneDnnNetwork::Shares shares_of(const ir::Graph& graph,
                                                  const std::vector<ir::Tensor>& inputs) {
  reference::OneDnnNetwork network(graph);
  network.run(inputs);
  return network.shares();
}

}  // namespace nnp::testing

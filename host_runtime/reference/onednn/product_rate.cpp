// SPDX-License-Identifier: Apache-2.0
// What this processor does at most, as far as a float32 product of oneDNN's can tell.
#include "host_runtime/reference/onednn/product_rate.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "host_runtime/reference/onednn/device.h"

namespace nnp::reference::onednn {

double product_operations_per_s(Device& device) {
  constexpr dnnl::memory::dim kSize = kProductSize;
  constexpr int kRepeats = 7;
  const auto layout = row_major({kSize, kSize}, dnnl::memory::data_type::f32);
  const std::vector<float> ones(static_cast<std::size_t>(kSize * kSize), 1.0f);
  const dnnl::matmul product({dnnl::matmul::desc(layout, layout, layout), device.engine});
  const dnnl::memory a = device.over(layout, ones.data()), result = device.make(layout);
  double least = 0;
  for (int i = 0; i <= kRepeats; ++i) {  // the first warms up
    const auto begin = std::chrono::steady_clock::now();
    device.run(product, {{DNNL_ARG_SRC, a}, {DNNL_ARG_WEIGHTS, a}, {DNNL_ARG_DST, result}});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (i == 1 || (i > 1 && seconds < least)) least = seconds;
  }
  return 2.0 * kSize * kSize * kSize / least;
}

}  // namespace nnp::reference::onednn

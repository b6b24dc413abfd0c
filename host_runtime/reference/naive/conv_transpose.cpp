// SPDX-License-Identifier: Apache-2.0
// ConvTranspose: y[n][m][p][q] sums x * w over the taps (r, s) that reach it, then channels: ascending, by
// fused multiply-adds from 0; then the bias.
#include <fmt/format.h>

#include <cmath>

#include "host_runtime/reference/naive/operators.h"

namespace nnp::reference::naive {

void run_conv_transpose(Call& call) {
  const auto& a = call.attributes<ir::ConvTransposeAttributes>();
  const ir::Shape &in = call.input(0).shape(), &kernel = call.input(1).shape(),
                  &out = call.output_value().shape;
  if (in.size() != 4 || kernel.size() != 4 || out.size() != 4 || a.group < 1 || kernel[0] != in[1] ||
      kernel[1] * a.group != out[1] || in[1] % a.group != 0)
    call.fail(fmt::format("{} by {} in {} groups does not give {}", to_text(in), to_text(kernel), a.group,
                          to_text(out)));
  const auto x = call.data<float>(0), w = call.data<float>(1);
  const auto bias = call.has(2) ? call.data<float>(2) : std::span<const float>{};
  const auto y = call.output_data<float>();
  const std::int64_t group_in = in[1] / a.group, group_out = kernel[1];
  std::size_t to = 0;
  for (std::int64_t n = 0; n < in[0]; ++n)
    for (std::int64_t m = 0; m < out[1]; ++m)
      for (std::int64_t p = 0; p < out[2]; ++p)
        for (std::int64_t q = 0; q < out[3]; ++q) {
          float sum = 0;
          for (std::int64_t r = 0; r < kernel[2]; ++r)
            for (std::int64_t s = 0; s < kernel[3]; ++s) {
              const std::int64_t h = p + a.pads[0] - r * a.dilations[0],
                                 v = q + a.pads[1] - s * a.dilations[1];
              if (h < 0 || v < 0 || h % a.strides[0] != 0 || v % a.strides[1] != 0) continue;
              const std::int64_t row = h / a.strides[0], column = v / a.strides[1];
              if (row >= in[2] || column >= in[3]) continue;
              for (std::int64_t c = 0; c < group_in; ++c) {
                const std::int64_t channel = m / group_out * group_in + c;
                const std::int64_t from = ((n * in[1] + channel) * in[2] + row) * in[3] + column;
                const std::int64_t tap =
                    ((channel * group_out + m % group_out) * kernel[2] + r) * kernel[3] + s;
                sum = std::fma(x[static_cast<std::size_t>(from)], w[static_cast<std::size_t>(tap)], sum);
              }
            }
          if (!bias.empty()) sum += bias[bias.size() == 1 ? 0 : static_cast<std::size_t>(m)];
          y[to++] = sum;
        }
}

}  // namespace nnp::reference::naive

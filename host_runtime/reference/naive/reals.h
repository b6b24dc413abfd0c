// SPDX-License-Identifier: Apache-2.0
// Real values by type, f32 or bf16: dispatch, widening, rounding at the store, and the last step of a real
// multiply-accumulate node.
#pragma once

#include <fmt/format.h>

#include <vector>

#include "compiler/ir/real.h"
#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/node_error.h"

namespace nnp::reference::naive {

/// Calls f(T{}) with the C++ type of f32 or bf16.
template <typename F>
decltype(auto) with_real_type(ir::DType type, F&& f) {
  if (type == ir::DType::f32) return f(float{});
  if (type == ir::DType::bf16) return f(numerics::Bf16{});
  throw NodeError(fmt::format("real operator on {}; it needs f32 or bf16", ir::to_string(type)));
}

inline auto real_gemm_kernel(float) { return numerics::best().gemm_f32; }
inline auto real_gemm_kernel(numerics::Bf16) { return numerics::best().gemm_bf16; }

/// The elements of an f32 or bf16 tensor as float32, exactly.
inline std::vector<float> widened(const ir::Tensor& tensor) {
  std::vector<float> result(tensor.size());
  with_real_type(tensor.type(), [&](auto type) {
    numerics::make_real(tensor.data<decltype(type)>().data(), {}, result.data(), result.size());
  });
  return result;
}

/// Of a node with `channels` output channels and its bias, constant or not, behind input `index`.
inline std::vector<numerics::RealChannelParam> channel_params(const Operands& node, std::size_t index,
                                                              std::size_t channels) {
  const std::span<const float> bias = node.has(index) ? node.data<float>(index) : std::span<const float>{};
  if (bias.size() > 1 && bias.size() != channels)
    node.fail(fmt::format("a bias of {} elements for {} channels: it must have one a channel, or one for all",
                          bias.size(), channels));
  return ir::real_channel_params(bias, channels);
}

/// y = clamp((sum + bias) * scale), each operation rounded once, then to y's type.
template <typename Y>
void finish_row(const float* sums, const std::vector<numerics::RealChannelParam>& params,
                numerics::RealRange range, Y* y) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    const float result = (sums[i] + params[i].bias) * params[i].scale;
    numerics::store_real(&result, range, y + i, 1);
  }
}

}  // namespace nnp::reference::naive

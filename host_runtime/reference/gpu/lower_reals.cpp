// SPDX-License-Identifier: Apache-2.0
// Convolutions and products of reals, and which kind a node is.
#include <cmath>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/gpu/lower_blocks.h"

namespace nnp::gpu {
namespace {

bool has_tensor_cores(Lowering& lowering) { return lowering.values().precision() != NetworkPrecision::fp32; }
bool tf32(Lowering& lowering) { return lowering.values().precision() == NetworkPrecision::tf32; }

/// A copy of the images with the padding in place, where its two sides differ: libraries pad both alike.
Place padded(Lowering& lowering, const Place& x, const std::int64_t (&pads)[4]) {
  const Place to = lowering.values().scratch(
      {x.shape[0], x.shape[1], x.shape[2] + pads[0] + pads[2], x.shape[3] + pads[1] + pads[3]}, x.element,
      true);
  lowering.values().fill(to, 0);
  Place inside = to;
  inside.shape = x.shape;
  inside.at += static_cast<Address>(pads[0] * to.strides[2] + pads[1] * to.strides[3]) * size_of(x.element);
  lowering.copy(x, inside);
  return to;
}

/// The convolution's images and its window over them.
void set_images(Lowering& lowering, const ir::Node& node, Convolution& c) {
  const auto& attributes = std::get<ir::ConvAttributes>(node.attributes);
  Place x = lowering.channels_last(node.inputs[0]);
  const bool even = attributes.pads[0] == attributes.pads[2] && attributes.pads[1] == attributes.pads[3];
  if (!even) x = padded(lowering, x, attributes.pads);
  c.window = window_of(attributes, x.shape, lowering.value(node.outputs[0]).shape);
  for (int i = 0; i < 2; ++i) {
    c.window.dilation[i] = static_cast<int>(attributes.dilations[i]);
    if (!even) c.window.pad[i] = 0;
  }
  c.x = x.at;
}

Address bias_of(Lowering& lowering, const ir::Node& node, std::size_t channels) {
  std::vector<float> bias(channels, 0.0F);
  if (node.inputs.size() > 2 && node.inputs[2] != ir::kNoValue) {
    const auto given = constant_floats(lowering, node, 2);
    if (given.size() != channels && given.size() != 1) lowering.refuse(node, "a bias that is no row");
    for (std::size_t i = 0; i < channels; ++i) bias[i] = given[given.size() == 1 ? 0 : i];
  }
  return lowering.values().upload(bias, lowering.values().real());
}

}  // namespace

void lower_real_convolution(Lowering& lowering, const ir::Node& node, const ir::Node* add) {
  const ir::Shape& shape = lowering.value(node.inputs[1]).shape;
  const auto weights = constant_floats(lowering, node, 1);
  Convolution c;
  c.K = static_cast<int>(shape[0]);
  c.groups = static_cast<int>(std::get<ir::ConvAttributes>(node.attributes).group);
  c.element = lowering.values().real(), c.tf32 = tf32(lowering);
  if (has_tensor_cores(lowering) && takes_blocks(lowering.graph(), node)) {
    const Blocks blocks = in_blocks(lowering, node);
    c.window = blocks.window, c.x = blocks.x.at;
    c.w = lowering.values().upload(filters_in_blocks(weights, shape, node), c.element);
  } else {
    set_images(lowering, node, c);
    c.w = lowering.values().upload(
        filters_channels_last<float>(weights, shape, static_cast<std::size_t>(shape[1])), c.element);
  }
  c.bias = bias_of(lowering, node, static_cast<std::size_t>(shape[0]));
  const ir::Node& last = add ? *add : node;
  if (add) c.residual = lowering.channels_last(add->inputs[add->inputs[0] == node.outputs[0] ? 1 : 0]).at;
  c.lo = last.clamp.lo, c.hi = last.clamp.hi;
  c.y = lowering.make_output(last, true).at;
  lowering.add(c);
}

void lower_convolution(Lowering& lowering, const ir::Node& node) {
  if (lowering.codes(node.outputs[0])) return lower_integer_convolution(lowering, node, nullptr);
  lower_real_convolution(lowering, node, nullptr);
}

void lower_gemm(Lowering& lowering, const ir::Node& node) {
  if (const auto* attributes = std::get_if<ir::GemmAttributes>(&node.attributes))
    if (attributes->alpha != 1 || attributes->beta != 1 || attributes->transpose_a)
      lowering.refuse(node, "alpha, beta or a transposed left side");
  const ir::Value& weights = lowering.value(node.inputs[1]);
  if (!weights.constant || weights.shape.size() != 2) return lower_matmul(lowering, node);
  if (lowering.codes(node.outputs[0])) return lower_integer_gemm(lowering, node);
  const bool turned = ir::transposes_right(node);
  const std::int64_t K = weights.shape[turned ? 1 : 0], N = weights.shape[turned ? 0 : 1];
  const Place x = lowering.row_major(node.inputs[0]);
  Product p;
  p.M = static_cast<int>(x.elements() / K), p.N = static_cast<int>(N), p.K = static_cast<int>(K);
  p.transposed = true;
  p.element = lowering.values().real(), p.tf32 = tf32(lowering);
  p.a = x.at;
  const auto numbers = constant_floats(lowering, node, 1);
  p.w = turned ? lowering.values().upload(numbers, p.element)
               : lowering.values().upload(
                     columns_as_rows(numbers, static_cast<std::size_t>(K), static_cast<std::size_t>(N)),
                     p.element);
  if (node.inputs.size() > 2 && node.inputs[2] != ir::kNoValue)
    p.bias = bias_of(lowering, node, static_cast<std::size_t>(N));
  p.lo = node.clamp.lo, p.hi = node.clamp.hi;
  p.d = lowering.make_output(node, false).at;
  lowering.add(p);
}

void lower_matmul(Lowering& lowering, const ir::Node& node) {
  const ir::Value& right = lowering.value(node.inputs[1]);
  if (right.constant && right.shape.size() == 2) return lower_gemm(lowering, node);
  if (lowering.codes(node.outputs[0])) return lower_integer_matmul(lowering, node);
  const Place a = lowering.row_major(node.inputs[0]);
  Place b = lowering.place(node.inputs[1]);
  if (a.shape.size() < 2 || b.shape.size() < 2) lowering.refuse(node, "a product of vectors");
  Product p;
  p.transposed = ir::transposes_right(node);
  // A view that is transposed against its memory is taken as it lies.
  Place across = b;
  std::swap(across.shape[across.shape.size() - 2], across.shape.back());
  std::swap(across.strides[across.strides.size() - 2], across.strides.back());
  if (!is_row_major(b) && is_row_major(across))
    p.transposed = !p.transposed;
  else
    b = lowering.row_major(node.inputs[1]);
  const bool declared_transposed = ir::transposes_right(node);
  const std::int64_t M = a.shape[a.shape.size() - 2], K = a.shape.back(),
                     N = declared_transposed ? b.shape[b.shape.size() - 2] : b.shape.back();
  const Place& y = lowering.make_output(node, false);
  p.M = static_cast<int>(M), p.N = static_cast<int>(N), p.K = static_cast<int>(K);
  p.batches = static_cast<int>(y.elements() / (M * N));
  const auto stride = [&](const Place& place, std::int64_t matrix) -> std::int64_t {
    if (place.elements() == matrix) return 0;
    if (place.elements() != matrix * p.batches) lowering.refuse(node, "batches that are broadcast in part");
    return matrix;
  };
  p.a_stride = stride(a, M * K), p.w_stride = stride(b, K * N), p.d_stride = M * N;
  p.element = lowering.values().real(), p.tf32 = tf32(lowering);
  p.a = a.at, p.w = b.at, p.d = y.at;
  p.lo = node.clamp.lo, p.hi = node.clamp.hi;
  lowering.add(p);
}

}  // namespace nnp::gpu

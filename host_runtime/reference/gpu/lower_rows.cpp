// SPDX-License-Identifier: Apache-2.0
// Pooling, Softmax and layer normalisation.
#include "compiler/ir/quantized.h"
#include "host_runtime/reference/gpu/lowering.h"

namespace nnp::gpu {
namespace {

std::int64_t from_front(std::int64_t axis, const ir::Shape& shape) {
  return axis < 0 ? axis + static_cast<std::int64_t>(shape.size()) : axis;
}

/// Elements of the axes from `axis` on.
std::int64_t row_size(const ir::Shape& shape, std::int64_t axis) {
  return ir::element_count({shape.begin() + axis, shape.end()});
}

}  // namespace

void lower_pool(Lowering& lowering, const ir::Node& node) {
  const Place x = lowering.channels_last(node.inputs[0]);
  const ir::Shape& y_shape = lowering.value(node.outputs[0]).shape;
  Pool pool;
  ir::PoolAttributes attributes;
  if (node.op == ir::Op::global_average_pool)
    attributes.kernel[0] = x.shape[2], attributes.kernel[1] = x.shape[3];
  else
    attributes = std::get<ir::PoolAttributes>(node.attributes);
  pool.window = window_of(attributes, x.shape, y_shape);
  pool.average = node.op != ir::Op::max_pool;
  pool.count_padding = attributes.count_include_pad;
  const Place& y = lowering.make_output(node, true);
  pool.x = x.source(), pool.y = lowering.target(node, y);
  if (lowering.codes(node.outputs[0])) {
    pool.x.scale =
        pool.average ? static_cast<float>(static_cast<double>(x.scale) / static_cast<double>(y.scale)) : 1;
    pool.y.scale = 1;
  }
  lowering.add(pool);
}

void lower_softmax(Lowering& lowering, const ir::Node& node) {
  Place x = lowering.row_major(node.inputs[0]);
  const std::int64_t axis = from_front(std::get<ir::AxisAttributes>(node.attributes).axis, x.shape);
  if (axis + 1 != static_cast<std::int64_t>(x.shape.size())) lowering.refuse(node, "only over the last axis");
  if (node.inputs.size() > 1 && node.inputs[1] != ir::kNoValue) {
    const Place mask = lowering.place(node.inputs[1]);
    const Place masked = lowering.values().scratch(x.shape, lowering.values().real());
    lowering.add_elementwise(Function::add, {{x, x.source()}, {mask, mask.source()}}, masked,
                             {masked.at, masked.element});
    x = masked;
  }
  const Place& y = lowering.make_output(node, false);
  Softmax s;
  s.n = x.shape.back();
  s.rows = s.n == 0 ? 0 : x.elements() / s.n;
  s.x = x.source(), s.y = lowering.target(node, y);
  lowering.add(s);
}

void lower_layer_normalization(Lowering& lowering, const ir::Node& node) {
  const auto& attributes = std::get<ir::NormalizationAttributes>(node.attributes);
  const Place x = lowering.row_major(node.inputs[0]);
  LayerNormalization l;
  l.n = row_size(x.shape, from_front(attributes.axis, x.shape));
  l.rows = l.n == 0 ? 0 : x.elements() / l.n;
  l.epsilon = attributes.epsilon;
  const auto row = [&](std::size_t i) -> Address {
    if (node.inputs.size() <= i || node.inputs[i] == ir::kNoValue) return 0;
    const auto numbers = constant_floats(lowering, node, i);
    if (static_cast<std::int64_t>(numbers.size()) != l.n)
      lowering.refuse(node, "a scale or shift that is no row");
    return lowering.values().upload(numbers, Element::f32);
  };
  l.scale = row(1), l.shift = row(2);
  const Place& y = lowering.make_output(node, false);
  l.x = x.source(), l.y = lowering.target(node, y);
  lowering.add(l);
}

}  // namespace nnp::gpu

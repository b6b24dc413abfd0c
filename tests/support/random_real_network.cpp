// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_real_network.h"

#include "tests/support/random_network.h"

namespace nnp::test {

using ir::Op;

ir::ValueId RealNetworkBuilder::value(const char* kind, ir::Shape shape) {
  ir::Value v;
  v.name = kind + std::to_string(names_++);
  v.shape = std::move(shape);
  return graph_.add_value(std::move(v));
}

ir::ValueId RealNetworkBuilder::node(Op op, std::vector<ir::ValueId> inputs, ir::Shape shape,
                                     ir::Attributes attributes) {
  const ir::ValueId y = value("y", std::move(shape));
  ir::Node n;
  n.op = op;
  n.name = std::string(ir::to_string(op)) + "_" + std::to_string(names_++);
  n.inputs = std::move(inputs), n.outputs = {y}, n.attributes = std::move(attributes);
  n.onnx_nodes = {n.name};
  graph_.nodes.push_back(std::move(n));
  return y;
}

ir::ValueId RealNetworkBuilder::input(ir::Shape shape) {
  graph_.inputs.push_back(value("input", std::move(shape)));
  return graph_.inputs.back();
}

ir::ValueId RealNetworkBuilder::constant(ir::Shape shape) {
  const ir::ValueId id = value("constant", shape);
  ir::Tensor tensor(ir::DType::f32, std::move(shape));
  for (float& x : tensor.data<float>()) x = static_cast<float>(pick(-1'000'000, 1'000'000)) / 1'500'000;
  graph_.values[id].constant = std::move(tensor);
  return id;
}

ir::ValueId RealNetworkBuilder::conv(ir::ValueId x, std::int64_t channels, std::int64_t kernel,
                                     std::int64_t stride, std::int64_t pad, std::int64_t dilation,
                                     std::int64_t groups) {
  const ir::Shape in = shape_of(x);
  const auto out = [&](std::int64_t size) {
    return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  };
  ir::ConvAttributes a;
  a.group = groups;
  for (int i = 0; i < 2; ++i) a.kernel[i] = kernel, a.strides[i] = stride, a.dilations[i] = dilation;
  std::fill(std::begin(a.pads), std::end(a.pads), pad);
  std::vector<ir::ValueId> inputs{x, constant({channels, in[1] / groups, kernel, kernel})};
  if (pick(0, 3) > 0) inputs.push_back(constant({channels}));
  const ir::ValueId y = node(Op::conv, inputs, {in[0], channels, out(in[2]), out(in[3])}, a);
  if (pick(0, 1) == 1) last().clamp.lo = 0;
  return y;
}

ir::ValueId RealNetworkBuilder::gemm(ir::ValueId x, std::int64_t columns) {
  ir::Shape out = shape_of(x);
  std::vector<ir::ValueId> inputs{x, constant({out.back(), columns})};
  if (pick(0, 3) > 0) inputs.push_back(constant({columns}));
  out.back() = columns;
  return node(Op::gemm, inputs, out, ir::GemmAttributes{});
}

ir::ValueId RealNetworkBuilder::matmul(ir::ValueId a, ir::ValueId b) {
  const ir::Shape left = shape_of(a), right = shape_of(b);
  const auto batch = [](const ir::Shape& shape) { return shape.size() == 3 ? shape[0] : 1; };
  ir::Shape out = left.size() < right.size() || batch(left) < batch(right) ? right : left;
  out[out.size() - 2] = left[left.size() - 2], out.back() = right.back();
  return node(Op::matmul, {a, b}, out);
}

ir::ValueId RealNetworkBuilder::swap_last_axes(ir::ValueId x) {
  ir::Shape out = shape_of(x);
  ir::TransposeAttributes a;
  for (std::size_t i = 0; i < out.size(); ++i) a.permutation.push_back(static_cast<std::int64_t>(i));
  std::swap(out[out.size() - 2], out.back());
  std::swap(a.permutation[out.size() - 2], a.permutation.back());
  return node(Op::transpose, {x}, out, a);
}

ir::ValueId RealNetworkBuilder::pool(ir::ValueId x, Op op, std::int64_t kernel, std::int64_t stride,
                                     std::int64_t pad) {
  const ir::Shape in = shape_of(x);
  const auto out = [&](std::int64_t size) { return (size + 2 * pad - kernel) / stride + 1; };
  ir::PoolAttributes a;
  for (int i = 0; i < 2; ++i) a.kernel[i] = kernel, a.strides[i] = stride;
  std::fill(std::begin(a.pads), std::end(a.pads), pad);
  a.count_include_pad = pick(0, 1) == 1;
  return node(op, {x}, {in[0], in[1], out(in[2]), out(in[3])}, a);
}

ir::ValueId RealNetworkBuilder::max_pool(ir::ValueId x, const ir::PoolAttributes& a) {
  return node(Op::max_pool, {x}, pooled_shape(shape_of(x), a), a);
}

ir::ValueId RealNetworkBuilder::binary(Op op, ir::ValueId a, ir::ValueId b) {
  const ir::ValueId y = node(op, {a, b}, shape_of(a));
  if (op == Op::add && pick(0, 1) == 1) last().clamp = {-1.5f, 6.0f};
  return y;
}

ir::ValueId RealNetworkBuilder::activation(Op op, ir::ValueId x) {
  std::vector<ir::ValueId> inputs{x};
  if (op == Op::clip) {
    for (const float bound : {-0.5f, 1.25f}) {
      inputs.push_back(constant({1}));
      graph_.values[inputs.back()].constant->data<float>()[0] = bound;
    }
  }
  return node(op, inputs, shape_of(x));
}

ir::ValueId RealNetworkBuilder::lstm(ir::ValueId x, std::int64_t hidden) {
  const ir::Shape in = shape_of(x);
  ir::LstmAttributes a;
  a.hidden_size = hidden;
  return node(
      Op::lstm,
      {x, constant({1, 4 * hidden, in[2]}), constant({1, 4 * hidden, hidden}), constant({1, 8 * hidden})},
      {in[0], in[1], hidden}, a);
}

ir::Graph random_real_network(std::uint64_t seed) {
  RealNetworkBuilder b(seed);
  constexpr Op kActivations[] = {Op::relu, Op::clip, Op::sigmoid, Op::tanh};
  switch (seed % 5) {
    case 4: {
      ir::ValueId x = b.lstm(b.input({b.pick(1, 5), b.pick(1, 3), b.pick(1, 20)}), b.pick(1, 14));
      if (b.pick(0, 1) == 1) x = b.lstm(x, b.pick(1, 14));
      b.output(b.gemm(x, b.pick(1, 30)));
      return b.take();
    }
    case 3: {
      ir::ValueId x = b.input({b.pick(1, 40), b.pick(1, 60)});
      for (std::int64_t layers = b.pick(1, 3); layers > 0; --layers) x = b.gemm(x, b.pick(1, 50));
      b.output(b.activation(kActivations[b.pick(0, 3)], x));
      return b.take();
    }
    case 2: {  // attention without its softmax: (q k^T) v
      const std::int64_t batch = b.pick(1, 3), rows = b.pick(1, 20), width = b.pick(1, 24);
      const bool flat = b.pick(0, 2) == 0;
      const ir::ValueId x = b.input(flat ? ir::Shape{rows, width} : ir::Shape{batch, rows, width});
      const std::int64_t depth = b.pick(1, 24);
      const std::int64_t shared = b.pick(0, 3);  // 0: the queries, 1: keys and values are one for all
      const ir::ValueId y = shared > 1 ? x
                                       : b.input(flat || b.pick(0, 1) == 1 ? ir::Shape{rows, width}
                                                                           : ir::Shape{1, rows, width});
      const ir::ValueId source = shared == 1 ? y : x;
      const ir::ValueId q = b.gemm(shared == 0 ? y : x, depth), k = b.gemm(source, depth),
                        v = b.gemm(source, b.pick(1, 20));
      ir::ValueId scores = b.matmul(q, b.swap_last_axes(k));
      if (b.pick(0, 1) == 1) scores = b.activation(Op::sigmoid, scores);
      b.output(b.matmul(scores, v));
      return b.take();
    }
    default: {
      ir::ValueId x = b.input({b.pick(1, 2), b.pick(1, 20), b.pick(5, 14), b.pick(5, 14)});
      const std::int64_t channels = b.pick(1, 24);
      x = b.conv(x, channels, b.pick(1, 3), b.pick(1, 2), b.pick(0, 1));
      const ir::ValueId left = b.conv(x, channels, 3, 1, 1);
      x = b.binary(b.pick(0, 3) > 0 ? Op::add : Op::mul, x, left);
      if (b.pick(0, 1) == 1) x = b.activation(kActivations[b.pick(0, 3)], x);
      if (b.pick(0, 1) == 1)
        x = b.pool(x, b.pick(0, 1) == 1 ? Op::max_pool : Op::average_pool, 2, b.pick(1, 2), b.pick(0, 1));
      if (b.pick(0, 1) == 1) x = b.conv(x, b.pick(1, 10), 2, 1, 1, 1);
      if (seed % 5 == 1) {  // depthwise, with a multiplier
        const std::int64_t depth = b.shape_of(x)[1];
        x = b.conv(x, depth * b.pick(1, 3), 3, b.pick(1, 2), 1, 1, depth);
      }
      b.output(x);
      return b.take();
    }
  }
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Small graphs for tests: values and nodes in a line each, random tensors from a seed.
#pragma once

#include <gtest/gtest.h>

#include <random>

#include "compiler/ir/graph.h"

namespace nnp::testing {

/// One scale and zero point.
inline ir::QuantParams quant(float scale, std::int32_t zero_point = 0) { return {{scale}, zero_point, -1}; }

class GraphBuilder {
 public:
  ir::ValueId input(ir::Shape shape, ir::DType type = ir::DType::f32,
                    std::optional<ir::QuantParams> params = {}) {
    const ir::ValueId id = value(std::move(shape), type, std::move(params));
    graph_.inputs.push_back(id);
    return id;
  }
  ir::ValueId constant(ir::Tensor tensor, std::optional<ir::QuantParams> params = {}) {
    const ir::ValueId id = value(tensor.shape(), tensor.type(), std::move(params));
    graph_.values[id].constant = std::move(tensor);
    return id;
  }
  ir::ValueId value(ir::Shape shape, ir::DType type, std::optional<ir::QuantParams> params = {}) {
    ir::Value made;
    made.name = "v" + std::to_string(graph_.values.size());
    made.type = type, made.shape = std::move(shape), made.quant = std::move(params);
    return graph_.add_value(std::move(made));
  }
  ir::Node& node(ir::Op op, std::vector<ir::ValueId> inputs, std::vector<ir::ValueId> outputs,
                 ir::Attributes attributes = {}) {
    ir::Node made;
    made.op = op, made.name = ir::to_string(op) + std::to_string(graph_.nodes.size());
    made.inputs = std::move(inputs), made.outputs = std::move(outputs),
    made.attributes = std::move(attributes);
    graph_.nodes.push_back(std::move(made));
    return graph_.nodes.back();
  }
  /// A node with one float result.
  ir::ValueId float_node(ir::Op op, std::vector<ir::ValueId> inputs, ir::Shape shape,
                         ir::Attributes attributes = {}, ir::Clamp clamp = {}) {
    const ir::ValueId result = value(std::move(shape), ir::DType::f32);
    node(op, std::move(inputs), {result}, std::move(attributes)).clamp = clamp;
    return result;
  }
  /// A node with one quantised result.
  ir::ValueId code_node(ir::Op op, std::vector<ir::ValueId> inputs, ir::Shape shape, ir::DType type,
                        ir::QuantParams params, ir::Attributes attributes = {}, ir::Clamp clamp = {}) {
    const ir::ValueId result = value(std::move(shape), type, std::move(params));
    node(op, std::move(inputs), {result}, std::move(attributes)).clamp = clamp;
    return result;
  }
  ir::Graph finish(std::vector<ir::ValueId> outputs) {
    graph_.name = "test", graph_.outputs = std::move(outputs);
    for (const std::string& fault : ir::verify(graph_)) ADD_FAILURE() << "test graph: " << fault;
    return graph_;
  }

 private:
  ir::Graph graph_;
};

/// Seeded numbers that are the same on every standard library.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}
  std::int64_t within(std::int64_t lo, std::int64_t hi) {
    return lo + static_cast<std::int64_t>(engine_() % static_cast<std::uint32_t>(hi - lo + 1));
  }
  float real(float lo, float hi) { return lo + (hi - lo) * static_cast<float>(engine_() >> 8) / 16777216.0f; }
  /// Codes or whole floats in [lo, hi].
  template <typename T>
  ir::Tensor whole(ir::Shape shape, std::int64_t lo, std::int64_t hi) {
    ir::Tensor tensor(ir::kDTypeOf<T>, std::move(shape));
    for (T& element : tensor.data<T>()) element = static_cast<T>(within(lo, hi));
    return tensor;
  }
  /// Codes over the whole range of T.
  template <typename T>
  ir::Tensor codes(ir::Shape shape) {
    return whole<T>(std::move(shape), std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
  }
  ir::Tensor codes(ir::DType type, ir::Shape shape) {
    return type == ir::DType::u8   ? codes<std::uint8_t>(shape)
           : type == ir::DType::s8 ? codes<std::int8_t>(shape)
                                   : codes<std::int16_t>(shape);
  }
  ir::Tensor reals(ir::Shape shape, float lo = -1, float hi = 1) {
    ir::Tensor tensor(ir::DType::f32, std::move(shape));
    for (float& element : tensor.data<float>()) element = real(lo, hi);
    return tensor;
  }

 private:
  std::mt19937 engine_;
};

/// Element i of a code tensor.
inline std::int64_t code_at(const ir::Tensor& tensor, std::size_t i) {
  switch (tensor.type()) {
    case ir::DType::u8:
      return tensor.data<std::uint8_t>()[i];
    case ir::DType::s8:
      return tensor.data<std::int8_t>()[i];
    case ir::DType::s16:
      return tensor.data<std::int16_t>()[i];
    default:
      return tensor.data<std::int32_t>()[i];
  }
}

/// Sizes of a convolution that fit together.
struct ConvCase {
  std::int64_t N, C, H, W, K, P, Q;
  ir::ConvAttributes a;

  ir::Shape x() const { return {N, C, H, W}; }
  ir::Shape w() const { return {K, C / a.group, a.kernel[0], a.kernel[1]}; }
  ir::Shape y() const { return {N, K, P, Q}; }
};
inline ConvCase random_conv(Random& random) {
  ConvCase c{};
  c.a.group = random.within(0, 2) == 0 ? random.within(2, 4) : 1;
  c.N = random.within(1, 2), c.C = c.a.group * random.within(1, 5), c.K = c.a.group * random.within(1, 6);
  c.H = random.within(3, 9), c.W = random.within(3, 9);
  for (int i = 0; i < 2; ++i)
    c.a.kernel[i] = random.within(1, 3), c.a.strides[i] = random.within(1, 3),
    c.a.dilations[i] = random.within(1, 2);
  for (std::int64_t& pad : c.a.pads) pad = random.within(0, 2);
  const auto positions = [&](int i, std::int64_t size) {
    const std::int64_t room =
        size + c.a.pads[i] + c.a.pads[i + 2] - (c.a.kernel[i] - 1) * c.a.dilations[i] - 1;
    return room < 0 ? 0 : room / c.a.strides[i] + 1;
  };
  c.P = positions(0, c.H), c.Q = positions(1, c.W);
  return c.P > 0 && c.Q > 0 ? c : random_conv(random);
}

/// visit(n, k, p, q, inside, x index, w index) for every multiplication of a convolution, padding included:
/// the seven loops.
template <typename Visit>
void seven_loops(const ConvCase& c, Visit visit) {
  const std::int64_t Cg = c.C / c.a.group, Kg = c.K / c.a.group;
  for (std::int64_t n = 0; n < c.N; ++n)
    for (std::int64_t k = 0; k < c.K; ++k)
      for (std::int64_t p = 0; p < c.P; ++p)
        for (std::int64_t q = 0; q < c.Q; ++q)
          for (std::int64_t i = 0; i < Cg; ++i)
            for (std::int64_t r = 0; r < c.a.kernel[0]; ++r)
              for (std::int64_t s = 0; s < c.a.kernel[1]; ++s) {
                const std::int64_t h = p * c.a.strides[0] - c.a.pads[0] + r * c.a.dilations[0],
                                   v = q * c.a.strides[1] - c.a.pads[1] + s * c.a.dilations[1];
                const bool inside = h >= 0 && h < c.H && v >= 0 && v < c.W;
                const std::int64_t x = inside ? ((n * c.C + k / Kg * Cg + i) * c.H + h) * c.W + v : 0;
                visit(n, k, p, q, inside, static_cast<std::size_t>(x),
                      static_cast<std::size_t>(((k * Cg + i) * c.a.kernel[0] + r) * c.a.kernel[1] + s));
              }
}

}  // namespace nnp::testing

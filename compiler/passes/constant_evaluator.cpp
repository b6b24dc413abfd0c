// SPDX-License-Identifier: Apache-2.0
// Computes a node of constants.
#include "compiler/passes/constant_evaluator.h"

#include <algorithm>
#include <cmath>

#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::DType;
using ir::Op;
using ir::Shape;
using ir::Tensor;
using Strides = std::vector<std::size_t>;

/// Calls visit(n, offset) for each element n of `shape` in row-major order, offset counted by `strides`.
template <typename Visit>
void walk(const Shape& shape, const Strides& strides, Visit visit) {
  Shape at(shape.size(), 0);
  std::size_t offset = 0;
  const auto count = static_cast<std::size_t>(ir::element_count(shape));
  for (std::size_t n = 0; n < count; ++n) {
    visit(n, offset);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++at[axis] < shape[axis]) break;
      offset -= strides[axis] * static_cast<std::size_t>(shape[axis]);
      at[axis] = 0;
    }
  }
}

Strides row_major(const Shape& shape) {
  Strides strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;)
    strides[i - 1] = strides[i] * static_cast<std::size_t>(shape[i]);
  return strides;
}

std::vector<float> broadcast_to(const Tensor& from, const Shape& shape) {
  const Strides own = row_major(from.shape());
  Strides strides(shape.size(), 0);
  for (std::size_t i = 0; i < own.size(); ++i) {
    if (from.shape()[i] != 1) strides[shape.size() - own.size() + i] = own[i];
  }
  std::vector<float> result(static_cast<std::size_t>(ir::element_count(shape)));
  walk(shape, strides, [&](std::size_t n, std::size_t offset) { result[n] = from.data<float>()[offset]; });
  return result;
}

Tensor binary(Op op, const Tensor& a, const Tensor& b, const Shape& shape) {
  std::vector<float> x = broadcast_to(a, shape);
  const std::vector<float> y = broadcast_to(b, shape);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = op == Op::add ? x[i] + y[i] : x[i] * y[i];
  return Tensor::of<float>(shape, x);
}

}  // namespace

Tensor transposed(const Tensor& from, const std::vector<std::int64_t>& permutation) {
  const Strides own = row_major(from.shape());
  Shape shape;
  Strides strides;
  for (const std::int64_t axis : permutation) {
    shape.push_back(from.shape()[static_cast<std::size_t>(axis)]);
    strides.push_back(own[static_cast<std::size_t>(axis)]);
  }
  Tensor result(from.type(), shape);
  const std::size_t size = ir::size_of(from.type());
  walk(shape, strides, [&](std::size_t n, std::size_t offset) {
    std::memcpy(result.bytes().data() + n * size, from.bytes().data() + offset * size, size);
  });
  return result;
}

std::optional<Tensor> evaluate_constant(const ir::Graph& graph, const ir::Node& node) {
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] != ir::kNoValue && constant_input(graph, node, i) == nullptr) return std::nullopt;
  }
  const Tensor* x = constant_input(graph, node, 0);
  if (x == nullptr || node.clamp.active() || node.outputs.at(0) == ir::kNoValue) return std::nullopt;
  const Shape& shape = graph.values[node.outputs.at(0)].shape;
  if (is_reshape_like(node.op)) {
    Tensor result = *x;
    result.reshape(shape);
    return result;
  }
  if (node.op == Op::transpose)
    return transposed(*x, std::get<ir::TransposeAttributes>(node.attributes).permutation);
  if (x->type() != DType::f32) return std::nullopt;
  if (node.op == Op::add || node.op == Op::mul)
    return binary(node.op, *x, *constant_input(graph, node, 1), shape);
  if (is_clamp(node.op)) {
    const auto range = range_of(graph, node);
    if (!range) return std::nullopt;
    Tensor result = *x;
    for (float& value : result.data<float>()) value = std::min(std::max(value, range->lo), range->hi);
    return result;
  }
  return std::nullopt;
}

}  // namespace nnp::compiler

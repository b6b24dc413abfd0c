// SPDX-License-Identifier: Apache-2.0
// verify(): does the shape of each node's result follow from its operands and attributes?
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
std::string text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ",")); }

void expect(const char* what, const Value* value, const Shape& expected, Faults& faults) {
  if (value != nullptr && value->shape != expected) {
    faults.add("{} '{}' is {}, expected {}", what, value->name, text(value->shape), text(expected));
  }
}

bool has_rank(const char* what, const Value& value, std::size_t rank, Faults& faults) {
  if (value.shape.size() == rank) return true;
  faults.add("{} '{}' is {}, expected rank {}", what, value.name, text(value.shape), rank);
  return false;
}

void expect_per_channel(const char* what, const Value* value, std::int64_t channels, Faults& faults) {
  if (value == nullptr) return;
  const std::uint64_t count = *checked_element_count(value->shape);
  if (count != 1 && (value->shape.empty() || value->shape.back() != channels ||
                     count != static_cast<std::uint64_t>(channels))) {
    faults.add("{} '{}' is {}, expected [{}]", what, value->name, text(value->shape), channels);
  }
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  Shape result(std::max(a.size(), b.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {  // from the last axis
    const std::int64_t x = i < a.size() ? a[a.size() - 1 - i] : 1, y = i < b.size() ? b[b.size() - 1 - i] : 1;
    if (x != y && x != 1 && y != 1) return std::nullopt;
    result[result.size() - 1 - i] = x == 1 ? y : x;
  }
  return result;
}

bool sane(const char* what, const std::int64_t* values, std::size_t count, std::int64_t lowest,
          Faults& faults) {
  constexpr std::int64_t kHighest = std::int64_t{1} << 20;
  for (std::size_t i = 0; i < count; ++i) {
    if (values[i] >= lowest && values[i] <= kHighest) continue;
    faults.add("{} {} is not in [{}, {}]", what, values[i], lowest, kHighest);
    return false;
  }
  return true;
}

std::optional<std::size_t> axis_of(const Operands& operands, Faults& faults) {
  const std::int64_t axis = std::get<AxisAttributes>(operands.node.attributes).axis;
  const auto rank = static_cast<std::int64_t>(operands.input(0)->shape.size());
  if (axis >= -rank && axis < rank) return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
  faults.add("axis {} is not in [{}, {})", axis, -rank, rank);
  return std::nullopt;
}

namespace {

// ---- Over axes.

void check_reduce(const Operands& operands, Faults& faults) {
  const auto& a = std::get<ReduceAttributes>(operands.node.attributes);
  const Shape& from = operands.input(0)->shape;
  std::int64_t last = -1;
  for (const std::int64_t axis : a.axes) {
    if (axis <= last || axis >= static_cast<std::int64_t>(from.size())) {
      faults.add("axes [{}] are not ascending axes of rank {}", fmt::join(a.axes, ","), from.size());
      return;
    }
    last = axis;
  }
  Shape expected;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool reduced = std::ranges::find(a.axes, static_cast<std::int64_t>(i)) != a.axes.end();
    if (!reduced) expected.push_back(from[i]);
    if (reduced && a.keepdims) expected.push_back(1);
  }
  expect("output", operands.output(0), expected, faults);
}

void check_layer_normalization(const Operands& operands, Faults& faults) {
  const std::int64_t axis = std::get<NormalizationAttributes>(operands.node.attributes).axis;
  const Shape& shape = operands.input(0)->shape;
  if (axis < 0 || axis >= static_cast<std::int64_t>(shape.size())) {
    faults.add("axis {} is not in [0, {})", axis, shape.size());
    return;
  }
  const Shape normalised(shape.begin() + axis, shape.end());
  for (const std::size_t i : {1U, 2U}) {
    if (const Value* parameter = operands.input(i);
        parameter != nullptr && broadcast(parameter->shape, normalised) != normalised)
      faults.add("parameter '{}' is {}, expected {}", parameter->name, text(parameter->shape),
                 text(normalised));
  }
  expect("output", operands.output(0), shape, faults);
  Shape statistics = shape;
  std::fill(statistics.begin() + axis, statistics.end(), 1);
  for (const std::size_t i : {1U, 2U}) expect("statistics", operands.output(i), statistics, faults);
}

// ---- Matrices.

void check_gemm(const Operands& operands, Faults& faults) {
  const auto& attributes = std::get<GemmAttributes>(operands.node.attributes);
  const Value &a = *operands.input(0), &b = *operands.input(1), &y = *operands.output(0);
  if (!has_rank("right side", b, 2, faults)) return;
  if (a.shape.size() < 2 || (attributes.transpose_a && a.shape.size() != 2)) {
    faults.add("left side '{}' is {}, expected rank 2", a.name, text(a.shape));
    return;
  }
  Shape expected = a.shape;  // more leading axes than one count as rows
  if (attributes.transpose_a) std::swap(expected[0], expected[1]);
  const std::int64_t rows = b.shape[attributes.transpose_b ? 1 : 0],
                     columns = b.shape[attributes.transpose_b ? 0 : 1];
  if (expected.back() != rows) faults.add("{} times {} do not fit", text(a.shape), text(b.shape));
  expected.back() = columns;
  expect("output", &y, expected, faults);
  if (const Value* c = operands.input(2); c != nullptr && broadcast(c->shape, expected) != expected) {
    faults.add("bias '{}' is {}, the result {}", c->name, text(c->shape), text(expected));
  }
}

void check_matmul(const Operands& operands, Faults& faults) {
  Shape a = operands.input(0)->shape, b = operands.input(1)->shape;
  if (a.empty() || b.empty()) {
    faults.add("an operand is a scalar");
    return;
  }
  const bool row = a.size() == 1, column = b.size() == 1;  // numpy's rule for vectors
  if (row) a.insert(a.begin(), 1);
  if (column) b.push_back(1);
  if (transposes_right(operands.node)) {
    if (column) {
      faults.add("a vector on the right cannot be transposed");
      return;
    }
    std::swap(b[b.size() - 2], b.back());
  }
  if (a.back() != b[b.size() - 2]) {
    faults.add("{} times {} do not fit", text(operands.input(0)->shape), text(operands.input(1)->shape));
    return;
  }
  auto expected = broadcast({a.begin(), a.end() - 2}, {b.begin(), b.end() - 2});
  if (!expected) {
    faults.add("batch axes of {} and {} do not fit", text(a), text(b));
    return;
  }
  if (!row) expected->push_back(a[a.size() - 2]);
  if (!column) expected->push_back(b.back());
  expect("output", operands.output(0), *expected, faults);
}

void check_same_count(const Operands& operands, Faults& faults) {
  const Value &x = *operands.input(0), &y = *operands.output(0);
  if (checked_element_count(x.shape) != checked_element_count(y.shape)) {
    faults.add("{} cannot become {}: the number of elements differs", text(x.shape), text(y.shape));
  }
}

}  // namespace

void check_shapes(const Operands& operands, Faults& faults) {
  const Value* x = operands.input(0);
  const Value* y = operands.output(0);
  switch (operands.node.op) {
    case Op::conv:
    case Op::conv_transpose:
    case Op::max_pool:
    case Op::average_pool:
      return check_window_shapes(operands, faults);
    case Op::gemm:
      return check_gemm(operands, faults);
    case Op::matmul:
      return check_matmul(operands, faults);
    case Op::lstm:
    case Op::gru:
    case Op::rnn:
      return check_recurrent_shapes(operands, faults);
    case Op::global_average_pool:
      if (!has_rank("input", *x, 4, faults)) return;
      return expect("output", y, {x->shape[0], x->shape[1], 1, 1}, faults);
    case Op::add:
    case Op::mul:
    case Op::binary:
      if (const auto* binary = std::get_if<BinaryAttributes>(&operands.node.attributes);
          binary != nullptr && has_own_op(binary->function))
        faults.add("the function has an operator of its own");
      if (const auto shape = broadcast(x->shape, operands.input(1)->shape))
        return expect("output", y, *shape, faults);
      return faults.add("{} and {} do not broadcast", text(x->shape), text(operands.input(1)->shape));
    case Op::batch_normalization:
      for (std::size_t i = 1; i < 5; ++i) {
        expect_per_channel("parameter", operands.input(i), x->shape.size() < 2 ? 1 : x->shape[1], faults);
      }
      return expect("output", y, x->shape, faults);
    case Op::softmax:
      static_cast<void>(axis_of(operands, faults));
      if (const Value* mask = operands.input(1);
          mask != nullptr && broadcast(mask->shape, x->shape) != x->shape)
        faults.add("mask '{}' is {}, the input {}", mask->name, text(mask->shape), text(x->shape));
      return expect("output", y, x->shape, faults);
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
    case Op::identity:
    case Op::quantize_linear:
    case Op::dequantize_linear:
    case Op::cast:
      return expect("output", y, x->shape, faults);
    case Op::unary:
      if (has_own_op(std::get<UnaryAttributes>(operands.node.attributes).function))
        faults.add("the function has an operator of its own");
      return expect("output", y, x->shape, faults);
    case Op::lrn:
      if (x->shape.size() < 2) faults.add("input '{}' is {}: no channel axis", x->name, text(x->shape));
      if (std::get<LrnAttributes>(operands.node.attributes).size < 1) faults.add("size is below 1");
      return expect("output", y, x->shape, faults);
    case Op::reduce:
      return check_reduce(operands, faults);
    case Op::instance_normalization:
      for (const std::size_t i : {1U, 2U})
        expect("parameter", operands.input(i), {x->shape.size() < 2 ? 1 : x->shape[1]}, faults);
      return expect("output", y, x->shape, faults);
    case Op::layer_normalization:
      return check_layer_normalization(operands, faults);
    case Op::transpose:
    case Op::gather:
    case Op::concat:
    case Op::slice:
    case Op::pad:
    case Op::expand:
    case Op::where:
    case Op::resize:
      return check_move_shapes(operands, faults);
    case Op::onnx:  // what runs it checks it
      return;
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
      return check_same_count(operands, faults);
  }
}

}  // namespace nnp::ir

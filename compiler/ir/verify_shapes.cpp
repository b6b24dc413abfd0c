// SPDX-License-Identifier: Apache-2.0
// verify(): does the shape of each node's result follow from its operands and attributes?
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

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

/// A bias or the like: rank at most 2, one element per column, or one for all, along the last axis.
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

// ---- Windows.

/// Numbers of a window that no later product can make overflow.
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

void check_conv(const Operands& operands, Faults& faults) {
  const auto& a = std::get<ConvAttributes>(operands.node.attributes);
  const Value &x = *operands.input(0), &w = *operands.input(1), &y = *operands.output(0);
  if (!has_rank("input", x, 4, faults) || !has_rank("weights", w, 4, faults)) return;
  if (!sane("kernel", a.kernel, 2, 1, faults) || !sane("stride", a.strides, 2, 1, faults) ||
      !sane("dilation", a.dilations, 2, 1, faults) || !sane("pad", a.pads, 4, 0, faults)) {
    return;
  }
  const std::int64_t channels = x.shape[1], filters = w.shape[0];
  if (a.group < 1 || channels % a.group != 0 || filters % a.group != 0) {
    faults.add("group {} does not divide {} input and {} output channels", a.group, channels, filters);
    return;
  }
  expect("weights", &w, {filters, channels / a.group, a.kernel[0], a.kernel[1]}, faults);
  Shape expected = {x.shape[0], filters, 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t room =
        x.shape[2 + i] + a.pads[i] + a.pads[2 + i] - (a.dilations[i] * (a.kernel[i] - 1) + 1);
    if (room < 0) {
      faults.add("the kernel is larger than the padded image");
      return;
    }
    expected[2 + i] = room / a.strides[i] + 1;
  }
  expect("output", &y, expected, faults);
  expect_per_channel("bias", operands.input(2), filters, faults);
}

void check_pool(const Operands& operands, Faults& faults) {
  const auto& a = std::get<PoolAttributes>(operands.node.attributes);
  const Value &x = *operands.input(0), &y = *operands.output(0);
  if (!has_rank("input", x, 4, faults) || !has_rank("output", y, 4, faults)) return;
  if (!sane("kernel", a.kernel, 2, 1, faults) || !sane("stride", a.strides, 2, 1, faults) ||
      !sane("pad", a.pads, 4, 0, faults)) {
    return;
  }
  Shape expected = {x.shape[0], x.shape[1], 0, 0};
  for (std::size_t i = 0; i < 2; ++i) {
    if (a.pads[i] >= a.kernel[i] || a.pads[2 + i] >= a.kernel[i]) {
      faults.add("pad {} leaves windows without an element (kernel {})", std::max(a.pads[i], a.pads[2 + i]),
                 a.kernel[i]);
      return;
    }
    const std::int64_t size = x.shape[2 + i], room = size + a.pads[i] + a.pads[2 + i] - a.kernel[i];
    if (room < 0) {
      faults.add("the kernel is larger than the padded image");
      return;
    }
    expected[2 + i] = room / a.strides[i] + 1;
    if (!a.ceil_mode || room % a.strides[i] == 0) continue;
    // ceil_mode adds the window that sticks out. Frameworks differ where it would start in the padding: then
    // it must not be there.
    if (expected[2 + i] * a.strides[i] - a.pads[i] < size) ++expected[2 + i];
  }
  expect("output", &y, expected, faults);
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

void check_lstm(const Operands& operands, Faults& faults) {
  const auto& attributes = std::get<LstmAttributes>(operands.node.attributes);
  const Value& x = *operands.input(0);
  const std::int64_t h = attributes.hidden_size;
  if (!has_rank("input", x, 3, faults) || !sane("hidden size", &h, 1, 1, faults)) return;
  if (operands.input(4) != nullptr || operands.input(7) != nullptr) {
    faults.add("sequence lengths and peepholes have no meaning here");
  }
  const std::int64_t steps = x.shape[0], batch = x.shape[1];
  expect("W", operands.input(1), {1, 4 * h, x.shape[2]}, faults);
  expect("R", operands.input(2), {1, 4 * h, h}, faults);
  if (const Value* bias = operands.input(3); bias != nullptr && bias->shape != Shape{1, 4 * h}) {
    expect("bias", bias, {1, 8 * h}, faults);  // [1, 4H] where both halves were joined
  }
  for (const std::size_t i : {5U, 6U}) expect("initial state", operands.input(i), {1, batch, h}, faults);
  expect("output Y", operands.output(0), {steps, batch, h}, faults);
  for (const std::size_t i : {1U, 2U}) expect("last state", operands.output(i), {1, batch, h}, faults);
}

// ---- Moves.

void check_transpose(const Operands& operands, Faults& faults) {
  const auto& permutation = std::get<TransposeAttributes>(operands.node.attributes).permutation;
  const Shape& from = operands.input(0)->shape;
  Shape expected;
  std::vector<bool> seen(from.size());
  for (const std::int64_t axis : permutation) {
    const auto index = static_cast<std::size_t>(axis);
    if (axis < 0 || index >= from.size() || seen[index]) {
      faults.add("[{}] is not a permutation of {} axes", fmt::join(permutation, ","), from.size());
      return;
    }
    seen[index] = true;
    expected.push_back(from[index]);
  }
  if (expected.size() != from.size()) {
    faults.add("[{}] is not a permutation of {} axes", fmt::join(permutation, ","), from.size());
    return;
  }
  expect("output", operands.output(0), expected, faults);
}

/// The axis counted from the front; nothing, and a fault, when there is none.
std::optional<std::size_t> axis_of(const Operands& operands, Faults& faults) {
  const std::int64_t axis = std::get<AxisAttributes>(operands.node.attributes).axis;
  const auto rank = static_cast<std::int64_t>(operands.input(0)->shape.size());
  if (axis >= -rank && axis < rank) return static_cast<std::size_t>(axis < 0 ? axis + rank : axis);
  faults.add("axis {} is not in [{}, {})", axis, -rank, rank);
  return std::nullopt;
}

void check_gather(const Operands& operands, Faults& faults) {
  const auto axis = axis_of(operands, faults);
  if (!axis) return;
  const Shape &data = operands.input(0)->shape, &indices = operands.input(1)->shape;
  const auto at = static_cast<std::ptrdiff_t>(*axis);
  Shape expected(data.begin(), data.begin() + at);
  expected.insert(expected.end(), indices.begin(), indices.end());
  expected.insert(expected.end(), data.begin() + at + 1, data.end());
  expect("output", operands.output(0), expected, faults);
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
      return check_conv(operands, faults);
    case Op::gemm:
      return check_gemm(operands, faults);
    case Op::matmul:
      return check_matmul(operands, faults);
    case Op::lstm:
      return check_lstm(operands, faults);
    case Op::max_pool:
    case Op::average_pool:
      return check_pool(operands, faults);
    case Op::global_average_pool:
      if (!has_rank("input", *x, 4, faults)) return;
      return expect("output", y, {x->shape[0], x->shape[1], 1, 1}, faults);
    case Op::add:
    case Op::mul:
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
    case Op::transpose:
      return check_transpose(operands, faults);
    case Op::gather:
      return check_gather(operands, faults);
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
      return check_same_count(operands, faults);
  }
}

}  // namespace nnp::ir

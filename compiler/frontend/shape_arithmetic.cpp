// SPDX-License-Identifier: Apache-2.0
// Constant evaluation of what exporters write around shapes. Plain and slow: these tensors have a handful of
// elements.
#include "compiler/frontend/shape_arithmetic.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

using ir::DType;
using ir::Shape;
using ir::Tensor;
using Strides = std::vector<std::int64_t>;

struct Call {
  const OnnxNode& node;
  const std::vector<KnownInput>& inputs;
  std::int64_t opset;

  bool has(std::size_t i) const { return i < inputs.size() && inputs[i].shape != nullptr; }
  const Tensor& value(std::size_t i) const {
    if (!has(i)) refuse(node, fmt::format("input {} is missing", i));
    return *inputs[i].value;
  }
  const Shape& shape(std::size_t i) const {
    if (!has(i)) refuse(node, fmt::format("input {} is missing", i));
    return *inputs[i].shape;
  }
  std::vector<std::int64_t> integers(std::size_t i) const { return integers_of(node, value(i)); }
  /// An operand that older operator sets keep in an attribute and newer ones in an input.
  std::vector<std::int64_t> list(std::size_t i, const std::string& attribute) const {
    if (has(i)) return integers(i);
    return node.integers(attribute, {});
  }
};

struct TooBig {};
Tensor make_tensor(DType type, Shape shape) {
  if (bounded_count(shape) > kLargestFoldedTensor) throw TooBig{};
  return Tensor(type, std::move(shape));
}

Tensor of_integers(const std::vector<std::int64_t>& values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

Strides row_major(const Shape& shape) {
  Strides strides(shape.size(), 1);
  for (std::size_t i = shape.size(); i-- > 1;) strides[i - 1] = strides[i] * shape[i];
  return strides;
}

/// Element indices of a strided view, in row-major order of `shape`.
std::vector<std::size_t> view(const Shape& shape, std::int64_t start, const Strides& strides) {
  std::vector<std::size_t> result(static_cast<std::size_t>(bounded_count(shape)));
  Shape at(shape.size(), 0);
  std::int64_t offset = start;
  for (std::size_t& index : result) {
    index = static_cast<std::size_t>(offset);
    for (std::size_t axis = shape.size(); axis-- > 0;) {
      offset += strides[axis];
      if (++at[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
  return result;
}

Strides broadcast_strides(const Shape& from, const Shape& to) {
  const Strides own = row_major(from);
  Strides strides(to.size(), 0);
  for (std::size_t i = 0; i < from.size(); ++i) {
    if (from[i] != 1) strides[to.size() - from.size() + i] = own[i];
  }
  return strides;
}

Tensor pick(const Tensor& from, Shape shape, const std::vector<std::size_t>& indices) {
  Tensor result = make_tensor(from.type(), std::move(shape));
  const std::size_t size = ir::size_of(from.type());
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::memcpy(result.bytes().data() + i * size, from.bytes().data() + indices[i] * size, size);
  }
  return result;
}

Tensor reshaped(const Tensor& from, Shape shape) {
  Tensor result = make_tensor(from.type(), std::move(shape));
  std::ranges::copy(from.bytes(), result.bytes().begin());
  return result;
}

Tensor expand_to(const Tensor& from, const Shape& shape) {
  if (bounded_count(shape) > kLargestFoldedTensor) throw TooBig{};
  return pick(from, shape, view(shape, 0, broadcast_strides(from.shape(), shape)));
}

// ---- one function an operator

Tensor constant(const Call& call) {
  const OnnxNode& node = call.node;
  for (const auto& [key, attribute] : node.attributes) {
    if (const auto* tensor = std::get_if<Tensor>(&attribute)) return *tensor;
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute)) return of_integers(*list);
    if (const auto* one = std::get_if<std::int64_t>(&attribute))
      return Tensor::of<std::int64_t>({}, {one, 1});
    if (const auto* number = std::get_if<float>(&attribute)) return Tensor::of<float>({}, {number, 1});
    if (const auto* numbers = std::get_if<std::vector<float>>(&attribute)) {
      return Tensor::of<float>({static_cast<std::int64_t>(numbers->size())}, *numbers);
    }
  }
  refuse(node, "holds no number or tensor; strings and sparse tensors are not supported");
}

Tensor shape_of(const Call& call) {  // start and end since operator set 15
  const Shape& shape = call.shape(0);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [&](std::int64_t at) {
    return std::clamp(at < 0 ? at + rank : at, std::int64_t{0}, rank);
  };
  const std::int64_t start = bound(call.node.integer("start", 0)),
                     end = bound(call.node.integer("end", rank));
  return of_integers(start < end ? Shape(shape.begin() + start, shape.begin() + end) : Shape{});
}

Tensor size_of_value(const Call& call) {
  const std::int64_t count = bounded_count(call.shape(0));
  return Tensor::of<std::int64_t>({}, {&count, 1});
}

Tensor gather(const Call& call) {
  const Tensor& data = call.value(0);
  const std::size_t axis = resolve_axis(call.node, call.node.integer("axis", 0), data.shape().size());
  const std::int64_t size = data.shape()[axis];
  Shape shape(data.shape().begin(), data.shape().begin() + static_cast<std::ptrdiff_t>(axis));
  shape.insert(shape.end(), call.shape(1).begin(), call.shape(1).end());
  shape.insert(shape.end(), data.shape().begin() + static_cast<std::ptrdiff_t>(axis) + 1, data.shape().end());
  if (bounded_count(shape) > kLargestFoldedTensor) throw TooBig{};
  const std::int64_t inner = row_major(data.shape())[axis];
  const std::int64_t outer =
      bounded_count(Shape(data.shape().begin(), data.shape().begin() + static_cast<std::ptrdiff_t>(axis)));
  std::vector<std::size_t> indices;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t at : call.integers(1)) {
      if (at < -size || at >= size)
        refuse(call.node, fmt::format("index {} on an axis of size {}", at, size));
      if (at < 0) at += size;
      for (std::int64_t i = 0; i < inner; ++i)
        indices.push_back(static_cast<std::size_t>((o * size + at) * inner + i));
    }
  }
  return pick(data, shape, indices);
}

Tensor concat(const Call& call) {
  const Tensor& first = call.value(0);
  const std::size_t axis = resolve_axis(call.node, call.node.integer("axis", 0), first.shape().size());
  Shape shape = first.shape();
  shape[axis] = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i) {
    Shape other = call.shape(i);
    if (other.size() != shape.size() || call.value(i).type() != first.type())
      refuse(call.node, "inputs differ in rank or type");
    shape[axis] += other[axis];
    other[axis] = first.shape()[axis];
    if (other != first.shape()) refuse(call.node, "inputs differ beside the joined axis");
  }
  Tensor result = make_tensor(first.type(), shape);
  const std::int64_t outer =
      bounded_count(Shape(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(axis)));
  std::size_t to = 0;
  for (std::size_t o = 0; o < static_cast<std::size_t>(outer); ++o) {
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      const auto from = call.value(i).bytes();
      const std::size_t run = from.size() / static_cast<std::size_t>(outer);
      std::ranges::copy(from.subspan(o * run, run), result.bytes().begin() + static_cast<std::ptrdiff_t>(to));
      to += run;
    }
  }
  return result;
}

Tensor slice(const Call& call) {
  const Tensor& data = call.value(0);
  const auto starts = call.list(1, "starts"), ends = call.list(2, "ends");
  auto axes = call.list(3, "axes");
  auto steps = call.has(4) ? call.integers(4) : std::vector<std::int64_t>(starts.size(), 1);
  if (axes.empty()) {
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  }
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) {
    refuse(call.node, "starts, ends, axes and steps differ in length");
  }
  Shape shape = data.shape();
  Strides strides = row_major(shape);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const std::size_t axis = resolve_axis(call.node, axes[i], shape.size());
    const std::int64_t size = data.shape()[axis];
    const std::int64_t step = std::clamp(steps[i], -kLargestValue, kLargestValue);
    if (step == 0) refuse(call.node, "a step of 0");
    const auto bound = [&](std::int64_t at, std::int64_t lo, std::int64_t hi) {
      return std::clamp(at < 0 ? at + size : at, lo, hi);
    };
    const std::int64_t start = step > 0 ? bound(starts[i], 0, size) : bound(starts[i], 0, size - 1);
    const std::int64_t end = step > 0 ? bound(ends[i], 0, size) : bound(ends[i], -1, size - 1);
    const std::int64_t span = step > 0 ? end - start : start - end, stride = std::abs(step);
    shape[axis] = size == 0 ? 0 : std::max<std::int64_t>(0, (span + stride - 1) / stride);
    offset += shape[axis] > 0 ? start * strides[axis] : 0;
    strides[axis] *= step;
  }
  if (bounded_count(shape) == 0) return make_tensor(data.type(), shape);
  return pick(data, shape, view(shape, offset, strides));
}

Tensor squeeze(const Call& call) {
  const bool given = call.has(1) || call.node.has_attribute("axes");
  const auto axes = call.list(1, "axes");
  return reshaped(call.value(0), squeezed(call.node, call.shape(0), given ? &axes : nullptr));
}

Tensor unsqueeze(const Call& call) {
  return reshaped(call.value(0), unsqueezed(call.node, call.shape(0), call.list(1, "axes")));
}

Tensor reshape(const Call& call) {
  return reshaped(call.value(0), resolve_reshape(call.node, call.shape(0), call.integers(1)));
}

Tensor identity(const Call& call) { return call.value(0); }

template <typename To>
Tensor cast_to(DType type, const OnnxNode& node, const Tensor& from) {
  Tensor result = make_tensor(type, from.shape());
  const auto to = result.data<To>();
  if (from.type() != DType::f32) {
    std::ranges::transform(integers_of(node, from), to.begin(),
                           [](std::int64_t v) { return static_cast<To>(v); });
  } else if constexpr (std::is_same_v<To, float>) {
    std::ranges::copy(from.data<float>(), to.begin());
  } else {
    std::ranges::transform(from.data<float>(), to.begin(), [&](float v) {
      if (!(std::abs(v) < 9e18f)) refuse(node, fmt::format("{} has no integer value", v));
      return static_cast<To>(static_cast<std::int64_t>(v));
    });
  }
  return result;
}

Tensor cast(const Call& call) {
  const Tensor& from = call.value(0);
  switch (call.node.integer("to", 0)) {  // TensorProto.DataType
    case 1:
    case 11:
      return cast_to<float>(DType::f32, call.node, from);
    case 6:
      return cast_to<std::int32_t>(DType::i32, call.node, from);
    case 7:
      return cast_to<std::int64_t>(DType::i64, call.node, from);
    case 9: {
      Tensor flags = make_tensor(DType::u8, from.shape());
      for (std::size_t i = 0; i < from.size(); ++i) {
        flags.data<std::uint8_t>()[i] =
            from.type() == DType::f32 ? from.data<float>()[i] != 0 : integers_of(call.node, from)[i] != 0;
      }
      return flags;
    }
    default:
      refuse(call.node, "casts only to FLOAT, DOUBLE, INT32, INT64 and BOOL are supported");
  }
}

Tensor constant_of_shape(const Call& call) {
  const auto shape = call.integers(0);
  for (const std::int64_t size : shape) {
    if (size < 0) refuse(call.node, fmt::format("a size of {}", size));
  }
  const auto value = call.node.attributes.find("value");
  if (value == call.node.attributes.end()) return make_tensor(DType::f32, shape);
  const auto* one = std::get_if<Tensor>(&value->second);
  if (one == nullptr || one->size() != 1)
    refuse(call.node, "attribute 'value' must be a tensor of one element");
  return expand_to(reshaped(*one, {}), shape);
}

Tensor expand(const Call& call) {
  const auto shape = call.integers(1);
  for (const std::int64_t size : shape) {
    if (size < 0) refuse(call.node, fmt::format("a size of {}", size));
  }
  return expand_to(call.value(0), broadcast(call.node, call.shape(0), shape));
}

Tensor range(const Call& call) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (call.value(i).size() != 1) refuse(call.node, "start, limit and delta must be single numbers");
  }
  const std::int64_t start = call.integers(0)[0], limit = call.integers(1)[0], delta = call.integers(2)[0];
  if (delta == 0 || std::max({std::abs(start), std::abs(limit), std::abs(delta)}) > kLargestValue) {
    refuse(call.node, fmt::format("a range from {} to {} by {}", start, limit, delta));
  }
  std::vector<std::int64_t> values;
  for (std::int64_t at = start; delta > 0 ? at < limit : at > limit; at += delta) {
    if (static_cast<std::int64_t>(values.size()) > kLargestFoldedTensor) throw TooBig{};
    values.push_back(at);
  }
  return of_integers(values);
}

std::int64_t wrapping_divide(const OnnxNode& node, std::int64_t a, std::int64_t b) {
  if (b == 0) refuse(node, "divides by zero");
  return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
}

std::int64_t calculate(const OnnxNode& node, std::int64_t a,
                       std::int64_t b) {  // two's complement, like the machine
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  if (node.op == "Add") return static_cast<std::int64_t>(x + y);
  if (node.op == "Sub") return static_cast<std::int64_t>(x - y);
  if (node.op == "Mul") return static_cast<std::int64_t>(x * y);
  return wrapping_divide(node, a, b);
}

float calculate(const OnnxNode& node, float a, float b) {
  return node.op == "Add" ? a + b : node.op == "Sub" ? a - b : node.op == "Mul" ? a * b : a / b;
}

Tensor arithmetic(const Call& call) {
  const Shape shape = broadcast(call.node, call.shape(0), call.shape(1));
  const Tensor a = expand_to(call.value(0), shape), b = expand_to(call.value(1), shape);
  if (a.type() != b.type()) refuse(call.node, "operands differ in type");
  Tensor result = make_tensor(a.type(), shape);
  if (a.type() == DType::f32) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      result.data<float>()[i] = calculate(call.node, a.data<float>()[i], b.data<float>()[i]);
    }
    return result;
  }
  const auto x = integers_of(call.node, a), y = integers_of(call.node, b);
  std::vector<std::int64_t> values(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) values[i] = calculate(call.node, x[i], y[i]);
  const Tensor wide = Tensor::of<std::int64_t>(shape, values);
  return a.type() == DType::i64 ? wide : cast_to<std::int32_t>(DType::i32, call.node, wide);
}

Tensor equal(const Call& call) {
  const Shape shape = broadcast(call.node, call.shape(0), call.shape(1));
  const auto a = integers_of(call.node, expand_to(call.value(0), shape)),
             b = integers_of(call.node, expand_to(call.value(1), shape));
  Tensor result = make_tensor(DType::u8, shape);
  std::ranges::transform(a, b, result.data<std::uint8_t>().begin(),
                         [](auto x, auto y) { return std::uint8_t{x == y}; });
  return result;
}

Tensor where(const Call& call) {
  const Shape shape = broadcast(call.node, broadcast(call.node, call.shape(0), call.shape(1)), call.shape(2));
  const auto condition = integers_of(call.node, expand_to(call.value(0), shape));
  Tensor result = expand_to(call.value(1), shape);
  const Tensor other = expand_to(call.value(2), shape);
  if (result.type() != other.type()) refuse(call.node, "operands differ in type");
  const std::size_t size = ir::size_of(result.type());
  for (std::size_t i = 0; i < condition.size(); ++i) {
    if (condition[i] == 0)
      std::memcpy(result.bytes().data() + i * size, other.bytes().data() + i * size, size);
  }
  return result;
}

struct Row {
  const char* op;
  Tensor (*evaluate)(const Call&);
  bool needs_values = true;  // false: the input's shape is enough
};
constexpr Row kTable[] = {
    {"Constant", constant},
    {"Shape", shape_of, false},
    {"Size", size_of_value, false},
    {"Gather", gather},
    {"Concat", concat},
    {"Slice", slice},
    {"Squeeze", squeeze},
    {"Unsqueeze", unsqueeze},
    {"Reshape", reshape},
    {"Identity", identity},
    {"Cast", cast},
    {"ConstantOfShape", constant_of_shape},
    {"Expand", expand},
    {"Range", range},
    {"Add", arithmetic},
    {"Sub", arithmetic},
    {"Mul", arithmetic},
    {"Div", arithmetic},
    {"Equal", equal},
    {"Where", where},
};

const Row* find_row(const std::string& op) {
  const auto row = std::ranges::find_if(kTable, [&](const Row& candidate) { return op == candidate.op; });
  return row == std::end(kTable) ? nullptr : row;
}

}  // namespace

bool is_shape_arithmetic(const std::string& op) { return find_row(op) != nullptr; }

std::vector<std::string> shape_arithmetic_operators() {
  std::vector<std::string> names;
  for (const Row& row : kTable) names.emplace_back(row.op);
  return names;
}

std::optional<Tensor> evaluate_shape_arithmetic(const OnnxNode& node, const std::vector<KnownInput>& inputs,
                                                std::int64_t opset) {
  const Row* row = find_row(node.op);
  if (row == nullptr) return std::nullopt;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (node.has_input(i) && (row->needs_values ? inputs[i].value == nullptr : inputs[i].shape == nullptr))
      return std::nullopt;
  }
  try {
    return row->evaluate(Call{node, inputs, opset});
  } catch (const TooBig&) {
    return std::nullopt;
  }
}

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// Shape arithmetic that makes new elements. Integers wrap like the machine's.
#include <algorithm>
#include <cmath>

#include "compiler/frontend/folding/folding.h"

namespace nnp::compiler::folding {

using ir::DType;
using ir::Shape;
using ir::Tensor;

namespace {

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

std::int64_t wrapping_divide(const OnnxNode& node, std::int64_t a, std::int64_t b) {
  if (b == 0) refuse(node, "divides by zero");
  return b == -1 ? static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(a)) : a / b;
}

/// With the divisor's sign, or the dividend's where fmod says so.
std::int64_t modulo(const OnnxNode& node, std::int64_t a, std::int64_t b) {
  if (b == 0) refuse(node, "divides by zero");
  if (b == -1) return 0;
  const std::int64_t rest = a % b;
  return node.integer("fmod", 0) == 0 && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

std::int64_t calculate(const OnnxNode& node, std::int64_t a,
                       std::int64_t b) {  // two's complement, like the machine
  const auto x = static_cast<std::uint64_t>(a), y = static_cast<std::uint64_t>(b);
  if (node.op == "Add") return static_cast<std::int64_t>(x + y);
  if (node.op == "Sub") return static_cast<std::int64_t>(x - y);
  if (node.op == "Mul") return static_cast<std::int64_t>(x * y);
  if (node.op == "Min") return std::min(a, b);
  if (node.op == "Max") return std::max(a, b);
  if (node.op == "Mod") return modulo(node, a, b);
  return wrapping_divide(node, a, b);
}

float calculate(const OnnxNode& node, float a, float b) {
  if (node.op == "Min") return std::min(a, b);
  if (node.op == "Max") return std::max(a, b);
  if (node.op == "Mod") return std::fmod(a, b);
  if (node.op == "Pow") return static_cast<float>(std::pow(static_cast<double>(a), static_cast<double>(b)));
  return node.op == "Add" ? a + b : node.op == "Sub" ? a - b : node.op == "Mul" ? a * b : a / b;
}

}  // namespace

Tensor of_integers(const std::vector<std::int64_t>& values) {
  return Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values);
}

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

Tensor cast(const Call& call) {
  const Tensor& from = call.value(0);
  const bool simple = from.type() == DType::f32 || from.type() == DType::i64 || from.type() == DType::i32 ||
                      from.type() == DType::b8;
  if (!simple) throw LeftAlone{};
  switch (call.node.integer("to", 0)) {  // TensorProto.DataType
    case 1:
      return cast_to<float>(DType::f32, call.node, from);
    case 6:
      return cast_to<std::int32_t>(DType::i32, call.node, from);
    case 7:
      return cast_to<std::int64_t>(DType::i64, call.node, from);
    case 9: {
      Tensor flags = make_tensor(ir::DType::b8, from.shape());
      if (from.type() == DType::f32)
        std::ranges::transform(from.data<float>(), flags.data<bool>().begin(),
                               [](float x) { return x != 0; });
      else
        std::ranges::transform(integers_of(call.node, from), flags.data<bool>().begin(),
                               [](std::int64_t x) { return x != 0; });
      return flags;
    }
    default:
      throw LeftAlone{};
  }
}

namespace {

Tensor real_range(const Call& call) {
  const auto number = [&](std::size_t i) { return call.value(i).data<float>()[0]; };
  const float start = number(0), limit = number(1), delta = number(2);
  const double count = std::ceil(static_cast<double>(limit - start) / static_cast<double>(delta));
  if (!(delta != 0) || !(std::abs(count) < static_cast<double>(kLargestFoldedTensor)))
    refuse(call.node, fmt::format("a range from {} to {} by {}", start, limit, delta));
  std::vector<float> values;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(count); ++i)
    values.push_back(start + static_cast<float>(i) * delta);
  return Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values);
}

}  // namespace

Tensor range(const Call& call) {
  for (std::size_t i = 0; i < 3; ++i) {
    if (call.value(i).size() != 1) refuse(call.node, "start, limit and delta must be single numbers");
  }
  if (call.value(0).type() == DType::f32) return real_range(call);
  if (call.value(0).type() != DType::i64 && call.value(0).type() != DType::i32) throw LeftAlone{};
  const std::int64_t start = call.integers(0)[0], limit = call.integers(1)[0], delta = call.integers(2)[0];
  if (delta == 0 || std::max({std::abs(start), std::abs(limit), std::abs(delta)}) > kLargestValue) {
    refuse(call.node, fmt::format("a range from {} to {} by {}", start, limit, delta));
  }
  std::vector<std::int64_t> values;
  for (std::int64_t at = start; delta > 0 ? at < limit : at > limit; at += delta) {
    if (static_cast<std::int64_t>(values.size()) > kLargestFoldedTensor) throw LeftAlone{};
    values.push_back(at);
  }
  const Tensor wide = of_integers(values);
  return call.value(0).type() == DType::i64 ? wide : cast_to<std::int32_t>(DType::i32, call.node, wide);
}

Tensor arithmetic(const Call& call) {
  if (call.inputs.size() == 1) return call.value(0);  // Min and Max of one
  if (call.inputs.size() != 2) throw LeftAlone{};
  const Shape shape = broadcast(call.node, call.shape(0), call.shape(1));
  const Tensor a = expand_to(call.value(0), shape), b = expand_to(call.value(1), shape);
  if (a.type() != b.type() || (call.node.op == "Pow" && a.type() != DType::f32)) throw LeftAlone{};
  Tensor result = make_tensor(a.type(), shape);
  if (a.type() == DType::f32) {
    for (std::size_t i = 0; i < a.size(); ++i) {
      result.data<float>()[i] = calculate(call.node, a.data<float>()[i], b.data<float>()[i]);
    }
    return result;
  }
  if (a.type() != DType::i64 && a.type() != DType::i32) throw LeftAlone{};
  const auto x = integers_of(call.node, a), y = integers_of(call.node, b);
  std::vector<std::int64_t> values(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) values[i] = calculate(call.node, x[i], y[i]);
  const Tensor wide = Tensor::of<std::int64_t>(shape, values);
  return a.type() == DType::i64 ? wide : cast_to<std::int32_t>(DType::i32, call.node, wide);
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

}  // namespace nnp::compiler::folding

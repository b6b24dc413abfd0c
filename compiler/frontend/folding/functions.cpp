// SPDX-License-Identifier: Apache-2.0
// Functions of one operand and products over axes, as shape arithmetic has them.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/frontend/folding/folding.h"

namespace nnp::compiler::folding {

using ir::DType;
using ir::Tensor;

Tensor function(const Call& call) {
  const std::string& op = call.node.op;
  Tensor result = call.value(0);
  if (result.type() == DType::i64 && (op == "Neg" || op == "Abs")) {
    for (std::int64_t& x : result.data<std::int64_t>()) {
      if (op == "Neg" || x < 0) x = static_cast<std::int64_t>(0 - static_cast<std::uint64_t>(x));
    }
    return result;
  }
  if (result.type() != DType::f32) throw LeftAlone{};
  for (float& x : result.data<float>()) {
    x = op == "Neg"     ? -x
        : op == "Abs"   ? std::abs(x)
        : op == "Floor" ? std::floor(x)
        : op == "Ceil"  ? std::ceil(x)
                        : std::sqrt(x);
  }
  return result;
}

/// ReduceProd and ReduceSum of a whole vector, as exporters count elements.
Tensor reduce(const Call& call) {
  const Tensor& x = call.value(0);
  if (x.type() != DType::i64 || x.shape().size() != 1) throw LeftAlone{};
  std::uint64_t result = call.node.op == "ReduceProd" ? 1 : 0;
  for (const std::int64_t value : x.data<std::int64_t>()) {
    if (call.node.op == "ReduceProd")
      result *= static_cast<std::uint64_t>(value);
    else
      result += static_cast<std::uint64_t>(value);
  }
  const auto total = static_cast<std::int64_t>(result);
  const bool keeps = call.node.integer("keepdims", 1) != 0;
  return Tensor::of<std::int64_t>(keeps ? ir::Shape{1} : ir::Shape{}, {&total, 1});
}

/// ONNX's definition: round half to even(x / scale) + zero point, held within the type. What is no proper
/// scale is left for the importer to refuse.
Tensor quantize(const Call& call) {
  const Tensor &x = call.value(0), &scale = call.value(1);
  const DType type = call.has(2) ? call.value(2).type() : DType::u8;
  const std::size_t slices = scale.size();
  const auto proper = [](float s) { return std::isfinite(s) && s > 0; };
  if (x.type() != DType::f32 || scale.type() != DType::f32 || slices == 0 ||
      (call.has(2) && call.value(2).size() != slices) || !std::ranges::all_of(scale.data<float>(), proper))
    throw LeftAlone{};
  std::size_t inner = 1;
  if (slices > 1) {
    const auto rank = static_cast<std::int64_t>(x.shape().size());
    std::int64_t axis = call.node.integer("axis", 1);
    if (axis < 0) axis += rank;
    if (axis < 0 || axis >= rank ||
        x.shape()[static_cast<std::size_t>(axis)] != static_cast<std::int64_t>(slices))
      throw LeftAlone{};
    for (std::int64_t i = axis + 1; i < rank; ++i)
      inner *= static_cast<std::size_t>(x.shape()[static_cast<std::size_t>(i)]);
  }
  Tensor codes(type, x.shape());
  ir::with_element_type(type, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T> && sizeof(T) <= 2 && !std::is_same_v<T, bool>) {
      for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t slice = i / inner % slices;
        const double zero = call.has(2) ? static_cast<double>(call.value(2).data<T>()[slice]) : 0;
        const double code =
            std::nearbyint(static_cast<double>(x.data<float>()[i] / scale.data<float>()[slice])) + zero;
        codes.data<T>()[i] =
            static_cast<T>(std::clamp(code, static_cast<double>(std::numeric_limits<T>::lowest()),
                                      static_cast<double>(std::numeric_limits<T>::max())));
      }
    } else {
      throw LeftAlone{};
    }
  });
  return codes;
}

}  // namespace nnp::compiler::folding

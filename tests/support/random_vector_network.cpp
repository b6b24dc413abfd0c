// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "tests/support/random_network.h"

namespace nnp::test {
namespace {

using ir::DType;
using ir::Op;
using ir::Shape;
using numerics::BinaryFunction;
using numerics::UnaryFunction;

std::size_t index(std::int64_t i) { return static_cast<std::size_t>(i); }

}  // namespace

ir::ValueId NetworkBuilder::codes(Shape shape, DType type) {
  return value("v", std::move(shape), type, scale(),
               type == DType::u8 ? static_cast<std::int32_t>(pick(0, 255)) : 0);
}

ir::ValueId NetworkBuilder::floats(Shape shape, float lo, float hi) {
  ir::Tensor tensor(DType::f32, shape);
  for (float& x : tensor.data<float>()) x = lo + (hi - lo) * static_cast<float>(pick(0, 1000)) / 1000;
  const ir::ValueId id = value("c", std::move(shape), DType::f32, 1, 0);
  graph_.values[id].constant = std::move(tensor);
  return id;
}

DType NetworkBuilder::any_codes() {
  constexpr DType kTypes[] = {DType::u8, DType::s8, DType::s16};
  return kTypes[pick(0, 2)];
}

/// A shape that broadcasts to `shape`.
Shape NetworkBuilder::smaller(Shape shape) {
  for (std::int64_t& extent : shape)
    if (pick(0, 1) == 1) extent = 1;
  while (shape.size() > 1 && pick(0, 1) == 1) shape.erase(shape.begin());
  return shape;
}

ir::ValueId NetworkBuilder::vector_function(ir::ValueId x) {
  const Shape shape = shape_of(x);
  const auto axis = pick(0, static_cast<std::int64_t>(shape.size()) - 1);
  ir::ValueId y = ir::kNoValue;
  switch (pick(0, 7)) {
    case 0: {
      y = codes(shape, any_codes());
      constexpr UnaryFunction kFunctions[] = {UnaryFunction::neg,  UnaryFunction::abs,
                                              UnaryFunction::exp,  UnaryFunction::silu,
                                              UnaryFunction::gelu, UnaryFunction::leaky_relu};
      node(Op::unary, {x}, y).attributes = ir::UnaryAttributes{kFunctions[pick(0, 5)], 0.1f, 0};
      return y;
    }
    case 1: {  // with a constant or a function of the same value, either side
      const bool constant = pick(0, 1) == 1;
      const ir::ValueId other = constant ? floats(smaller(shape), 0.5f, 3) : vector_function(x);
      if (shape_of(other).size() > shape.size() || (!constant && shape_of(other) != shape)) return other;
      y = codes(shape, any_codes());
      constexpr BinaryFunction kFunctions[] = {BinaryFunction::sub, BinaryFunction::div, BinaryFunction::min,
                                               BinaryFunction::max, BinaryFunction::pow};
      const bool swapped = pick(0, 1) == 1;
      std::vector<ir::ValueId> operands = swapped ? std::vector{other, x} : std::vector{x, other};
      if (pick(0, 3) == 0)
        node(pick(0, 1) == 1 ? Op::add : Op::mul, operands, y);
      else
        node(Op::binary, operands, y).attributes =
            ir::BinaryAttributes{kFunctions[pick(0, constant && !swapped ? 4 : 3)]};
      return y;
    }
    case 2: {
      ir::ReduceAttributes a;
      constexpr ir::ReduceFunction kFunctions[] = {ir::ReduceFunction::mean, ir::ReduceFunction::max,
                                                   ir::ReduceFunction::sum, ir::ReduceFunction::l1};
      a.function = kFunctions[pick(0, 3)];
      for (std::size_t i = 0; i < shape.size(); ++i)
        if (pick(0, 1) == 1) a.axes.push_back(static_cast<std::int64_t>(i));
      if (a.axes.empty()) a.axes = {axis};
      a.keepdims = pick(0, 1) == 1 || a.axes.size() == shape.size();
      Shape to;
      for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool reduced = std::count(a.axes.begin(), a.axes.end(), static_cast<std::int64_t>(i)) > 0;
        if (!reduced || a.keepdims) to.push_back(reduced ? 1 : shape[i]);
      }
      y = codes(to, any_codes());
      node(Op::reduce, {x}, y).attributes = a;
      return y;
    }
    case 3:
      y = codes(shape, any_codes());
      if (pick(0, 1) == 1)
        node(Op::softmax, {x}, y).attributes = ir::AxisAttributes{axis};
      else
        node(Op::softmax, {x, floats(smaller(shape), -4, 4)}, y).attributes = ir::AxisAttributes{axis};
      return y;
    case 4: {
      y = codes(shape, any_codes());
      const Shape last(shape.begin() + axis, shape.end());
      node(Op::layer_normalization, {x, floats(last, 0.5f, 2), floats(last, -1, 1)}, y).attributes =
          ir::NormalizationAttributes{axis, 1e-5f};
      return y;
    }
    case 5:
      if (shape.size() != 4) return vector_function(x);
      y = codes(shape, any_codes());
      if (pick(0, 1) == 1)
        node(Op::lrn, {x}, y).attributes = ir::LrnAttributes{pick(1, 5), 0.1f, 0.75f, 1};
      else
        node(Op::instance_normalization, {x, floats({shape[1]}, 0.5f, 2), floats({shape[1]}, -1, 1)}, y)
            .attributes = ir::NormalizationAttributes{1, 1e-3f};
      return y;
    default:
      return vector_move(x);
  }
}

ir::ValueId NetworkBuilder::vector_move(ir::ValueId x) {
  const ir::Value from = graph_.values[x];
  const Shape& shape = from.shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const std::int64_t axis = pick(0, rank - 1);
  const auto result = [&](Shape to) {
    const ir::ValueId y = value("m", std::move(to), from.type, 1, 0);
    graph_.values[y].quant = from.quant;
    return y;
  };
  switch (pick(0, 7)) {
    case 0: {
      ir::TransposeAttributes a;
      a.permutation.resize(shape.size());
      std::iota(a.permutation.begin(), a.permutation.end(), 0);
      std::shuffle(a.permutation.begin(), a.permutation.end(), engine_);
      Shape to;
      for (const std::int64_t i : a.permutation) to.push_back(shape[index(i)]);
      const ir::ValueId y = result(to);
      node(Op::transpose, {x}, y).attributes = a;
      return y;
    }
    case 1: {  // an axis split in two, or joined with the next
      Shape to = shape;
      const std::int64_t extent = shape[index(axis)];
      if (axis + 1 < rank && pick(0, 1) == 1) {
        to[index(axis)] *= to[index(axis + 1)];
        to.erase(to.begin() + axis + 1);
      } else if (rank < 5) {
        const std::int64_t part = extent % 3 == 0 ? 3 : extent % 2 == 0 ? 2 : 1;
        to[index(axis)] = extent / part;
        to.insert(to.begin() + axis + 1, part);
      }
      const ir::ValueId y = result(to);
      node(Op::reshape, {x}, y);
      return y;
    }
    case 2: {
      ir::SliceAttributes a;
      Shape to;
      for (const std::int64_t extent : shape) {
        const std::int64_t first = pick(0, extent - 1), count = pick(1, extent - first);
        const bool back = pick(0, 4) == 0;
        a.starts.push_back(back ? first + count - 1 : first);
        a.steps.push_back(back ? -1 : count > 2 && pick(0, 2) == 0 ? 2 : 1);
        to.push_back(a.steps.back() == 2 ? (count + 1) / 2 : count);
      }
      const ir::ValueId y = result(to);
      node(Op::slice, {x}, y).attributes = a;
      return y;
    }
    case 3: {
      Shape to = shape;
      to[index(axis)] *= 2;
      const ir::ValueId y = result(to);
      node(Op::concat, {x, x}, y).attributes = ir::AxisAttributes{axis};
      return y;
    }
    case 4: {
      ir::PadAttributes a;
      a.mode = static_cast<ir::PadMode>(pick(0, 2));
      Shape to;
      for (const std::int64_t extent : shape) {
        const std::int64_t most = a.mode == ir::PadMode::reflect ? extent - 1 : 3;
        a.begin.push_back(pick(0, std::min<std::int64_t>(2, most)));
        a.end.push_back(pick(0, std::min<std::int64_t>(1, most)));
        to.push_back(extent + a.begin.back() + a.end.back());
      }
      a.value = pick(0, 1) == 1 ? 0.0f : 0.4f;
      const ir::ValueId y = result(to);
      node(Op::pad, {x}, y).attributes = a;
      return y;
    }
    case 5: {
      if (rank > 4) return x;
      Shape to = shape;
      to.insert(to.begin(), pick(1, 3));
      const ir::ValueId y = result(to);
      node(Op::expand, {x}, y);
      return y;
    }
    default: {
      if (rank != 4) return x;
      ir::ResizeAttributes a;
      a.coordinates = static_cast<ir::ResizeCoordinates>(pick(0, 3));
      a.rounding = static_cast<ir::ResizeRounding>(pick(0, 3));
      Shape to = shape;
      a.scales = {1, 1, 1, 1};
      for (const std::size_t i : {2u, 3u}) {  // whole factors every other time
        a.scales[i] = static_cast<float>(pick(0, 1) == 1 ? 4 * pick(1, 3) : pick(3, 10)) / 4;
        to[i] =
            std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<float>(shape[i]) * a.scales[i]));
      }
      const ir::ValueId y = result(to);
      node(Op::resize, {x}, y).attributes = a;
      return y;
    }
  }
}

ir::Graph random_vector_network(std::uint64_t seed) {
  NetworkBuilder b(seed);
  Shape shape;
  for (std::int64_t rank = b.pick(1, 5); rank > 0; --rank) shape.push_back(b.pick(1, rank > 3 ? 3 : 7));
  ir::ValueId x = b.input(shape, b.any_codes());
  for (std::int64_t nodes = b.pick(1, 4); nodes > 0; --nodes) {
    if (ir::element_count(b.shape_of(x)) > 2000) break;
    x = b.vector_function(x);
  }
  b.output(x);
  return b.take();
}

}  // namespace nnp::test

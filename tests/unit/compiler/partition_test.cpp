// SPDX-License-Identifier: Apache-2.0
// What runs on the chip, and which moves are free there.
#include <gtest/gtest.h>

#include <numeric>

#include "compiler/ir/reshaping.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Shape;
using ir::ValueId;
using test::GraphMaker;

/// ONNX element numbers in the order in which the device stores a tensor of this shape.
std::vector<std::size_t> device_order(const Shape& shape, const std::vector<std::size_t>& elements) {
  if (shape.size() != 4) return elements;
  std::vector<std::size_t> order;
  const auto size = [&](std::size_t axis) { return static_cast<std::size_t>(shape[axis]); };
  for (std::size_t n = 0; n < size(0); ++n)
    for (std::size_t p = 0; p < size(2) * size(3); ++p)
      for (std::size_t c = 0; c < size(1); ++c)
        order.push_back(elements[(n * size(1) + c) * size(2) * size(3) + p]);
  return order;
}

bool reshape_is_free(const Shape& from, const Shape& to) {
  GraphMaker m;
  m.output(m.node(Op::reshape, "y", {m.input("x", from)}, to));
  return ir::channel_preserving(m.graph, m.graph.nodes[0]);
}

/// Every way to split `count` into `rank` sizes.
std::vector<Shape> shapes_of(std::int64_t count, std::size_t rank) {
  if (rank == 1) return {{count}};
  std::vector<Shape> shapes;
  for (std::int64_t first = 1; first <= count; ++first) {
    if (count % first != 0) continue;
    for (Shape rest : shapes_of(count / first, rank - 1)) {
      rest.insert(rest.begin(), first);
      shapes.push_back(rest);
    }
  }
  return shapes;
}

TEST(ChannelPreserving, IsTrueForExactlyTheReshapesThatMoveNoByteOnTheDevice) {
  std::vector<Shape> shapes;
  for (const std::size_t rank : {1u, 2u, 3u, 4u}) {
    for (Shape& shape : shapes_of(12, rank)) shapes.push_back(std::move(shape));
  }
  std::vector<std::size_t> elements(12);
  std::iota(elements.begin(), elements.end(), 0);
  int free = 0;
  for (const Shape& from : shapes) {
    for (const Shape& to : shapes) {
      const auto a = ir::channel_view(from), b = ir::channel_view(to);
      const bool expected =
          a.channels == b.channels && device_order(from, elements) == device_order(to, elements);
      EXPECT_EQ(reshape_is_free(from, to), expected)
          << ::testing::PrintToString(from) << " to " << ::testing::PrintToString(to);
      free += expected;
    }
  }
  EXPECT_GT(free, static_cast<int>(shapes.size())) << "more than the reshapes to the same shape";
}

TEST(ChannelPreserving, FollowsTransposesOfOnes) {
  const auto is_free = [](const Shape& from, const Shape& to, std::vector<std::int64_t> permutation) {
    GraphMaker m;
    m.output(m.node(Op::transpose, "y", {m.input("x", from)}, to,
                    ir::TransposeAttributes{std::move(permutation)}));
    return ir::channel_preserving(m.graph, m.graph.nodes[0]);
  };
  EXPECT_TRUE(is_free({1, 7, 5}, {7, 1, 5}, {1, 0, 2}));
  EXPECT_FALSE(is_free({2, 7, 5}, {7, 2, 5}, {1, 0, 2}));
  EXPECT_FALSE(is_free({1, 7, 5}, {7, 5, 1}, {1, 2, 0})) << "the channels became pixels";
}

/// Gives every float value s8, u8 or s16 codes, weights s8 and biases i32; enough for partition, which runs
/// nothing.
void give_types(ir::Graph& graph, DType activations) {
  for (ir::Value& value : graph.values) {
    if (value.type != DType::f32) continue;
    const bool bias = value.name.ends_with(".b");
    value.type = value.constant ? (bias ? DType::i32 : DType::s8) : activations;
    value.quant = ir::QuantParams{{1.0f}, 0, -1};
    if (value.constant) value.constant = ir::Tensor(value.type, value.shape);
  }
}

std::string on_host(GraphMaker& m, DType type) {
  give_types(m.graph, type);
  compiler::partition(m.graph);
  std::string names;
  for (const ir::Node& node : m.graph.nodes) {
    if (node.on_host) names += node.name + " ";
  }
  return names;
}

TEST(Partition, PutsWhatTheChipHasOnTheChip) {
  for (const DType type : {DType::u8, DType::s16}) {
    GraphMaker m;
    const ValueId c = m.conv("conv", m.input("x", {2, 3, 8, 8}), 4, 3, 1),
                  s = m.same_shape(Op::sigmoid, "sigmoid", {c});
    const ValueId a = m.same_shape(Op::mul, "mul", {m.same_shape(Op::add, "add", {c, s}), s});
    const ValueId p = m.pool(Op::average_pool, "average", m.pool(Op::max_pool, "max", a, 2, 2), 4, 4);
    m.output(m.gemm("gemm", m.node(Op::flatten, "flatten", {p}, {2, 4}, ir::AxisAttributes{1}), 5));
    EXPECT_EQ(on_host(m, type), "") << ir::to_string(type);
  }
}

TEST(Partition, LeavesTheRestOnTheHost) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 4, 8, 8}), grouped = m.conv("grouped", x, 4, 3, 1, 2);
  const ValueId scale = m.node(Op::mul, "broadcast", {grouped, m.input("one", {2, 4, 1, 1})}, m.shape(x));
  const ValueId flat = m.node(Op::flatten, "moving_flatten", {scale}, {2, 256}, ir::AxisAttributes{1});
  m.same_shape(Op::softmax, "softmax", {flat});
  m.graph.nodes.back().attributes = ir::AxisAttributes{1};
  m.node(Op::matmul, "product", {m.input("a", {2, 3}), m.input("b", {3, 2})}, {2, 2});
  ir::ConvAttributes one_tap;
  m.node(Op::conv, "computed", {x, m.input("w", {3, 4, 1, 1})}, {2, 3, 8, 8}, one_tap);  // weights, that is
  EXPECT_EQ(on_host(m, DType::u8), "product computed ");  // a product needs s8 on its right
}

TEST(Partition, HasActivationsOfEveryWidth) {
  for (const Op op : {Op::relu, Op::clip, Op::tanh}) {
    GraphMaker m;
    m.output(m.same_shape(op, "f", {m.input("x", {2, 4})}));
    GraphMaker wide = m;
    EXPECT_EQ(on_host(m, DType::u8), "");
    EXPECT_EQ(on_host(wide, DType::s16), "");
  }
}

std::string on_host_in_fp32(GraphMaker& m) {
  compiler::partition(m.graph, isa::Precision::fp32);
  std::string names;
  for (const ir::Node& node : m.graph.nodes) {
    if (node.on_host) names += node.name + " ";
  }
  return names;
}

TEST(Partition, MovesANetworkThatOnlyMoves) {
  GraphMaker m;
  const ValueId before = m.node(Op::reshape, "before", {m.input("x", {6, 4})}, {2, 3, 4});
  const ValueId t = m.node(Op::transpose, "t", {before}, {4, 3, 2}, ir::TransposeAttributes{{2, 1, 0}});
  m.output(m.node(Op::flatten, "after", {t}, {4, 6}, ir::AxisAttributes{1}));
  EXPECT_EQ(on_host_in_fp32(m), "before ") << "what renames an input is free on the host";
}

TEST(Partition, LeavesMovesAtTheBorderOfANetworkThatComputesToTheHost) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 3, 4});
  const ValueId t = m.node(Op::transpose, "before", {x}, {4, 3, 2}, ir::TransposeAttributes{{2, 1, 0}});
  const ValueId r = m.same_shape(Op::relu, "relu", {t});
  m.output(m.node(Op::transpose, "behind", {r}, {2, 3, 4}, ir::TransposeAttributes{{2, 1, 0}}));
  EXPECT_EQ(on_host_in_fp32(m), "before ");
}

TEST(Partition, LeavesTheLastNamesOfAResultToTheHostIfTheyWouldBeCopies) {
  // [1, 3, 4, 5] is stored channels last, [1, 1, 3, 4, 5] as ONNX counts: between them lies a copy.
  for (const DType type : {DType::u8, DType::s16}) {
    GraphMaker m;
    const ValueId r = m.same_shape(Op::sigmoid, "f", {m.input("x", {1, 1, 3, 4, 5})});
    const ValueId image = m.node(Op::reshape, "image", {r}, {1, 3, 4, 5});
    m.output(image);
    GraphMaker read = m;
    EXPECT_EQ(on_host(m, type), "image ");
    read.output(read.same_shape(Op::sigmoid, "g", {image}));
    EXPECT_EQ(on_host(read, type), "") << "the chip reads it too";
  }
  GraphMaker m;
  const ValueId r = m.same_shape(Op::sigmoid, "f", {m.input("x", {1, 60})});
  m.output(m.node(Op::reshape, "same_bytes", {r}, {60}));
  EXPECT_EQ(on_host(m, DType::u8), "") << "costs nothing on the chip";
}

TEST(Partition, LeavesFloatNodesAndTheBorderOnTheHost) {
  GraphMaker m;
  m.output(m.same_shape(Op::relu, "relu", {m.conv("conv", m.input("x", {1, 2, 4, 4}), 2, 1)}));
  compiler::partition(m.graph);
  EXPECT_TRUE(m.graph.nodes[0].on_host && m.graph.nodes[1].on_host);
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Small graphs for tests.
#include "tests/unit/compiler/graph_maker.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "host_runtime/reference/reference.h"

namespace nnp::test {

using ir::Op;
using ir::Shape;
using ir::ValueId;

ValueId GraphMaker::input(const std::string& name, Shape shape, ir::DType type) {
  graph.inputs.push_back(graph.add_value({name, type, std::move(shape), {}, {}}));
  return graph.inputs.back();
}

ValueId GraphMaker::constant(const std::string& name, Shape shape, std::vector<float> values) {
  ir::Tensor tensor = ir::Tensor::of<float>(shape, values);
  return graph.add_value({name, ir::DType::f32, std::move(shape), {}, std::move(tensor)});
}

ir::Tensor GraphMaker::sample(const Shape& shape, float lo, float hi) {
  ir::Tensor tensor(ir::DType::f32, shape);
  for (float& value : tensor.data<float>())
    value = lo + (hi - lo) * static_cast<float>(random_() >> 8) / 16777216.0f;
  return tensor;
}

ValueId GraphMaker::random(const std::string& name, Shape shape, float lo, float hi) {
  ir::Tensor tensor = sample(shape, lo, hi);
  return graph.add_value({name, ir::DType::f32, std::move(shape), {}, std::move(tensor)});
}

ValueId GraphMaker::node(Op op, const std::string& name, std::vector<ValueId> inputs, Shape shape,
                         ir::Attributes attributes) {
  const ValueId id = graph.add_value({name, ir::DType::f32, std::move(shape), {}, {}});
  graph.nodes.push_back({op, name, std::move(inputs), {id}, std::move(attributes), {}, false, {name}});
  return id;
}

ValueId GraphMaker::conv(const std::string& name, ValueId x, std::int64_t filters, std::int64_t kernel,
                         std::int64_t pad, std::int64_t group) {
  const Shape image = shape(x);
  const float reach = 1 / std::sqrt(static_cast<float>(image[1] / group * kernel * kernel));
  const ValueId w = random(name + ".w", {filters, image[1] / group, kernel, kernel}, -reach, reach);
  const ValueId b = random(name + ".b", {filters}, -0.2f, 0.2f);
  ir::ConvAttributes attributes;
  std::ranges::fill(attributes.kernel, kernel);
  std::ranges::fill(attributes.pads, pad);
  attributes.group = group;
  const auto size = [&](std::size_t axis) { return image[axis] + 2 * pad - kernel + 1; };
  return node(Op::conv, name, {x, w, b}, {image[0], filters, size(2), size(3)}, attributes);
}

ValueId GraphMaker::gemm(const std::string& name, ValueId x, std::int64_t columns) {
  Shape result = shape(x);
  const std::int64_t rows = result.back();
  const float reach = 1 / std::sqrt(static_cast<float>(rows));
  const ValueId w = random(name + ".w", {rows, columns}, -reach, reach),
                b = random(name + ".b", {columns}, -0.2f, 0.2f);
  result.back() = columns;
  return node(Op::gemm, name, {x, w, b}, result, ir::GemmAttributes{});
}

ValueId GraphMaker::lstm(const std::string& name, ValueId x, std::int64_t hidden) {
  return recurrent(Op::lstm, name, x, hidden);
}

ValueId GraphMaker::recurrent(Op op, const std::string& name, ValueId x, std::int64_t hidden, bool reverse,
                              bool resets_after) {
  const Shape in = shape(x);
  const float reach = 1 / std::sqrt(static_cast<float>(hidden));
  const std::int64_t rows = hidden * (op == Op::lstm ? 4 : op == Op::gru ? 3 : 1);
  const ValueId w = random(name + ".w", {1, rows, in[2]}, -reach, reach);
  const ValueId r = random(name + ".r", {1, rows, hidden}, -reach, reach),
                b = random(name + ".b", {1, 2 * rows}, -reach, reach);
  const ir::Attributes attributes =
      op == Op::lstm ? ir::Attributes(ir::LstmAttributes{hidden, 0, reverse})
                     : ir::Attributes(ir::RecurrentAttributes{hidden, reverse, resets_after});
  const ValueId y = node(op, name, {x, w, r, b}, {in[0], in[1], hidden}, attributes);
  graph.nodes.back().outputs.resize(op == Op::lstm ? 3 : 2, ir::kNoValue);
  return y;
}

ValueId GraphMaker::pool(Op op, const std::string& name, ValueId x, std::int64_t kernel,
                         std::int64_t stride) {
  Shape result = shape(x);
  for (const std::size_t axis : {2u, 3u}) result[axis] = (result[axis] - kernel) / stride + 1;
  ir::PoolAttributes attributes;
  std::ranges::fill(attributes.kernel, kernel);
  std::ranges::fill(attributes.strides, stride);
  return node(op, name, {x}, result, attributes);
}

ir::ValueId GraphMaker::batch_normalization(const std::string& name, ir::ValueId x) {
  const std::int64_t channels = shape(x)[1];
  const auto parameter = [&](const char* what, float lo, float hi) {
    return random(name + what, {channels}, lo, hi);
  };
  return same_shape(
      Op::batch_normalization, name,
      {x, parameter(".s", -2, 2), parameter(".b", -1, 1), parameter(".m", -1, 1), parameter(".v", 0.1f, 2)});
}

ValueId GraphMaker::same_shape(Op op, const std::string& name, std::vector<ValueId> inputs) {
  const Shape result = shape(inputs.at(0));
  return node(op, name, std::move(inputs), result);
}

std::string outline(const ir::Graph& graph) {
  const auto name = [&](ValueId id) {
    return id == ir::kNoValue ? std::string("-") : graph.values.at(id).name;
  };
  const auto names = [&](const std::vector<ValueId>& ids) {
    std::vector<std::string> list;
    for (const ValueId id : ids) list.push_back(name(id));
    return fmt::format("{}", fmt::join(list, ", "));
  };
  std::string text;
  for (const ir::Node& node : graph.nodes) {
    text +=
        fmt::format("{}({}) -> {}", ir::operator_name(node), names(node.inputs), name(node.outputs.at(0)));
    if (node.clamp.active()) text += fmt::format(" [{}, {}]", node.clamp.lo, node.clamp.hi);
    text += "\n";
  }
  return text + "outputs: " + names(graph.outputs) + "\n";
}

std::string faults(const ir::Graph& graph) { return fmt::format("{}", fmt::join(ir::verify(graph), "\n")); }

std::vector<ir::Tensor> run(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs) {
  return reference::Naive().run(graph, inputs);
}

double largest_difference(const std::vector<ir::Tensor>& a, const std::vector<ir::Tensor>& b) {
  double largest = 0;
  EXPECT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    EXPECT_EQ(a[i].shape(), b[i].shape());
    for (std::size_t k = 0; k < std::min(a[i].size(), b[i].size()); ++k) {
      largest = std::max(largest, std::abs(static_cast<double>(a[i].data<float>()[k]) -
                                           static_cast<double>(b[i].data<float>()[k])));
    }
  }
  return largest;
}

const ir::Node& find_node(const ir::Graph& graph, const std::string& name) {
  for (const ir::Node& node : graph.nodes) {
    if (node.name == name) return node;
  }
  throw std::out_of_range("no node " + name);
}

const ir::Value& find_value(const ir::Graph& graph, const std::string& name) {
  for (const ir::Value& value : graph.values) {
    if (value.name == name) return value;
  }
  throw std::out_of_range("no value " + name);
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/graphs.h"

#include <fmt/format.h>

#include <cmath>
#include <random>

namespace nnp::bench {
namespace {

class Chain {
 public:
  explicit Chain(ir::Shape input) : at_(value("x", std::move(input))) { graph_.inputs = {at_}; }

  void layer(ir::Op op, ir::Shape weights, std::int64_t terms, const ir::Attributes& attributes) {
    const std::string name = fmt::format("layer{}", graph_.nodes.size());
    const ir::ValueId w = value(name + ".w", weights);
    graph_.values[w].constant = random(weights, terms);
    const ir::ValueId y = value(name, graph_.values[at_].shape);
    graph_.nodes.push_back({op, name, {at_, w}, {y}, attributes, {}, false, {name}});
    at_ = y;
  }
  ir::Graph finish() {
    graph_.outputs = {at_};
    return std::move(graph_);
  }

 private:
  ir::ValueId value(const std::string& name, ir::Shape shape) {
    return graph_.add_value({name, ir::DType::f32, std::move(shape), {}, {}});
  }
  /// Results stay as large as operands: a sum of `terms` has the variance of one.
  ir::Tensor random(const ir::Shape& shape, std::int64_t terms) {
    const float reach = std::sqrt(3.0f / static_cast<float>(terms));
    std::uniform_real_distribution<float> draw(-reach, reach);
    ir::Tensor tensor(ir::DType::f32, shape);
    for (float& x : tensor.data<float>()) x = draw(random_);
    return tensor;
  }

  std::mt19937 random_{1};
  ir::Graph graph_;
  ir::ValueId at_;
};

}  // namespace

ir::Graph chain_of_products(std::int64_t layers, std::int64_t width) {
  Chain chain({1, width});
  for (std::int64_t i = 0; i < layers; ++i)
    chain.layer(ir::Op::gemm, {width, width}, width, ir::GemmAttributes{});
  return chain.finish();
}

ir::Graph chain_of_convolutions(std::int64_t layers, std::int64_t channels) {
  constexpr std::int64_t kSide = 14, kKernel = 3;
  Chain chain({1, channels, kSide, kSide});
  ir::ConvAttributes attributes;
  for (std::int64_t& size : attributes.kernel) size = kKernel;
  for (std::int64_t& pad : attributes.pads) pad = kKernel / 2;
  for (std::int64_t i = 0; i < layers; ++i)
    chain.layer(ir::Op::conv, {channels, channels, kKernel, kKernel}, channels * kKernel * kKernel,
                attributes);
  return chain.finish();
}

}  // namespace nnp::bench

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/real_sums.h"

#include <algorithm>
#include <cmath>

#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/reals.h"
#include "host_runtime/reference/naive/recurrent/recurrent.h"

namespace nnp::compare {
namespace {

namespace naive = reference::naive;

/// y = x times w, a Conv or a MatMul, in float32.
struct Product {
  ir::Node node;
  ir::Tensor x, w;
  ir::Shape result;
  std::size_t terms;
};

ir::Tensor floats(const ir::Tensor& tensor) {
  return ir::Tensor::of<float>(tensor.shape(), naive::widened(tensor));
}

/// [.., N, K] as [.., K, N].
ir::Tensor upright(const ir::Tensor& tensor) {
  ir::Shape shape = tensor.shape();
  std::swap(shape[shape.size() - 2], shape.back());
  ir::Tensor result(ir::DType::f32, shape);
  const auto rows = static_cast<std::size_t>(shape.back()),
             columns = static_cast<std::size_t>(shape[shape.size() - 2]);
  for (std::size_t i = 0; i < tensor.size(); i += rows * columns)
    naive::transpose(tensor.data<float>().data() + i, rows, columns, result.data<float>().data() + i);
  return result;
}

Product product_of(const ir::Graph& graph, const ir::Node& node, const ir::Tensor& chip,
                   const reference::Tensors& values) {
  const naive::Operands operands(graph, node, values);
  Product product;
  product.node.name = node.name;
  product.node.op = ir::Op::matmul;
  if (ir::is_recurrent(node.op)) {
    product.x = floats(naive::recurrent_joined_input(operands, chip));
    product.w = floats(naive::recurrent_joined_weights(operands));
    product.result = chip.shape();
  } else {
    product.x = floats(operands.input(0)), product.w = floats(operands.input(1));
    product.result = operands.output_value().shape;
    if (node.op == ir::Op::conv)
      product.node.op = node.op, product.node.attributes = node.attributes;
    else if (ir::transposes_right(node))
      product.w = upright(product.w);
  }
  product.terms = node.op == ir::Op::conv ? product.w.size() / static_cast<std::size_t>(product.w.shape()[0])
                                          : static_cast<std::size_t>(product.x.shape().back());
  return product;
}

ir::Tensor sums_of(reference::SumsJudge& judge, const Product& product, const ir::Tensor& x,
                   const ir::Tensor& w) {
  ir::Graph graph;
  ir::Node node = product.node;
  const auto value = [&](const char* name, const ir::Shape& shape) {
    return graph.add_value({name, ir::DType::f32, shape, {}, {}});
  };
  node.inputs = {value("x", x.shape()), value("w", w.shape())};
  node.outputs = {value("y", product.result)};
  return judge.real_sums(graph, node, {x, w, {}});
}

ir::Tensor magnitudes(const ir::Tensor& tensor) {
  ir::Tensor result(ir::DType::f32, tensor.shape());
  std::ranges::transform(tensor.data<float>(), result.data<float>().begin(),
                         [](float x) { return std::abs(x); });
  return result;
}

}  // namespace

RealSums real_sums(reference::SumsJudge& judge, const ir::Graph& graph, const ir::Node& node,
                   const ir::Tensor& chip, const reference::Tensors& values) {
  const Product product = product_of(graph, node, chip, values);
  RealSums answer{sums_of(judge, product, product.x, product.w),
                  sums_of(judge, product, magnitudes(product.x), magnitudes(product.w))};
  answer.sums.reshape(chip.shape()), answer.bounds.reshape(chip.shape());
  const double terms = static_cast<double>(product.terms), gamma = terms * 0x1p-24 / (1 - terms * 0x1p-24);
  for (float& bound : answer.bounds.data<float>())
    bound = static_cast<float>(2 * gamma / (1 - gamma) * static_cast<double>(bound) + terms * 0x1p-126);
  return answer;
}

}  // namespace nnp::compare

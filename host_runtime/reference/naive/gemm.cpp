// SPDX-License-Identifier: Apache-2.0
// Gemm and MatMul. Float: chains of fused multiply-adds by ascending k. Integer: exact sums of codes; the
// right side is s8, a constant matrix or, of a MatMul, an activation.
#include <fmt/format.h>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/reals.h"
#include "host_runtime/reference/naive/sums.h"

namespace nnp::reference::naive {
namespace {

bool transpose_flag(const Operands& node, bool ir::GemmAttributes::*which) {
  const auto* attributes = std::get_if<ir::GemmAttributes>(&node.node().attributes);
  return attributes && attributes->*which;
}

// An operand as a row-major matrix, transposed where the node says so.
template <typename T>
struct Matrix {
  std::size_t rows, columns;
  std::vector<T> data;
};
template <typename T>
Matrix<T> matrix(const Operands& node, std::size_t input, bool transposed) {
  const ir::Shape& shape = node.input(input).shape();
  if (shape.empty()) node.fail("a scalar operand");
  const auto columns = static_cast<std::size_t>(shape.back());
  const std::size_t rows = columns == 0 ? 0 : node.input(input).size() / columns;
  const auto source = node.data<T>(input);
  if (!transposed) return {rows, columns, {source.begin(), source.end()}};
  if (shape.size() != 2) node.fail("a transposed operand must be a matrix");
  std::vector<T> data(source.size());
  transpose(source.data(), rows, columns, data.data());
  return {columns, rows, std::move(data)};
}

void check_product(const Operands& node, std::size_t K, std::size_t K_of_b, std::size_t M, std::size_t N,
                   std::size_t outputs) {
  if (K != K_of_b || M * N != outputs)
    node.fail(fmt::format("[{}, {}] times [{}, {}] does not give {}", M, K, K_of_b, N,
                          to_text(node.output_value().shape)));
}

void run_gemm_float(Call& call) {
  const auto& attributes = call.attributes<ir::GemmAttributes>();
  const Matrix<float> a = matrix<float>(call, 0, attributes.transpose_a),
                      b = matrix<float>(call, 1, attributes.transpose_b);
  const ir::Shape& shape = call.output_value().shape;
  const auto y = call.output_data<float>();
  check_product(call, a.columns, b.rows, a.rows, b.columns, y.size());
  numerics::best().gemm_f32(a.data.data(), a.columns, b.data.data(), b.columns, y.data(), b.columns, a.rows,
                            b.columns, a.columns, false);
  std::vector<float> c(y.size(), 0.0f);
  if (call.has(2)) {
    if (broadcast_shape(call.input(2).shape(), shape) != shape)
      call.fail("the third operand does not broadcast to the result");
    c = expanded(call.data<float>(2), call.input(2).shape(), shape);
  }
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = attributes.alpha * y[i] + attributes.beta * c[i];
}

// numpy's matmul: leading axes broadcast; a vector is a row on the left and a column on the right.
template <typename A, typename B, typename S, typename Gemm>
void matmul_sums(const Operands& node, Gemm gemm, std::span<S> sums) {
  ir::Shape a = node.input(0).shape(), b = node.input(1).shape();
  if (a.empty() || b.empty()) node.fail("a scalar operand");
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  const bool transposed = ir::transposes_right(node.node());
  if (transposed) std::swap(b[b.size() - 2], b.back());
  const auto M = static_cast<std::size_t>(a[a.size() - 2]), K = static_cast<std::size_t>(a.back());
  const auto N = static_cast<std::size_t>(b.back());
  const ir::Shape a_batch(a.begin(), a.end() - 2), b_batch(b.begin(), b.end() - 2);
  const auto batch = broadcast_shape(a_batch, b_batch);
  if (!batch) node.fail(fmt::format("{} and {} do not broadcast", to_text(a), to_text(b)));
  const auto a_matrices = broadcast_indices(a_batch, *batch), b_matrices = broadcast_indices(b_batch, *batch);
  check_product(node, K, static_cast<std::size_t>(b[b.size() - 2]), a_matrices.size() * M, N, sums.size());
  std::vector<B> upright(transposed ? K * N : 0);
  for (std::size_t i = 0; i < a_matrices.size(); ++i) {
    const B* right = node.data<B>(1).data() + b_matrices[i] * K * N;
    if (transposed) transpose(right, N, K, upright.data());
    gemm(node.data<A>(0).data() + a_matrices[i] * M * K, K, transposed ? upright.data() : right, N,
         sums.data() + i * M * N, N, M, N, K, false);
  }
}

bool computes_right(const Operands& node) {
  return node.node().op == ir::Op::matmul && !node.input_value(1).constant;
}

}  // namespace

ir::Shape gemm_sums_shape(const Operands& node) {
  const ir::Shape& y = node.output_value().shape;
  if (y.empty()) node.fail("a scalar result");
  const std::int64_t N = y.back();
  return {N == 0 ? 0 : ir::element_count(y) / N, N};
}

ir::Tensor gemm_sums(const Operands& node) {
  if (computes_right(node)) {
    ir::Tensor sums(ir::DType::i32, gemm_sums_shape(node));
    with_code_type(node.input(0).type(), [&](auto type) {
      matmul_sums<decltype(type), std::int8_t>(node, gemm_kernel(type), sums.data<std::int32_t>());
    });
    return sums;
  }
  if (node.input(1).type() != ir::DType::s8 || node.input(1).shape().size() != 2)
    node.fail("integer weights must be an s8 matrix");
  const Matrix<std::int8_t> b =
      matrix<std::int8_t>(node, 1, transpose_flag(node, &ir::GemmAttributes::transpose_b));
  ir::Tensor sums(ir::DType::i32, gemm_sums_shape(node));
  with_code_type(node.input(0).type(), [&](auto type) {
    const auto a = matrix<decltype(type)>(node, 0, transpose_flag(node, &ir::GemmAttributes::transpose_a));
    check_product(node, a.columns, b.rows, a.rows, b.columns, sums.size());
    gemm_kernel(type)(a.data.data(), a.columns, b.data.data(), b.columns, sums.data<std::int32_t>().data(),
                      b.columns, a.rows, b.columns, a.columns, false);
  });
  return sums;
}

void finish_gemm(Call& call, const ir::Tensor& sums) {
  const std::vector<numerics::ChannelParam> params = ir::channel_params(call.graph(), call.node());
  const numerics::OutputRange range = ir::output_range(call.graph(), call.node());
  ir::Tensor& y = call.output();
  const std::size_t N = params.size();
  with_code_type(y.type(), [&](auto type) {
    const auto codes = y.data<decltype(type)>();
    for (std::size_t i = 0; i < codes.size(); i += N)
      requantize_kernel(type)(sums.data<std::int32_t>().data() + i, params.data(), codes.data() + i, N,
                              range);
  });
}

ir::Tensor real_gemm_sums(const Operands& node) {
  ir::Tensor sums(ir::DType::f32, gemm_sums_shape(node));
  with_real_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    if (node.node().op == ir::Op::matmul)
      return matmul_sums<T, T>(node, real_gemm_kernel(type), sums.data<float>());
    const auto a = matrix<T>(node, 0, false), b = matrix<T>(node, 1, ir::transposes_right(node.node()));
    check_product(node, a.columns, b.rows, a.rows, b.columns, sums.size());
    real_gemm_kernel(type)(a.data.data(), a.columns, b.data.data(), b.columns, sums.data<float>().data(),
                           b.columns, a.rows, b.columns, a.columns, false);
  });
  return sums;
}

void finish_real_gemm(Call& call, const ir::Tensor& sums) {
  const auto params = channel_params(call, 2, static_cast<std::size_t>(sums.shape()[1]));
  const numerics::RealRange range = ir::real_range(call.node());
  ir::Tensor& y = call.output();
  with_real_type(y.type(), [&](auto type) {
    const auto results = y.data<decltype(type)>();
    for (std::size_t i = 0; i < results.size(); i += params.size())
      finish_row(sums.data<float>().data() + i, params, range, results.data() + i);
  });
}

void run_gemm(Call& call) {
  if (has_sums(call.graph(), call.node())) return finish_gemm(call, gemm_sums(call));
  if (has_real_sums(call.graph(), call.node())) return finish_real_gemm(call, real_gemm_sums(call));
  run_gemm_float(call);
}

void run_matmul(Call& call) {
  if (has_sums(call.graph(), call.node())) return finish_gemm(call, gemm_sums(call));
  if (has_real_sums(call.graph(), call.node())) return finish_real_gemm(call, real_gemm_sums(call));
  matmul_sums<float, float>(call, numerics::best().gemm_f32, call.output_data<float>());  // of vectors
}

}  // namespace nnp::reference::naive

// SPDX-License-Identifier: Apache-2.0
// Gemm and MatMul. Float: binary32 sums. Integer: one product with a constant s8 matrix on the right.
#include <fmt/format.h>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
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

// y[m][n] = sum_k a[m][k] b[k][n], k ascending, by fused multiply-adds in binary32.
void multiply(const float* a, const float* b, float* y, std::size_t M, std::size_t N, std::size_t K) {
  numerics::best().gemm_f32(a, K, b, N, y, N, M, N, K, false);
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
  multiply(a.data.data(), b.data.data(), y.data(), a.rows, b.columns, a.columns);
  if (attributes.alpha != 1) {
    for (float& element : y) element *= attributes.alpha;
  }
  if (!call.has(2)) return;
  if (broadcast_shape(call.input(2).shape(), shape) != shape)
    call.fail("the third operand does not broadcast to the result");
  const std::vector<float> c = expanded(call.data<float>(2), call.input(2).shape(), shape);
  for (std::size_t i = 0; i < y.size(); ++i) {
    const float addend = attributes.beta * c[i];
    y[i] += addend;
  }
}

// numpy's matmul: leading axes broadcast; a vector is a row on the left and a column on the right.
void run_matmul_float(Call& call) {
  ir::Shape a = call.input(0).shape(), b = call.input(1).shape();
  if (a.empty() || b.empty()) call.fail("a scalar operand");
  if (a.size() == 1) a.insert(a.begin(), 1);
  if (b.size() == 1) b.push_back(1);
  const auto M = static_cast<std::size_t>(a[a.size() - 2]), K = static_cast<std::size_t>(a.back());
  const auto N = static_cast<std::size_t>(b.back());
  const ir::Shape a_batch(a.begin(), a.end() - 2), b_batch(b.begin(), b.end() - 2);
  const auto batch = broadcast_shape(a_batch, b_batch);
  if (!batch) call.fail(fmt::format("{} and {} do not broadcast", to_text(a), to_text(b)));
  const auto y = call.output_data<float>();
  const auto a_matrices = broadcast_indices(a_batch, *batch), b_matrices = broadcast_indices(b_batch, *batch);
  check_product(call, K, static_cast<std::size_t>(b[b.size() - 2]), a_matrices.size() * M, N, y.size());
  for (std::size_t i = 0; i < a_matrices.size(); ++i)
    multiply(call.data<float>(0).data() + a_matrices[i] * M * K,
             call.data<float>(1).data() + b_matrices[i] * K * N, y.data() + i * M * N, M, N, K);
}

}  // namespace

ir::Shape gemm_sums_shape(const Operands& node) {
  const ir::Shape& y = node.output_value().shape;
  if (y.empty()) node.fail("a scalar result");
  const std::int64_t N = y.back();
  return {N == 0 ? 0 : ir::element_count(y) / N, N};
}

ir::Tensor gemm_sums(const Operands& node) {
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

void run_gemm(Call& call) {
  if (has_sums(call.graph(), call.node())) return finish_gemm(call, gemm_sums(call));
  run_gemm_float(call);
}

void run_matmul(Call& call) {
  if (has_sums(call.graph(), call.node())) return finish_gemm(call, gemm_sums(call));
  run_matmul_float(call);
}

}  // namespace nnp::reference::naive

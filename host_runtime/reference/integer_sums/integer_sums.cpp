// SPDX-License-Identifier: Apache-2.0
// Images are padded here, with the zero point. An s16 code is 256 * high + low, high s8 and low u8: two
// products, summed modulo 2^32.
#include "host_runtime/reference/integer_sums/integer_sums.h"

#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/reference/integer_sums/padded_images.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/recurrent/integer_cells.h"
#include "host_runtime/reference/naive/sums.h"

namespace nnp::reference {
namespace {

// product(Codes, sums) for 8-bit codes, made to serve 16-bit codes too.
template <typename T, typename Product>
void whole_codes(std::span<const T> codes, std::span<std::int32_t> sums, Product product) {
  if constexpr (sizeof(T) == 1) {
    product(Codes(codes), sums);
  } else {
    std::vector<std::int8_t> high(codes.size());
    std::vector<std::uint8_t> low(codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
      high[i] = static_cast<std::int8_t>(codes[i] >> 8);
      low[i] = static_cast<std::uint8_t>(codes[i] & 0xFF);
    }
    std::vector<std::int32_t> high_sums(sums.size());
    product(Codes(std::span<const std::int8_t>(high)), std::span<std::int32_t>(high_sums));
    product(Codes(std::span<const std::uint8_t>(low)), sums);
    for (std::size_t i = 0; i < sums.size(); ++i)
      sums[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) +
                                          256u * static_cast<std::uint32_t>(high_sums[i]));
  }
}

// a [M, terms] times the weights.
template <typename T>
void multiply(CodeProducts& products, std::span<const T> a, std::size_t M, const WeightMatrix& w,
              std::span<std::int32_t> sums) {
  whole_codes(a, sums,
              [&](const Codes& codes, std::span<std::int32_t> out) { products.multiply(codes, M, w, out); });
}

ir::Tensor conv_sums(CodeProducts& products, const naive::Operands& node) {
  const naive::Window w = naive::conv_window(node);
  ir::Tensor sums(ir::DType::i32, naive::conv_sums_shape(node));
  if (sums.size() == 0) return sums;
  const std::int32_t zero = node.input_value(0).quant ? node.input_value(0).quant->zero_point : 0;
  naive::with_code_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    const std::vector<T> images = padded_images<T>(w, node.data<T>(0), static_cast<T>(zero));
    const PaddedConvolution convolution{w, padded_height(w), padded_width(w),
                                        node.data<std::int8_t>(1).data()};
    whole_codes(
        std::span<const T>(images), sums.data<std::int32_t>(),
        [&](const Codes& codes, std::span<std::int32_t> out) { products.convolve(codes, convolution, out); });
  });
  return sums;
}

ir::Tensor product_sums(CodeProducts& products, const naive::Operands& node) {
  const auto* attributes = std::get_if<ir::GemmAttributes>(&node.node().attributes);
  const ir::Shape &a = node.input(0).shape(), &b = node.input(1).shape();
  if (attributes && attributes->transpose_a)
    node.fail("an integer product's left side must not be transposed");
  // One matrix for all rows, or one for each batch of them.
  if (a.empty() || b.size() < 2) node.fail("the right side of an integer product must be a matrix");
  const bool batched = b.size() > 2;
  if (batched && (a.size() != b.size() || !std::equal(a.begin(), a.end() - 2, b.begin())))
    node.fail(fmt::format("batches of {} and {} differ", naive::to_text(a), naive::to_text(b)));
  const bool transposed = attributes && attributes->transpose_b;
  const std::int64_t K = transposed ? b.back() : b[b.size() - 2], N = transposed ? b[b.size() - 2] : b.back();
  ir::Tensor sums(ir::DType::i32, naive::gemm_sums_shape(node));
  const std::int64_t M = sums.shape()[0];
  if (a.back() != K || sums.shape()[1] != N || ir::element_count(a) != M * K)
    node.fail(fmt::format("{} times {} does not give {}", naive::to_text(a), naive::to_text(b),
                          naive::to_text(node.output_value().shape)));
  if (sums.size() == 0 || K == 0) return sums;
  const std::size_t batches = batched ? node.input(1).size() / static_cast<std::size_t>(K * N) : 1,
                    rows = static_cast<std::size_t>(M) / batches, terms = static_cast<std::size_t>(K),
                    columns = static_cast<std::size_t>(N);
  naive::with_code_type(node.input(0).type(), [&](auto type) {
    using T = decltype(type);
    for (std::size_t i = 0; i < batches; ++i) {
      const std::int8_t* elements = node.data<std::int8_t>(1).data() + i * terms * columns;
      const WeightMatrix w = transposed ? WeightMatrix{elements, terms, columns, 1, terms}
                                        : WeightMatrix{elements, terms, columns, columns, 1};
      multiply<T>(products, node.data<T>(0).subspan(i * rows * terms, rows * terms), rows, w,
                  sums.data<std::int32_t>().subspan(i * rows * columns, rows * columns));
    }
  });
  return sums;
}

ir::Tensor recurrent_sums(CodeProducts& products, const naive::Operands& node) {
  const ir::Shape shape = naive::recurrent_sums_shape(node);
  if (ir::element_count(shape) == 0) return {ir::DType::i32, shape};
  const auto by_products = [&](const std::int16_t* a, std::size_t terms, const std::int8_t* b,
                               std::size_t ldb, std::int32_t* c, std::size_t ldc, std::size_t m,
                               std::size_t n, std::size_t k, bool accumulate) {
    std::vector<std::int32_t> product(m * n);
    if (k != 0) multiply<std::int16_t>(products, {a, m * terms}, m, {b, k, n, ldb, 1}, product);
    for (std::size_t i = 0; i < m * n; ++i) {
      std::int32_t& sum = c[i / n * ldc + i % n];
      sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(product[i]) +
                                      (accumulate ? static_cast<std::uint32_t>(sum) : 0u));
    }
  };
  return ir::Tensor::of<std::int32_t>(shape, naive::Recurrence<naive::IntegerCell>(node).sums(by_products));
}

}  // namespace

ir::Tensor integer_sums(CodeProducts& products, const naive::Operands& node) {
  if (!naive::has_sums(node.graph(), node.node())) node.fail("has no integer sums");
  switch (node.node().op) {
    case ir::Op::conv:
      return conv_sums(products, node);
    case ir::Op::lstm:
    case ir::Op::gru:
    case ir::Op::rnn:
      return recurrent_sums(products, node);
    default:
      return product_sums(products, node);
  }
}

}  // namespace nnp::reference

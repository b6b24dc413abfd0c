// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu_judge/gpu_judge.h"

#include <fmt/format.h>

#include "host_runtime/reference/gpu_judge/windows.h"
#include "host_runtime/reference/integer_sums/integer_sums.h"
#include "host_runtime/reference/integer_sums/padded_images.h"
#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/sums.h"

namespace nnp::reference {
namespace {

// Codes as s8: u8 ones less 128, which is their highest bit turned.
std::vector<std::int8_t> signed_codes(const Codes& codes) {
  const std::byte turned{static_cast<unsigned char>(codes.is_unsigned ? 0x80 : 0)};
  std::vector<std::int8_t> result(codes.bytes.size());
  std::ranges::transform(codes.bytes, result.begin(),
                         [&](std::byte code) { return static_cast<std::int8_t>(code ^ turned); });
  return result;
}

// sum (u - 128) w to sum u w, modulo 2^32.
void add_128_times_columns(const WeightMatrix& w, std::span<std::int32_t> sums) {
  std::vector<std::uint32_t> columns(w.columns);
  for (std::size_t n = 0; n < w.columns; ++n)
    for (std::size_t k = 0; k < w.terms; ++k)
      columns[n] += 128u * static_cast<std::uint32_t>(w.elements[k * w.term_stride + n * w.column_stride]);
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[i]) + columns[i % w.columns]);
}

class GpuCodeProducts : public CodeProducts {
 public:
  explicit GpuCodeProducts(HostProducts& products) : products_(products) {}

  void multiply(const Codes& a, std::size_t M, const WeightMatrix& w, std::span<std::int32_t> sums) override {
    const std::vector<std::int8_t> codes = signed_codes(a);
    std::ranges::fill(sums, 0);
    const Factors<std::int8_t> factors{codes.data(), w.elements, sums.data()};
    products_.add({M, w.columns, w.terms, w.terms, w.term_stride, w.column_stride, w.columns}, {&factors, 1});
    if (a.is_unsigned) add_128_times_columns(w, sums);
  }

  void convolve(const Codes& images, const PaddedConvolution& c, std::span<std::int32_t> sums) override {
    const naive::Window& w = c.window;
    const std::size_t terms = w.group_channels() * w.R * w.S;
    const std::vector<std::int8_t> codes = signed_codes(images);
    std::ranges::fill(sums, 0);
    add_window_products<std::int8_t>(products_, w, c.height, c.width, codes.data(), c.weights, sums.data());
    if (images.is_unsigned) add_128_times_columns({c.weights, terms, w.K, 1, terms}, sums);
  }

 private:
  HostProducts& products_;
};

void add_conv(HostProducts& products, const naive::Operands& node, std::span<float> sums) {
  const naive::Window w = naive::conv_window(node);
  const std::vector<float> images = padded_images<float>(w, node.data<float>(0), 0.0f);
  add_window_products(products, w, padded_height(w), padded_width(w), images.data(),
                      node.data<float>(1).data(), sums.data());
}

// Leading axes broadcast as numpy's.
void add_matmul(HostProducts& products, const naive::Operands& node, std::span<float> sums) {
  const ir::Shape &a = node.input(0).shape(), &b = node.input(1).shape();
  if (a.size() < 2 || b.size() < 2 || a.back() != b[b.size() - 2])
    node.fail(fmt::format("{} times {} is no product of matrices", naive::to_text(a), naive::to_text(b)));
  const ir::Shape a_batch(a.begin(), a.end() - 2), b_batch(b.begin(), b.end() - 2);
  const auto batch = naive::broadcast_shape(a_batch, b_batch);
  if (!batch) node.fail(fmt::format("{} and {} do not broadcast", naive::to_text(a), naive::to_text(b)));
  const auto M = static_cast<std::size_t>(a[a.size() - 2]), K = static_cast<std::size_t>(a.back()),
             N = static_cast<std::size_t>(b.back());
  const auto left = naive::broadcast_indices(a_batch, *batch),
             right = naive::broadcast_indices(b_batch, *batch);
  if (sums.size() != left.size() * M * N)
    node.fail(fmt::format("{} times {} does not give {}", naive::to_text(a), naive::to_text(b),
                          naive::to_text(node.output_value().shape)));
  std::vector<Factors<float>> factors;
  for (std::size_t i = 0; i < left.size(); ++i)
    factors.push_back({node.data<float>(0).data() + left[i] * M * K,
                       node.data<float>(1).data() + right[i] * K * N, sums.data() + i * M * N});
  if (b_batch.empty() || std::ranges::all_of(b_batch, [](std::int64_t n) { return n == 1; }))
    return products.add({left.size() * M, N, K, K, N, 1, N},
                        std::span(factors).first(1));  // all rows at once
  products.add({M, N, K, K, N, 1, N}, factors);
}

}  // namespace

ir::Tensor GpuJudge::accumulators(const ir::Graph& graph, const ir::Node& node, const Tensors& values) {
  GpuCodeProducts products(products_);
  return integer_sums(products, {graph, node, values});
}

ir::Tensor GpuJudge::real_sums(const ir::Graph& graph, const ir::Node& node, const Tensors& values) {
  const naive::Operands operands(graph, node, values);
  ir::Tensor sums(ir::DType::f32, naive::sums_shape(graph, node));
  if (sums.size() == 0) return sums;
  if (node.op == ir::Op::conv)
    add_conv(products_, operands, sums.data<float>());
  else if (node.op == ir::Op::matmul)
    add_matmul(products_, operands, sums.data<float>());
  else
    operands.fail("is neither a Conv nor a MatMul");
  return sums;
}

}  // namespace nnp::reference

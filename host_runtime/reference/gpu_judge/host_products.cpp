// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu_judge/host_products.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

#include "host_runtime/reference/gpu/device_memory.h"

namespace nnp::reference {
namespace {

// cuBLASLt has int8 kernels for M and K in fours and a right side that lies transposed, faster ones for rows
// of whole 16 bytes (cuBLAS library documentation, cublasLtMatmul). Zeros fill up: they add nothing.
constexpr std::size_t kTermStep = 16, kRowStep = 4;

// |s8 * s8| <= 2^14: so many terms stay below 2^31, whatever a kernel does beyond. Reals go the same way.
constexpr std::size_t kMostTerms = (std::size_t{1} << 17) - kTermStep;

std::size_t padded(std::size_t n, std::size_t step) { return (n + step - 1) / step * step; }

constexpr gpu::Element element_of(std::int8_t) { return gpu::Element::s8; }
constexpr gpu::Element element_of(float) { return gpu::Element::f32; }

void add_to(std::int32_t& sum, std::int32_t part) {
  sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(part));
}
void add_to(float& sum, float part) { sum += part; }

/// Sizes of a tile, or where one begins.
struct Tile {
  std::size_t batches, M, N, K;
  auto key() const { return std::tuple(batches, M, N, K); }
  Tile in_kernel() const { return {batches, padded(M, kRowStep), padded(N, kRowStep), padded(K, kTermStep)}; }
};

/// The largest tile whose operands and sums are `bytes` at most each, and at least a kernel's smallest.
Tile largest_tile(const ProductSizes& sizes, std::size_t batches, std::size_t element_bytes,
                  std::size_t bytes) {
  const auto fitting = [&](std::size_t size, std::size_t bytes_each) {
    const std::size_t most = std::max(kRowStep, bytes / bytes_each / kRowStep * kRowStep);
    return std::min(size, most);
  };
  Tile tile{1, 0, 0, std::min(sizes.K, kMostTerms)};
  const std::size_t row = padded(tile.K, kTermStep) * element_bytes;
  tile.N = fitting(sizes.N, row);
  tile.M = fitting(sizes.M, std::max(row, padded(tile.N, kRowStep) * 4));
  if (tile.M == sizes.M && tile.N == sizes.N) {
    const Tile kernel = tile.in_kernel();
    const std::size_t one = std::max(std::max(kernel.M, kernel.N) * row, kernel.M * kernel.N * 4);
    tile.batches = std::clamp<std::size_t>(bytes / one, 1, batches);
  }
  return tile;
}

template <typename T>
class Tiles {
 public:
  using Sum = typename SumOf<T>::Type;

  Tiles(gpu::Gpu& gpu, const Tile& largest)
      : gpu_(gpu),
        left_(gpu, left_size(largest) * sizeof(T)),
        right_(gpu, right_size(largest) * sizeof(T)),
        sums_(gpu, sum_size(largest) * sizeof(Sum)) {}

  void add(const ProductSizes& sizes, std::span<const Factors<T>> batch, const Tile& first,
           const Tile& tile) {
    const Tile kernel = tile.in_kernel();
    std::vector<T> left(left_size(tile)), right(right_size(tile));
    for (std::size_t b = 0; b < tile.batches; ++b) {
      const Factors<T>& factors = batch[first.batches + b];
      for (std::size_t m = 0; m < tile.M; ++m)
        std::copy_n(factors.left + (first.M + m) * sizes.left_stride + first.K, tile.K,
                    left.data() + (b * kernel.M + m) * kernel.K);
      for (std::size_t n = 0; n < tile.N; ++n)
        for (std::size_t k = 0; k < tile.K; ++k)
          right[(b * kernel.N + n) * kernel.K + k] =
              factors.right[(first.K + k) * sizes.term_stride + (first.N + n) * sizes.column_stride];
    }
    gpu_.upload(left_.address(), left.data(), left.size() * sizeof(T));
    gpu_.upload(right_.address(), right.data(), right.size() * sizeof(T));
    program(kernel).run();
    std::vector<Sum> sums(sum_size(tile));
    gpu_.download(sums.data(), sums_.address(), sums.size() * sizeof(Sum));
    for (std::size_t b = 0; b < tile.batches; ++b)
      for (std::size_t m = 0; m < tile.M; ++m)
        for (std::size_t n = 0; n < tile.N; ++n)
          add_to(batch[first.batches + b].sums[(first.M + m) * sizes.sum_stride + first.N + n],
                 sums[(b * kernel.M + m) * kernel.N + n]);
  }

 private:
  static std::size_t left_size(const Tile& tile) {
    const Tile kernel = tile.in_kernel();
    return kernel.batches * kernel.M * kernel.K;
  }
  static std::size_t right_size(const Tile& tile) {
    const Tile kernel = tile.in_kernel();
    return kernel.batches * kernel.N * kernel.K;
  }
  static std::size_t sum_size(const Tile& tile) {
    const Tile kernel = tile.in_kernel();
    return kernel.batches * kernel.M * kernel.N;
  }

  gpu::Program& program(const Tile& kernel) {
    std::unique_ptr<gpu::Program>& program = programs_[kernel.key()];
    if (program) return *program;
    gpu::Product product;
    product.batches = static_cast<int>(kernel.batches);
    product.M = static_cast<int>(kernel.M), product.N = static_cast<int>(kernel.N);
    product.K = static_cast<int>(kernel.K);
    product.transposed = true;
    product.element = element_of(T{});
    product.a = left_.address(), product.w = right_.address(), product.d = sums_.address();
    product.a_stride = static_cast<std::int64_t>(kernel.M * kernel.K);
    product.w_stride = static_cast<std::int64_t>(kernel.N * kernel.K);
    product.d_stride = static_cast<std::int64_t>(kernel.M * kernel.N);
    auto made = gpu_.program();
    made->add(product);
    return *(program = std::move(made));
  }

  gpu::Gpu& gpu_;
  gpu::DeviceMemory left_, right_, sums_;
  /// One for each size that occurs: whole tiles, and those at the ends.
  std::map<decltype(Tile{}.key()), std::unique_ptr<gpu::Program>> programs_;
};

template <typename T>
void add_products(gpu::Gpu& gpu, std::size_t tile_bytes, const ProductSizes& sizes,
                  std::span<const Factors<T>> batch) {
  if (batch.empty() || sizes.M == 0 || sizes.N == 0 || sizes.K == 0) return;
  const Tile largest = largest_tile(sizes, batch.size(), sizeof(T), tile_bytes);
  Tiles<T> tiles(gpu, largest);
  Tile at{};
  for (at.batches = 0; at.batches < batch.size(); at.batches += largest.batches)
    for (at.N = 0; at.N < sizes.N; at.N += largest.N)
      for (at.M = 0; at.M < sizes.M; at.M += largest.M)
        for (at.K = 0; at.K < sizes.K; at.K += largest.K)
          tiles.add(
              sizes, batch, at,
              {std::min(largest.batches, batch.size() - at.batches), std::min(largest.M, sizes.M - at.M),
               std::min(largest.N, sizes.N - at.N), std::min(largest.K, sizes.K - at.K)});
}

}  // namespace

void HostProducts::add(const ProductSizes& sizes, std::span<const Factors<std::int8_t>> batch) {
  add_products(gpu_, tile_bytes_, sizes, batch);
}
void HostProducts::add(const ProductSizes& sizes, std::span<const Factors<float>> batch) {
  add_products(gpu_, tile_bytes_, sizes, batch);
}

}  // namespace nnp::reference

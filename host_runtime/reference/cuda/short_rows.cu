// SPDX-License-Identifier: Apache-2.0
// Softmax and layer normalisation of rows that stay in registers: memory is read once and written once. Up to
// a warp's lanes share a row, in fours; several rows share a warp where they are short.
#include "host_runtime/reference/cuda/fours.cuh"
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

constexpr int kWarp = 32;
// Fours that a lane has: the more, the fewer lanes share a row, and the fewer steps a reduction takes.
constexpr int kFew = 4, kMany = 8;

enum class Kind { reals, codes };

/// What a thread has of its row: of the fours every 2^shift-th, from its lane on.
template <int kFours>
class Share {
 public:
  __device__ Share(std::int64_t rows, std::int64_t n, int shift)
      : lanes_(1 << shift), lane_(static_cast<int>(threadIdx.x) & (lanes_ - 1)) {
    const std::int64_t row = (static_cast<std::int64_t>(blockIdx.x) * kThreads + threadIdx.x) >> shift;
    first_ = row * n;
    fours_ = row < rows ? static_cast<int>(n / 4) : 0;
  }

  /// Calls visit(k, i) for the k-th of its fours, which begins at element i of the row.
  template <typename Visit>
  __device__ __forceinline__ void each(Visit visit) const {
#pragma unroll
    for (int k = 0; k < kFours; ++k)
      if (const int four = lane_ + k * lanes_; four < fours_) visit(k, four * 4);
  }

  /// All of its elements; what lies beyond the row is left as it is.
  template <typename T>
  __device__ __forceinline__ void load(const gpu::Source& x, float (&values)[kFours][4]) const {
    Bits<T, 4> fours[kFours];  // all on their way before the first is looked at
    each([&](int k, int i) { fours[k] = reinterpret_cast<const Bits<T, 4>*>(x.at)[(first_ + i) >> 2]; });
    each([&](int k, int) { reals_of<T>(x, pack_of<T, 4>(fours[k]), values[k]); });
  }
  /// Writes its fours. `kind`: codes, which are of quotient(real); or reals.
  template <Kind kind, typename Quotient>
  __device__ __forceinline__ void store(const gpu::Target& y, const float (&values)[kFours][4],
                                        Quotient quotient) const {
    if constexpr (kind == Kind::codes)
      each([&](int k, int i) {
        float quotients[4];
#pragma unroll
        for (int e = 0; e < 4; ++e) quotients[e] = quotient(values[k][e]);
        store_codes(y, first_ + i, quotients);
      });
    else if (y.element == gpu::Element::f32)
      each([&](int k, int i) { store_four_of<float>(y, first_ + i, values[k]); });
    else if (y.element == gpu::Element::f16)
      each([&](int k, int i) { store_four_of<__half>(y, first_ + i, values[k]); });
    else
      each([&](int k, int i) { store_four_of<__nv_bfloat16>(y, first_ + i, values[k]); });
  }

  /// The same value in every lane of the row. Every thread of the warp comes here.
  template <typename Combine>
  __device__ __forceinline__ float over_row(float value, Combine combine) const {
    for (int distance = lanes_ / 2; distance > 0; distance /= 2)
      value = combine(value, __shfl_xor_sync(0xFFFFFFFFu, value, distance));
    return value;
  }

 private:
  int lanes_, lane_, fours_;
  std::int64_t first_;
};

struct Sum {
  __device__ float operator()(float a, float b) const { return a + b; }
};
struct Largest {
  __device__ float operator()(float a, float b) const { return fmaxf(a, b); }
};

/// Quotients of many numbers by one, each the one that a division gives: the reciprocal is rounded right, and
/// so is the second of two corrections (Markstein), as long as nothing overflows or is nearly lost: powers of
/// e, their sums and scales of codes are far from that.
class Divisor {
 public:
  __device__ explicit Divisor(float by) : by_(by), reciprocal_(1 / by) {}
  __device__ __forceinline__ float operator()(float x) const {
    float quotient = x * reciprocal_;
#pragma unroll
    for (int step = 0; step < 2; ++step) quotient = fmaf(fmaf(-by_, quotient, x), reciprocal_, quotient);
    return quotient;
  }

 private:
  float by_, reciprocal_;
};

template <typename T, int kFours, Kind kind>
__global__ void __launch_bounds__(kThreads) softmax(gpu::Softmax s, int shift) {
  const Share<kFours> share(s.rows, s.n, shift);
  float values[kFours][4];
  share.template load<T>(s.x, values);
  float largest = -INFINITY, sum = 0;
  share.each([&](int k, int) {
#pragma unroll
    for (int e = 0; e < 4; ++e) largest = fmaxf(largest, values[k][e]);
  });
  largest = share.over_row(largest, Largest());
  share.each([&](int k, int) {
#pragma unroll
    for (int e = 0; e < 4; ++e) sum += values[k][e] = expf(values[k][e] - largest);
  });
  const Divisor divided(share.over_row(sum, Sum()));
  share.each([&](int k, int) {
#pragma unroll
    for (int e = 0; e < 4; ++e) values[k][e] = divided(values[k][e]);
  });
  share.template store<kind>(s.y, values, Divisor(s.y.scale));
}

template <typename T, int kFours, Kind kind>
__global__ void __launch_bounds__(kThreads) layer_normalization(gpu::LayerNormalization l, int shift) {
  const Share<kFours> share(l.rows, l.n, shift);
  const auto count = static_cast<float>(l.n);
  float values[kFours][4], sum = 0, squares = 0;
  share.template load<T>(l.x, values);
  share.each([&](int k, int) {
#pragma unroll
    for (int e = 0; e < 4; ++e) sum += values[k][e];
  });
  const float mean = share.over_row(sum, Sum()) / count;
  share.each([&](int k, int) {
#pragma unroll
    for (int e = 0; e < 4; ++e) {
      values[k][e] -= mean;
      squares += values[k][e] * values[k][e];
    }
  });
  const float factor = 1 / sqrtf(share.over_row(squares, Sum()) / count + l.epsilon);
  share.each([&](int k, int i) {
    Four<float> scale = {1, 1, 1, 1}, shifted = {};
    if (l.scale) scale = four_at<float>(l.scale, i);
    if (l.shift) shifted = four_at<float>(l.shift, i);
#pragma unroll
    for (int e = 0; e < 4; ++e) values[k][e] = values[k][e] * factor * scale.of[e] + shifted.of[e];
  });
  share.template store<kind>(l.y, values, [&](float value) { return value / l.y.scale; });
}

/// Whether every four elements of an operand's rows are aligned together.
bool in_fours(gpu::Address at, gpu::Element element) {
  return at % (4 * gpu::size_of(element)) == 0 && with_pack_type(element, [](auto) {});
}

template <typename Request>
bool is_short(const Request& r) {
  return r.n % 4 == 0 && r.n <= kWarp * kMany * 4 && in_fours(r.x.at, r.x.element) &&
         in_fours(r.y.at, r.y.element);
}

/// Calls queue(T{}, fours of a lane, kind of y, blocks, shift), all but the last two as types.
template <typename Request, typename Queue>
void over_rows(const Request& r, Queue queue) {
  const std::int64_t fours = r.n / 4;
  int shift = 0;
  while ((1 << shift) < kWarp && (kFew << shift) < fours) ++shift;
  const auto blocks = static_cast<unsigned>(((r.rows << shift) + kThreads - 1) / kThreads);
  with_pack_type(r.x.element, [&](auto type) {
    const auto of_kind = [&](auto kind) {
      if (fours > (kFew << shift))
        queue(type, std::integral_constant<int, kMany>(), kind, blocks, shift);
      else
        queue(type, std::integral_constant<int, kFew>(), kind, blocks, shift);
    };
    if (gpu::size_of(r.y.element) == 1)
      of_kind(std::integral_constant<Kind, Kind::codes>());
    else
      of_kind(std::integral_constant<Kind, Kind::reals>());
  });
  NNP_CUDA(cudaGetLastError());
}

}  // namespace

bool launch_short_rows(const gpu::Softmax& s, cudaStream_t stream) {
  if (!is_short(s)) return false;
  over_rows(s, [&](auto type, auto fours, auto kind, unsigned blocks, int shift) {
    softmax<decltype(type), fours.value, kind.value><<<blocks, kThreads, 0, stream>>>(s, shift);
  });
  return true;
}

bool launch_short_rows(const gpu::LayerNormalization& l, cudaStream_t stream) {
  if (!is_short(l) || l.scale % 16 != 0 || l.shift % 16 != 0) return false;
  over_rows(l, [&](auto type, auto fours, auto kind, unsigned blocks, int shift) {
    layer_normalization<decltype(type), fours.value, kind.value><<<blocks, kThreads, 0, stream>>>(l, shift);
  });
  return true;
}

}  // namespace nnp::cuda

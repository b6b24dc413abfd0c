// SPDX-License-Identifier: Apache-2.0
// Functions element by element, moves among them: four elements a thread where they lie side by side.
#include <utility>

#include "host_runtime/reference/cuda/fours.cuh"
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

using gpu::Elementwise;
using gpu::Function;

__device__ __forceinline__ float evaluate(Function function, float a, float b, float alpha, float beta) {
  switch (function) {
    case Function::copy:
      return a;
    case Function::relu:
      return a < 0 ? 0 : a;
    case Function::clip:
      return clamped(a, alpha, beta);
    case Function::sigmoid:
      return 1 / (1 + expf(-a));
    case Function::tanh:
      return tanhf(a);
    case Function::neg:
      return -a;
    case Function::abs:
      return fabsf(a);
    case Function::exp:
      return expf(a);
    case Function::log:
      return logf(a);
    case Function::sqrt:
      return sqrtf(a);
    case Function::rsqrt:
      return 1 / sqrtf(a);
    case Function::reciprocal:
      return 1 / a;
    case Function::erf:
      return erff(a);
    case Function::gelu:
      return 0.5F * a * (1 + erff(a * 0.70710678F));
    case Function::gelu_tanh:
      return 0.5F * a * (1 + tanhf(0.79788456F * (a + 0.044715F * a * a * a)));
    case Function::silu:
      return a / (1 + expf(-a));
    case Function::hard_sigmoid:
      return clamped(alpha * a + beta, 0, 1);
    case Function::hard_swish:
      return a * clamped(a / 6 + 0.5F, 0, 1);
    case Function::leaky_relu:
      return a < 0 ? alpha * a : a;
    case Function::elu:
      return a < 0 ? alpha * expm1f(a) : a;
    case Function::softplus:
      return a > 20 ? a : log1pf(expf(a));
    case Function::add:
      return a + b;
    case Function::sub:
      return a - b;
    case Function::mul:
      return a * b;
    case Function::div:
      return a / b;
    case Function::min:
      return a < b ? a : b;
    case Function::max:
      return a > b ? a : b;
    case Function::pow:
      return powf(a, b);
    case Function::prelu:
      return a < 0 ? b * a : a;
  }
  return a;
}

__device__ void element_of(const Elementwise& e, std::int64_t x0, std::int64_t x1, std::int64_t y, bool two) {
  if (e.function == Function::copy && e.x[0].element == e.y.element && e.y.element == gpu::Element::i64) {
    reinterpret_cast<std::int64_t*>(e.y.at)[y] = element<std::int64_t>(e.x[0].at, x0);
    return;
  }
  const float a = load(e.x[0], x0), b = two ? load(e.x[1], x1) : 0;
  store(e.y, y, evaluate(e.function, a, b, e.alpha, e.beta));
}

// One axis: what is left of most requests once adjacent axes are joined.
__global__ void along_one_axis(Elementwise e, bool two) {
  for (std::int64_t i = first_element(); i < e.sizes[0]; i += element_stride())
    element_of(e, e.x_offset[0] + i * e.x_strides[0][0], e.x_offset[1] + i * e.x_strides[1][0],
               e.y_offset + i * e.y_strides[0], two);
}

__global__ void along_axes(Elementwise e, std::int64_t count, bool two) {
  for (std::int64_t i = first_element(); i < count; i += element_stride()) {
    std::int64_t rest = i, x0 = e.x_offset[0], x1 = e.x_offset[1], y = e.y_offset;
    for (int axis = e.axes - 1; axis >= 0; --axis) {
      // Indices below 2^32 divide faster; counts are checked before the launch.
      const auto size = static_cast<std::uint32_t>(e.sizes[axis]);
      const auto whole = static_cast<std::uint32_t>(rest);
      const std::uint32_t quotient = whole / size, index = whole - quotient * size;
      rest = quotient;
      x0 += index * e.x_strides[0][axis];
      x1 += index * e.x_strides[1][axis];
      y += index * e.y_strides[axis];
    }
    element_of(e, x0, x1, y, two);
  }
}

/// Four elements of the last axis a thread. Along it y and x[0] lie side by side, x[1] too or it stays.
template <Function kFunction>
__global__ void in_fours(const __grid_constant__ Elementwise e, std::int64_t fours) {
  constexpr bool kTwo = kFunction >= Function::add;
  const int last = e.axes - 1;
  const auto row = static_cast<std::uint32_t>(e.sizes[last] / 4);
  const bool stays = kTwo && e.x_strides[1][last] == 0;
  for (std::int64_t i = first_element(); i < fours; i += element_stride()) {
    std::uint32_t rest = static_cast<std::uint32_t>(i) / row;
    const std::int64_t within = static_cast<std::int64_t>(static_cast<std::uint32_t>(i) - rest * row) * 4;
    std::int64_t x0 = e.x_offset[0] + within, x1 = e.x_offset[1] + (stays ? 0 : within),
                 y = e.y_offset + within;
    for (int axis = last - 1; axis >= 0; --axis) {
      const auto size = static_cast<std::uint32_t>(e.sizes[axis]);
      const std::uint32_t quotient = rest / size, index = rest - quotient * size;
      rest = quotient;
      x0 += index * e.x_strides[0][axis];
      if (kTwo) x1 += index * e.x_strides[1][axis];
      y += index * e.y_strides[axis];
    }
    float a[4], b[4] = {};
    load_four(e.x[0], x0, a);
    if (kTwo && !stays) load_four(e.x[1], x1, b);
    if (stays) b[0] = b[1] = b[2] = b[3] = load(e.x[1], x1);
#pragma unroll
    for (int k = 0; k < 4; ++k) a[k] = evaluate(kFunction, a[k], b[k], e.alpha, e.beta);
    store_four(e.y, y, a);
  }
}

using InFours = void (*)(Elementwise, std::int64_t);
template <int... kFunctions>
InFours in_fours_of(Function function, std::integer_sequence<int, kFunctions...>) {
  constexpr InFours kTable[] = {in_fours<static_cast<Function>(kFunctions)>...};
  return kTable[static_cast<int>(function)];
}

/// Whether every four elements of an operand are aligned together.
bool in_aligned_fours(gpu::Address at, gpu::Element element, std::int64_t offset, const std::int64_t* strides,
                      int axes) {
  if (at % (4 * gpu::size_of(element)) != 0 || offset % 4 != 0) return false;
  for (int axis = 0; axis < axes - 1; ++axis)
    if (strides[axis] % 4 != 0) return false;
  return true;
}

bool fits_fours(const Elementwise& e, bool two) {
  const int last = e.axes - 1;
  const auto whole = [](gpu::Element element) {
    return element != gpu::Element::i64 && element != gpu::Element::i32;
  };
  if (e.sizes[last] % 4 != 0 || e.y_strides[last] != 1 || e.x_strides[0][last] != 1) return false;
  if (!whole(e.x[0].element) || !whole(e.y.element) ||
      !in_aligned_fours(e.x[0].at, e.x[0].element, e.x_offset[0], e.x_strides[0], e.axes) ||
      !in_aligned_fours(e.y.at, e.y.element, e.y_offset, e.y_strides, e.axes))
    return false;
  if (!two || e.x_strides[1][last] == 0) return true;
  return e.x_strides[1][last] == 1 && whole(e.x[1].element) &&
         in_aligned_fours(e.x[1].at, e.x[1].element, e.x_offset[1], e.x_strides[1], e.axes);
}

/// Axes of one element go; neighbours that every operand walks as one become one.
Elementwise joined(const Elementwise& e) {
  Elementwise j = e;
  j.axes = 0;
  for (int axis = 0; axis < e.axes; ++axis) {
    if (e.sizes[axis] == 1) continue;
    const int last = j.axes - 1;
    const auto follows = [&](const std::int64_t* to, const std::int64_t* from) {
      return to[last] == e.sizes[axis] * from[axis];
    };
    if (last >= 0 && follows(j.x_strides[0], e.x_strides[0]) && follows(j.x_strides[1], e.x_strides[1]) &&
        follows(j.y_strides, e.y_strides)) {
      j.sizes[last] *= e.sizes[axis];
    } else {
      ++j.axes;
      j.sizes[j.axes - 1] = e.sizes[axis];
    }
    const int at = j.axes - 1;
    for (int x = 0; x < 2; ++x) j.x_strides[x][at] = e.x_strides[x][axis];
    j.y_strides[at] = e.y_strides[axis];
  }
  if (j.axes == 0) {
    j.axes = 1;
    j.sizes[0] = 1;
  }
  return j;
}

/// Whether matrices of bytes are moved as they are, rows to columns; `e` is joined.
bool is_transpose(const Elementwise& e) {
  const gpu::Source& x = e.x[0];
  const CodeRange range = x.element == gpu::Element::u8 ? CodeRange{0, 255} : CodeRange{-128, 127};
  if (e.function != Function::copy || gpu::size_of(x.element) != 1 || e.y.element != x.element ||
      e.y.scale != x.scale || e.y.zero != x.zero || e.y.lo > range.lo || e.y.hi < range.hi)
    return false;
  if (e.x_offset[0] != 0 || e.y_offset != 0 || e.axes < 2 || e.axes > 3) return false;
  const int i = e.axes - 2, j = e.axes - 1;
  const std::int64_t area = e.sizes[i] * e.sizes[j];
  return area < std::int64_t{1} << 31 && e.y_strides[i] == e.sizes[j] && e.y_strides[j] == 1 &&
         e.x_strides[0][i] == 1 && e.x_strides[0][j] == e.sizes[i] &&
         (e.axes == 2 ||
          (e.y_strides[0] == area && e.x_strides[0][0] == area && e.sizes[0] < std::int64_t{1} << 31));
}

}  // namespace

void launch(const Elementwise& e, cudaStream_t stream) {
  const Elementwise j = joined(e);
  std::int64_t count = 1;
  for (int axis = 0; axis < j.axes; ++axis) count *= j.sizes[axis];
  if (count == 0) return;
  if (is_transpose(j)) {
    const int last = j.axes - 1;  // y [.., i, j] = x [.., j, i]
    return transpose_bytes(j.y.at, j.x[0].at, static_cast<int>(j.sizes[last]),
                           static_cast<int>(j.sizes[last - 1]),
                           j.axes == 3 ? static_cast<int>(j.sizes[0]) : 1, stream);
  }
  const bool two = gpu::operands(e.function) == 2;
  if (count < std::int64_t{1} << 32 && fits_fours(j, two)) {
    constexpr auto kAll = std::make_integer_sequence<int, static_cast<int>(gpu::kLastFunction) + 1>();
    in_fours_of(j.function, kAll)<<<blocks_for(count / 4), kThreads, 0, stream>>>(j, count / 4);
  } else if (j.axes == 1) {
    along_one_axis<<<blocks_for(count), kThreads, 0, stream>>>(j, two);
  } else {
    if (count >= std::int64_t{1} << 32) fail("Elementwise", "2^32 elements or more along several axes");
    along_axes<<<blocks_for(count), kThreads, 0, stream>>>(j, count, two);
  }
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda

// SPDX-License-Identifier: Apache-2.0
// Behind library calls: what a convolution or product leaves to do in place.
#include "host_runtime/reference/cuda/fours.cuh"
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"

namespace nnp::cuda {
namespace {

__global__ void finish(Epilogue e) {
  const gpu::Source y{e.y, e.element}, bias{e.bias, e.element}, residual{e.residual, e.element};
  const gpu::Target target{e.y, e.element, 1, 0, e.lo, e.hi};
  for (std::int64_t i = first_element(); i < e.count; i += element_stride()) {
    float value = load(y, i);
    if (e.bias) value += load(bias, i % e.channels);
    if (e.residual) value += load(residual, i);
    store(target, i, value);
  }
}

template <typename T>
inline constexpr int kPack = 16 / sizeof(T);

/// values += a pack at `at`.
template <typename T>
__device__ __forceinline__ void add_pack(gpu::Address at, std::int64_t i, float (&values)[kPack<T>]) {
  const auto pack = pack_of<T, kPack<T>>(reinterpret_cast<const Bits<T, kPack<T>>*>(at)[i]);
#pragma unroll
  for (int e = 0; e < kPack<T>; ++e) values[e] += real(pack.of[e]);
}

/// The same, 16 bytes a thread.
template <typename T>
__global__ void finish_packs(Epilogue e, std::uint32_t packs, std::uint32_t packs_of_row) {
  for (std::int64_t i = first_element(); i < packs; i += element_stride()) {
    float values[kPack<T>] = {};
    add_pack<T>(e.y, i, values);
    if (e.bias) add_pack<T>(e.bias, static_cast<std::uint32_t>(i) % packs_of_row, values);
    if (e.residual) add_pack<T>(e.residual, i, values);
    Pack<T, kPack<T>> result;
#pragma unroll
    for (int k = 0; k < kPack<T>; ++k) result.of[k] = rounded<T>(clamped(values[k], e.lo, e.hi));
    reinterpret_cast<Pack<T, kPack<T>>*>(e.y)[i] = result;
  }
}

/// False where rows or addresses are no whole packs, and nothing is queued.
bool launch_packs(const Epilogue& e, cudaStream_t stream) {
  if (e.y % 16 != 0 || e.bias % 16 != 0 || e.residual % 16 != 0) return false;
  bool queued = false;
  with_pack_type(e.element, [&]<typename T>(T) {
    if constexpr (sizeof(T) > 1) {
      const std::int64_t packs = e.count / kPack<T>, of_row = e.channels / kPack<T>;
      if (e.count % kPack<T> != 0 || (e.bias && e.channels % kPack<T> != 0) || packs >= std::int64_t{1} << 32)
        return;
      finish_packs<T><<<blocks_for(packs), kThreads, 0, stream>>>(
          e, static_cast<std::uint32_t>(packs), static_cast<std::uint32_t>(of_row > 0 ? of_row : 1));
      queued = true;
    }
  });
  return queued;
}

}  // namespace

void launch(const Epilogue& e, cudaStream_t stream) {
  if (e.count == 0) return;
  if (launch_packs(e, stream)) return NNP_CUDA(cudaGetLastError());
  finish<<<blocks_for(e.count), kThreads, 0, stream>>>(e);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda

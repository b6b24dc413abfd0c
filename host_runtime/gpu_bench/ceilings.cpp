// SPDX-License-Identifier: Apache-2.0
// What the GPU itself can do, by the simplest work there is: large copies and large products.
#include "host_runtime/gpu_bench/ceilings.h"

#include <algorithm>
#include <random>

#include "host_runtime/reference/gpu/device_memory.h"

namespace nnp::gpu_bench {
namespace {

constexpr int kWarmUp = 3, kRuns = 9;

double median(std::vector<double> seconds) {
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

/// Random bits that are numbers of moderate size in the type: a product of zeros runs faster than a real one.
std::vector<std::uint8_t> random_elements(gpu::Element element, std::size_t count) {
  std::mt19937 engine(1);
  std::vector<std::uint8_t> bytes(count * gpu::size_of(element));
  if (element == gpu::Element::s8) {
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(engine());
  } else if (element == gpu::Element::f32) {
    std::uniform_real_distribution<float> around(-1, 1);
    for (std::size_t i = 0; i < count; ++i) reinterpret_cast<float*>(bytes.data())[i] = around(engine);
  } else {  // a sign, an exponent near that of 1, any mantissa
    const std::uint16_t one = element == gpu::Element::bf16 ? 0x3F80 : 0x3C00,
                        mantissa = element == gpu::Element::bf16 ? 0x7F : 0x3FF;
    for (std::size_t i = 0; i < count; ++i) {
      const auto bits = static_cast<std::uint32_t>(engine());
      reinterpret_cast<std::uint16_t*>(bytes.data())[i] =
          static_cast<std::uint16_t>(one | (bits & mantissa) | (bits & 0x8000));
    }
  }
  return bytes;
}

double product_seconds(gpu::Gpu& gpu, int size, gpu::Element element, bool tf32) {
  const auto count = static_cast<std::size_t>(size) * static_cast<std::size_t>(size);
  const std::vector<std::uint8_t> elements = random_elements(element, count);
  const gpu::DeviceMemory a(gpu, elements.size()), w(gpu, elements.size()),
      d(gpu, count * (element == gpu::Element::s8 ? 4 : gpu::size_of(element)));
  gpu.upload(a.address(), elements.data(), elements.size());
  gpu.upload(w.address(), elements.data(), elements.size());
  gpu::Product product;
  product.M = product.N = product.K = size;
  product.element = element, product.tf32 = tf32, product.transposed = true;
  product.a = a.address(), product.w = w.address(), product.d = d.address();
  const auto program = gpu.program();
  program->add(product);
  return median(program->time(kWarmUp, kRuns));
}

}  // namespace

Ceilings measure_ceilings(gpu::Gpu& gpu, int size, std::size_t copy_bytes) {
  Ceilings found;
  const auto bytes = static_cast<double>(copy_bytes);
  found.copy_bytes_per_s = 2 * bytes / gpu.time_copy(copy_bytes, kRuns);
  found.upload_bytes_per_s = bytes / gpu.time_upload(copy_bytes, kRuns);
  found.download_bytes_per_s = bytes / gpu.time_download(copy_bytes, kRuns);
  const double operations = 2.0 * size * size * size;
  found.operations_per_s["int8"] = operations / product_seconds(gpu, size, gpu::Element::s8, false);
  found.operations_per_s["bf16"] = operations / product_seconds(gpu, size, gpu::Element::bf16, false);
  found.operations_per_s["fp16"] = operations / product_seconds(gpu, size, gpu::Element::f16, false);
  found.operations_per_s["tf32"] = operations / product_seconds(gpu, size, gpu::Element::f32, true);
  found.operations_per_s["fp32"] = operations / product_seconds(gpu, size, gpu::Element::f32, false);
  return found;
}

}  // namespace nnp::gpu_bench

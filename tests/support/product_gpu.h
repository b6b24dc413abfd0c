// SPDX-License-Identifier: Apache-2.0
// A GPU of plain loops that has products only.
#pragma once

#include <cstring>
#include <map>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::test {

class ProductProgram : public gpu::Program {
 public:
  void add(const gpu::Convolution&) override { refuse(); }
  void add(const gpu::Product& request) override { products_.push_back(request); }
  void add(const gpu::IntegerConvolution&) override { refuse(); }
  void add(const gpu::Pool&) override { refuse(); }
  void add(const gpu::Elementwise&) override { refuse(); }
  void add(const gpu::Softmax&) override { refuse(); }
  void add(const gpu::LayerNormalization&) override { refuse(); }
  void add(const gpu::Gather&) override { refuse(); }
  void add(const gpu::LstmCell&) override { refuse(); }
  std::size_t size() const override { return products_.size(); }
  std::string description(std::size_t) const override { return "loops"; }
  void run() override {
    for (const gpu::Product& p : products_)
      p.element == gpu::Element::s8 ? run<std::int8_t, std::int32_t>(p) : run<float, float>(p);
  }
  std::vector<double> time(int, int) override { refuse(); }
  std::vector<double> time_each(int) override { refuse(); }

 private:
  [[noreturn]] static void refuse() { throw gpu::GpuError("this GPU has products only"); }
  template <typename T>
  static T* elements(gpu::Address at) {
    return reinterpret_cast<T*>(at);
  }
  template <typename T, typename Sum>
  static void run(const gpu::Product& p) {
    for (std::int64_t b = 0; b < p.batches; ++b)
      for (std::int64_t m = 0; m < p.M; ++m)
        for (std::int64_t n = 0; n < p.N; ++n) {
          Sum sum = 0;
          for (std::int64_t k = 0; k < p.K; ++k)
            sum += static_cast<Sum>(elements<T>(p.a)[b * p.a_stride + m * p.K + k]) *
                   static_cast<Sum>(
                       elements<T>(p.w)[b * p.w_stride + (p.transposed ? n * p.K + k : k * p.N + n)]);
          elements<Sum>(p.d)[b * p.d_stride + m * p.N + n] = sum;
        }
  }
  std::vector<gpu::Product> products_;
};

class ProductGpu : public gpu::Gpu {
 public:
  gpu::Device device() override {
    gpu::Device device;
    device.name = "loops";
    return device;
  }
  gpu::Address allocate(std::size_t bytes) override {
    auto memory = std::make_unique<std::byte[]>(bytes);
    const auto at = reinterpret_cast<gpu::Address>(memory.get());
    memory_[at] = std::move(memory);
    return at;
  }
  void release(gpu::Address at) override { memory_.erase(at); }
  void upload(gpu::Address to, const void* from, std::size_t bytes) override {
    std::memcpy(reinterpret_cast<void*>(to), from, bytes);
  }
  void download(void* to, gpu::Address from, std::size_t bytes) override {
    std::memcpy(to, reinterpret_cast<const void*>(from), bytes);
  }
  void fill(gpu::Address at, std::uint8_t value, std::size_t bytes) override {
    std::memset(reinterpret_cast<void*>(at), value, bytes);
  }
  std::unique_ptr<gpu::Program> program() override { return std::make_unique<ProductProgram>(); }
  double time_upload(std::size_t, int) override { return 0; }
  double time_download(std::size_t, int) override { return 0; }
  double time_copy(std::size_t, int) override { return 0; }

 private:
  std::map<gpu::Address, std::unique_ptr<std::byte[]>> memory_;
};

}  // namespace nnp::test

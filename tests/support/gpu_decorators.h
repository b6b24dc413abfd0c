// SPDX-License-Identifier: Apache-2.0
// GPUs around another one, for tests: one remembers what it was asked for, one has a wrong kernel.
#pragma once

#include <map>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::test {

/// Passes everything on, and says when products have run.
class GpuDecorator : public gpu::Gpu {
 public:
  explicit GpuDecorator(gpu::Gpu& inner) : inner_(inner) {}
  gpu::Device device() override { return inner_.device(); }
  gpu::Address allocate(std::size_t bytes) override { return inner_.allocate(bytes); }
  void release(gpu::Address at) override { inner_.release(at); }
  void upload(gpu::Address to, const void* from, std::size_t bytes) override {
    inner_.upload(to, from, bytes);
  }
  void download(void* to, gpu::Address from, std::size_t bytes) override { inner_.download(to, from, bytes); }
  void fill(gpu::Address at, std::uint8_t value, std::size_t bytes) override {
    inner_.fill(at, value, bytes);
  }
  std::unique_ptr<gpu::Program> program() override;
  double time_upload(std::size_t bytes, int repeats) override { return inner_.time_upload(bytes, repeats); }
  double time_download(std::size_t bytes, int repeats) override {
    return inner_.time_download(bytes, repeats);
  }
  double time_copy(std::size_t bytes, int repeats) override { return inner_.time_copy(bytes, repeats); }

 protected:
  gpu::Gpu& inner() { return inner_; }

 private:
  friend class ProgramDecorator;
  /// In the order in which they run.
  virtual void has_run(const gpu::Product&) {}
  gpu::Gpu& inner_;
};

/// Remembers products as they ran, and the most memory that was held.
class RecordingGpu : public GpuDecorator {
 public:
  using GpuDecorator::GpuDecorator;
  gpu::Address allocate(std::size_t bytes) override;
  void release(gpu::Address) override;
  const std::vector<gpu::Product>& products() const { return products_; }
  std::size_t held_bytes() const { return held_; }
  std::size_t most_bytes() const { return most_; }

 private:
  void has_run(const gpu::Product& product) override { products_.push_back(product); }
  std::vector<gpu::Product> products_;
  std::map<gpu::Address, std::size_t> sizes_;
  std::size_t held_ = 0, most_ = 0;
};

/// One element of one product of codes is wrong.
struct Spoil {
  std::size_t product = 0;  // counted as they run
  std::size_t element = 0;  // of its sums as they lie
  std::int32_t by = 1;
};
class SpoiledGpu : public GpuDecorator {
 public:
  SpoiledGpu(gpu::Gpu& inner, const Spoil& spoil) : GpuDecorator(inner), spoil_(spoil) {}

 private:
  void has_run(const gpu::Product&) override;
  Spoil spoil_;
  std::size_t run_ = 0;
};

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/gpu_decorators.h"

#include <algorithm>

namespace nnp::test {

class ProgramDecorator : public gpu::Program {
 public:
  ProgramDecorator(GpuDecorator& gpu, std::unique_ptr<gpu::Program> inner)
      : gpu_(gpu), inner_(std::move(inner)) {}
  void add(const gpu::Convolution& request) override { inner_->add(request); }
  void add(const gpu::Product& request) override {
    inner_->add(request);
    products_.push_back(request);
  }
  void add(const gpu::IntegerConvolution& request) override { inner_->add(request); }
  void add(const gpu::Pool& request) override { inner_->add(request); }
  void add(const gpu::Elementwise& request) override { inner_->add(request); }
  void add(const gpu::Softmax& request) override { inner_->add(request); }
  void add(const gpu::LayerNormalization& request) override { inner_->add(request); }
  void add(const gpu::Gather& request) override { inner_->add(request); }
  void add(const gpu::Lstm& request) override { inner_->add(request); }
  std::size_t size() const override { return inner_->size(); }
  std::string description(std::size_t i) const override { return inner_->description(i); }
  void run() override {
    inner_->run();
    for (const gpu::Product& product : products_) gpu_.has_run(product);
  }
  std::vector<double> time(int warm_up, int repeats) override { return inner_->time(warm_up, repeats); }
  std::vector<double> time_each(int repeats) override { return inner_->time_each(repeats); }

 private:
  GpuDecorator& gpu_;
  std::unique_ptr<gpu::Program> inner_;
  std::vector<gpu::Product> products_;
};

std::unique_ptr<gpu::Program> GpuDecorator::program() {
  return std::make_unique<ProgramDecorator>(*this, inner_.program());
}

gpu::Address RecordingGpu::allocate(std::size_t bytes) {
  const gpu::Address at = GpuDecorator::allocate(bytes);
  sizes_[at] = bytes;
  held_ += bytes, most_ = std::max(most_, held_);
  return at;
}

void RecordingGpu::release(gpu::Address at) {
  held_ -= sizes_.at(at);
  sizes_.erase(at);
  GpuDecorator::release(at);
}

void SpoiledGpu::has_run(const gpu::Product& product) {
  if (run_++ != spoil_.product) return;
  const gpu::Address at = product.d + spoil_.element * sizeof(std::int32_t);
  std::int32_t sum = 0;
  inner().download(&sum, at, sizeof sum);
  sum += spoil_.by;
  inner().upload(at, &sum, sizeof sum);
}

}  // namespace nnp::test

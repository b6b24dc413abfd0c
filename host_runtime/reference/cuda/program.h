// SPDX-License-Identifier: Apache-2.0
// gpu::Program on a CUDA device.
#pragma once

#include <vector>

#include "host_runtime/reference/cuda/handles.h"

namespace nnp::cuda {

class Program : public gpu::Program {
 public:
  /// The context outlives the program.
  explicit Program(const Context& context) : context_(context) {}

  void add(const gpu::Convolution&) override;
  void add(const gpu::Product&) override;
  void add(const gpu::IntegerConvolution&) override;
  void add(const gpu::Pool&) override;
  void add(const gpu::Elementwise&) override;
  void add(const gpu::Softmax&) override;
  void add(const gpu::LayerNormalization&) override;
  void add(const gpu::Gather&) override;
  void add(const gpu::Lstm&) override;
  std::size_t size() const override { return kernels_.size(); }
  std::string description(std::size_t i) const override { return kernels_.at(i).description; }

  void run() override;
  std::vector<double> time(int warm_up, int repeats) override;
  std::vector<double> time_each(int repeats) override;

 private:
  template <typename Request>
  void add_own(const Request&, const char* description);
  void queue_all() const;

  const Context& context_;
  std::vector<Kernel> kernels_;
};

}  // namespace nnp::cuda

// SPDX-License-Identifier: Apache-2.0
// A GPU as judge of sums. All it is asked for are products of matrices, s8 to s32 and f32: windows are laid
// out on the host, so that no convolution of its libraries has a say. Whole float networks are another thing:
// there its libraries do as they do for anybody.
#pragma once

#include "host_runtime/reference/gpu_judge/gpu_network.h"
#include "host_runtime/reference/gpu_judge/host_products.h"
#include "host_runtime/reference/reference.h"

namespace nnp::reference {

class GpuJudge : public SumsJudge {
 public:
  /// `gpu` must outlive this. Where a product does not fit into tiles of `tile_bytes`, it is cut.
  GpuJudge(gpu::Gpu& gpu, std::string name, std::size_t tile_bytes = HostProducts::kTileBytes)
      : products_(gpu, tile_bytes), network_(gpu), name_(std::move(name)) {}

  std::string name() const override { return name_; }
  /// u8 codes go as s8, less 128, and what that takes from a sum is added on the host. Throws gpu::GpuError.
  ir::Tensor accumulators(const ir::Graph&, const ir::Node&, const Tensors& values) override;
  ir::Tensor real_sums(const ir::Graph&, const ir::Node&, const Tensors& values) override;
  /// Its run() throws gpu::UnsupportedOperator for networks that the GPU has no kernels for.
  compiler::FloatRunner* float_runner() override { return &network_; }

 private:
  HostProducts products_;
  GpuNetwork network_;
  std::string name_;
};

}  // namespace nnp::reference

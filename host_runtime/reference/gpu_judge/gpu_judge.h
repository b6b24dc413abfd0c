// SPDX-License-Identifier: Apache-2.0
// A GPU as judge of sums. All it is asked for are products of matrices, s8 to s32 and f32: windows are laid
// out on the host, so that no convolution of its libraries has a say.
#pragma once

#include "host_runtime/reference/gpu_judge/host_products.h"
#include "host_runtime/reference/reference.h"

namespace nnp::reference {

class GpuJudge : public SumsJudge {
 public:
  /// `gpu` must outlive this. Where a product does not fit into tiles of `tile_bytes`, it is cut.
  GpuJudge(gpu::Gpu& gpu, std::string name, std::size_t tile_bytes = HostProducts::kTileBytes)
      : products_(gpu, tile_bytes), name_(std::move(name)) {}

  std::string name() const override { return name_; }
  /// u8 codes go as s8, less 128, and what that takes from a sum is added on the host. Throws gpu::GpuError.
  ir::Tensor accumulators(const ir::Graph&, const ir::Node&, const Tensors& values) override;
  ir::Tensor real_sums(const ir::Graph&, const ir::Node&, const Tensors& values) override;

 private:
  HostProducts products_;
  std::string name_;
};

}  // namespace nnp::reference

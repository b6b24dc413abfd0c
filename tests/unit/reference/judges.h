// SPDX-License-Identifier: Apache-2.0
// Those who judge sums on their own, by name: "onednn", and "cuda" by loops in place of the GPU.
#pragma once

#include "host_runtime/reference/gpu/loops_gpu.h"
#include "host_runtime/reference/gpu_judge/gpu_judge.h"

namespace nnp::testing {

class LoopsJudge : public reference::GpuJudge {
 public:
  LoopsJudge() : LoopsJudge(gpu::loops_gpu()) {}

 private:
  explicit LoopsJudge(std::unique_ptr<gpu::Gpu> loops) : GpuJudge(*loops, "cuda"), loops_(std::move(loops)) {}
  std::unique_ptr<gpu::Gpu> loops_;
};

inline std::unique_ptr<reference::SumsJudge> make_judge(const std::string& name) {
  if (name == "onednn") return std::make_unique<reference::OneDnn>();
  return std::make_unique<LoopsJudge>();
}

}  // namespace nnp::testing

// SPDX-License-Identifier: Apache-2.0
// Those who judge sums on their own, by name: "onednn", and "cuda" by loops in place of the GPU.
#pragma once

#include "host_runtime/reference/gpu_judge/gpu_judge.h"
#include "tests/support/product_gpu.h"

namespace nnp::testing {

class LoopsJudge : private test::ProductGpu, public reference::GpuJudge {
 public:
  LoopsJudge() : GpuJudge(static_cast<test::ProductGpu&>(*this), "cuda") {}
};

inline std::unique_ptr<reference::SumsJudge> make_judge(const std::string& name) {
  if (name == "onednn") return std::make_unique<reference::OneDnn>();
  return std::make_unique<LoopsJudge>();
}

}  // namespace nnp::testing

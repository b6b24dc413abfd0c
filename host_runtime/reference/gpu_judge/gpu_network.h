// SPDX-License-Identifier: Apache-2.0
// Whole float networks by the kernels of a GPU, in float32, with every value on the way: what the GPU's own
// libraries make of a network, beside the sums that gpu_judge.h asks it for.
#pragma once

#include "host_runtime/reference/reference.h"

namespace nnp::gpu {
class Gpu;
class NetworkProgram;
}  // namespace nnp::gpu

namespace nnp::reference {

class GpuNetwork : public compiler::FloatRunner {
 public:
  /// `gpu` must outlive this. `keep_program`: kernels are prepared and weights go to the GPU in the first run
  /// of a graph only, for which the graph must stay where and as it is until another one has run. Else the
  /// GPU's memory is free again after each run.
  explicit GpuNetwork(gpu::Gpu& gpu, bool keep_program = false);
  ~GpuNetwork() override;

  /// No node takes another along, whether anybody observes or not: each value is its own node's. Values are
  /// shown in the order of the nodes, when all of them have run. Cell states of an LSTM stay inside its
  /// kernels. Throws gpu::UnsupportedOperator, which names the node, for what the GPU has no kernels for and
  /// for an LSTM where see_cell is set; gpu::GpuError where the GPU fails or its memory is short;
  /// std::runtime_error for inputs that are not the graph's.
  Tensors run(const ir::Graph&, const Tensors& inputs, const Observer& = {}) override;

 private:
  gpu::Gpu& gpu_;
  bool keep_program_;
  const ir::Graph* graph_ = nullptr;  // of program_
  std::unique_ptr<gpu::NetworkProgram> program_;
};

}  // namespace nnp::reference

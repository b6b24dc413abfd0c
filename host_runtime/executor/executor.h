// SPDX-License-Identifier: Apache-2.0
// Runs a Program on a Device: program and weights over the link once, then any number of inferences. Nodes
// that the chip does not run are computed here, between launches.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "host_runtime/device/device.h"

namespace nnp::executor {

struct Inference {
  std::vector<ir::Tensor> outputs;                 // in the graph's order; empty tensors in a timing-only run
  std::map<std::string, ir::Tensor> accumulators;  // by node name, int32 or f32 [m, n]; only when asked for
  device::RunStatistics statistics;
};

struct ExecutorOptions {
  bool values = true;         // false: the device computes no values, host nodes are skipped
  bool accumulators = false;  // collect the debug tap
};

class Executor {
 public:
  /// `graph`: the quantised graph of the program, which must live as long as the device is used: its
  /// constants are not copied. Throws std::runtime_error when the program was compiled for another chip.
  Executor(device::Device& device, const isa::Program& program, const ir::Graph& graph);

  /// Program and constants to the device; done by the first run() otherwise.
  void load();
  Inference run(const std::vector<ir::Tensor>& inputs, const ExecutorOptions& options = {});

 private:
  void run_launch(std::size_t index, std::vector<ir::Tensor>& values, bool with_values);
  void collect_accumulators(std::map<std::string, ir::Tensor>& into);

  device::Device& device_;
  const isa::Program& program_;
  const ir::Graph& graph_;
  std::map<std::string, ir::ValueId> value_by_name_;
  std::span<std::uint8_t> host_;
  Address stream_in_host_ = 0;
  bool loaded_ = false;
};

}  // namespace nnp::executor

// SPDX-License-Identifier: Apache-2.0
// A network at a batch: its float and integer graphs, inputs for the whole batch, and what the first
// inference of it must answer. Calibration and the answers cost one inference each, whatever the batch.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "compiler/compile.h"
#include "host_runtime/reference/reference.h"

namespace nnp::gpu_bench {

struct NetworkSource {
  std::string name;
  std::filesystem::path file;
  compiler::ImportOptions import;  // its batch is replaced
  std::uint64_t seed = 1;
  std::function<ir::Graph(const std::filesystem::path&, const compiler::ImportOptions&)>
      importer;  // or empty
};

/// The network at batch 1, on the CPU.
class OneInference {
 public:
  /// Throws ModelFileError or CompileError. The runner calibrates, and answers in float.
  OneInference(const NetworkSource&, bool integers, compiler::FloatRunner&);
  const ir::Graph& real() const { return network_.optimised; }
  const ir::Graph& codes() const {
    return network_.quantised;
  }  // of real numbers, where no integers were wanted
  /// The graph's outputs for inputs: in float by the runner, of codes by the naive reference.
  reference::Tensors answers(bool integers, const reference::Tensors& inputs) const;

 private:
  friend class BatchedNetwork;
  compiler::FloatRunner& runner_;
  compiler::CompiledNetwork network_;
};

class BatchedNetwork {
 public:
  BatchedNetwork(const NetworkSource&, std::int64_t batch, bool integers, const OneInference&);
  const ir::Graph& real() const { return network_.optimised; }
  const ir::Graph& codes() const { return network_.quantised; }
  const reference::Tensors& inputs() const { return inputs_; }
  /// Of the first inference alone.
  reference::Tensors first_inputs(const OneInference&) const;
  reference::Tensors first_outputs(const OneInference&, const reference::Tensors& outputs) const;

 private:
  compiler::CompiledNetwork network_;
  reference::Tensors inputs_;
};

/// The first part of a tensor along the axis where `shape` is smaller. Throws std::runtime_error where they
/// differ in more than one axis.
ir::Tensor first_part(const ir::Tensor&, const ir::Shape& shape);

}  // namespace nnp::gpu_bench

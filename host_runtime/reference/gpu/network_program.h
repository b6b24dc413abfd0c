// SPDX-License-Identifier: Apache-2.0
// A graph as a program of GPU kernels.
//
// Float graphs run in fp32, tf32, bf16 or fp16: weights and activations are stored in that type, sums are
// float32. Quantised graphs (int8) run on codes as docs/guide/numerics.md says: convolutions, products, Add
// and pooling give the naive reference's codes; what goes by reals (Softmax, functions, normalisations) is
// evaluated in float32 here and may be a step off.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "compiler/ir/graph.h"
#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu {

enum class NetworkPrecision : std::uint8_t { int8, bf16, fp16, tf32, fp32 };
const char* to_string(NetworkPrecision);

/// Whether a node may do another's work on its way, as an Add that takes its Conv along: the value between
/// them has no place then.
enum class Fusions : std::uint8_t { allowed, none };

/// Names the node, its operator and what is missing.
struct UnsupportedOperator : GpuError {
  using GpuError::GpuError;
};

/// Where kernel i of the program comes from. The work of a node is counted at its last kernel.
struct Step {
  std::size_t node = 0;
  std::uint64_t macs = 0, bytes = 0;  // bytes: what the kernels of the node must read and write at least
};

class NetworkValues;

class NetworkProgram {
 public:
  /// Uploads the weights and prepares every kernel. The graph may go afterwards. Throws UnsupportedOperator,
  /// or GpuError where memory is short. With Fusions::none a node is refused too where the kernels do not
  /// make all of its outputs.
  NetworkProgram(Gpu&, const ir::Graph&, NetworkPrecision, Fusions = Fusions::allowed);
  ~NetworkProgram();

  /// In the order and of the types and shapes of the graph's inputs. Throws std::runtime_error for others.
  void set_inputs(const std::vector<ir::Tensor>&);
  Program& program() { return *program_; }
  /// Of the last run: types and shapes of the graph's outputs.
  std::vector<ir::Tensor> outputs() const;
  /// Any value that has a place of its own; empty where fusion left none.
  std::optional<ir::Tensor> value(ir::ValueId) const;
  /// One for each kernel of the program.
  const std::vector<Step>& steps() const { return steps_; }

  std::uint64_t weight_bytes() const;
  std::uint64_t activation_bytes() const;  // each written once, and read once by each of its readers
  std::uint64_t input_bytes() const;
  std::uint64_t output_bytes() const;

 private:
  std::unique_ptr<NetworkValues> values_;
  std::unique_ptr<Program> program_;
  std::vector<Step> steps_;
  std::vector<ir::ValueId> inputs_, outputs_;
  std::uint64_t activation_bytes_ = 0;
};

}  // namespace nnp::gpu

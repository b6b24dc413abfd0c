// SPDX-License-Identifier: Apache-2.0
// Runs a Graph on the CPU. `naive` is the definition of right: plain loops, integer-exact. `onednn` is an
// independent judge; gpu_judge/ has another.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/quantize/quantize.h"  // FloatRunner

namespace nnp::reference {

using Tensors = std::vector<ir::Tensor>;  // indexed by ValueId where a function says so

/// One node, float or integer as its values are typed; reads and writes `values` (indexed by ValueId,
/// constants included). Plain loops; also how the executor runs host nodes. Throws std::runtime_error for an
/// operator it does not have.
void run_node(const ir::Graph&, const ir::Node&, Tensors& values);

/// Tensors of a graph's constants at their ids, empty tensors elsewhere.
Tensors initial_values(const ir::Graph&);

/// The sums of a Conv, Gemm, MatMul, RNN, GRU or LSTM before bias. Of reals: float32, by ascending k. Of
/// codes: int32. [m, n] as isa::TileInfo counts them (Conv: m over N, P, Q; RNN, GRU, LSTM: m over T, B; n
/// over ir::gate_segments). The raw sum over codes, x not corrected by its zero
/// point, padding filled with it.
ir::Tensor accumulators(const ir::Graph&, const ir::Node&, const Tensors& values);

/// The whole graph by plain loops. Slow for big networks' float graphs; integer graphs use numerics::best()
/// and are quick.
class Naive : public compiler::FloatRunner {
 public:
  Tensors run(const ir::Graph&, const Tensors& inputs, const Observer& = {}) override;
};

/// Whoever multiplies on its own, asked about one layer at a time (host_runtime/compare/compare_layers.cpp).
class SumsJudge {
 public:
  virtual ~SumsJudge() = default;
  /// As --check and the reports have it: "onednn".
  virtual std::string name() const = 0;
  /// accumulators() above of codes, exactly. An RNN, GRU or LSTM is not asked for: its sums are a Gemm of
  /// what the chip had as x and h.
  virtual ir::Tensor accumulators(const ir::Graph&, const ir::Node&, const Tensors& values) = 0;
  /// accumulators() above of a Conv or MatMul of f32 without bias and clamp, whose right side lies upright;
  /// in float32, in any order of addition.
  virtual ir::Tensor real_sums(const ir::Graph&, const ir::Node&, const Tensors& values) = 0;
  /// Runs a whole network in float; nullptr where the judge does not.
  virtual compiler::FloatRunner* float_runner() { return nullptr; }
};

/// Float graphs through oneDNN (its convolution, matmul, pooling, eltwise, binary primitives; LSTM by matmul
/// and eltwise), and sums.
class OneDnn : public compiler::FloatRunner, public SumsJudge {
 public:
  /// `threads` 0: one a processor. `keep_weights`: convolution weights are moved into oneDNN's layouts in the
  /// first run of a graph only, for which its constants must stay where they are.
  explicit OneDnn(unsigned threads = 1, bool keep_weights = false);
  ~OneDnn() override;
  static unsigned most_threads();
  /// What the last run() spent in nodes that oneDNN has no primitive for, on one thread, of all that it took.
  struct LoopShare {
    double seconds = 0, of_seconds = 0;
    std::size_t nodes = 0;
  };
  const LoopShare& loops() const;
  /// Measured now in a float32 product of 1024 x 1024 matrices, two operations a MAC.
  double product_operations_per_s();
  Tensors run(const ir::Graph&, const Tensors& inputs, const Observer& = {}) override;

  std::string name() const override { return "onednn"; }
  /// By oneDNN's convolution and matmul: in int8 with int32 output where has_exact_int8(), elsewhere in
  /// float32 over few enough terms at a time (onednn/exact_terms.h). Of an RNN, GRU or LSTM too, step by
  /// step.
  ir::Tensor accumulators(const ir::Graph&, const ir::Node&, const Tensors& values) override;
  ir::Tensor real_sums(const ir::Graph&, const ir::Node&, const Tensors& values) override;
  compiler::FloatRunner* float_runner() override { return this; }

  /// False on hosts without AVX-512 VNNI: there oneDNN's int8 kernels may saturate pairs in 16 bits.
  static bool has_exact_int8();
  /// AVX-512 BF16: elsewhere oneDNN has no bf16, or widens it.
  static bool has_native_bf16();
  static std::string version();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nnp::reference

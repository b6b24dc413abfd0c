// SPDX-License-Identifier: Apache-2.0
// A whole network by oneDNN, to be timed: of float32, bf16, or 8-bit codes as the chip's, by the int8
// primitives. No judge: where the host has no VNNI its int8 kernels add pairs of products in 16 bits, which
// saturate, and halve s8 codes' weights.
#pragma once

#include <memory>
#include <optional>

#include "host_runtime/reference/reference.h"

namespace nnp::reference {

class OneDnnNetwork {
 public:
  /// The graph stays where it is as long as this lives: its constants are moved into oneDNN's layouts in the
  /// first run only. `threads` 0: one a processor.
  explicit OneDnnNetwork(const ir::Graph&, unsigned threads = 1);
  ~OneDnnNetwork();
  OneDnnNetwork(const OneDnnNetwork&) = delete;
  OneDnnNetwork& operator=(const OneDnnNetwork&) = delete;

  /// Why oneDNN does not run such a network on this host; nothing where it does.
  static std::optional<std::string> obstacle(const ir::Graph&);
  /// The same of any in bf16: its kernels need AVX-512. Without AVX-512 BF16 they widen
  /// (OneDnn::has_native_bf16).
  static std::optional<std::string> bf16_obstacle();
  /// What oneDNN compiles for here: "AVX2".
  static std::string instruction_set();

  Tensors run(const Tensors& inputs, const compiler::FloatRunner::Observer& = {});

  struct Share {
    std::size_t nodes = 0;
    double seconds = 0;
  };
  /// What the last run() spent where.
  struct Shares {
    double of_seconds = 0;
    Share loops;   // nodes that oneDNN has no primitive for, by plain loops, on one thread
    Share floats;  // nodes of codes without an int8 primitive, in float32 between two reorders
  };
  const Shares& shares() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nnp::reference

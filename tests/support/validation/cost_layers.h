// SPDX-License-Identifier: Apache-2.0
// The Convs, Gemms and MatMuls of a zoo network on a chip, each alone: how it may be cut, and what the
// simulator says of one cut.
#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/codegen.h"
#include "host_runtime/device/statistics.h"
#include "models/chips/chip_spec.h"

namespace nnp::test {

struct MacLayer {
  std::string name;
  std::size_t node = 0;
  compiler::MacProblem problem;
  ir::DType activations = ir::DType::u8;
};

/// A quantised network, placed on a chip.
class NetworkLayers {
 public:
  /// `quantised`: as quantize_network() makes it, for the chip's default precision.
  NetworkLayers(ir::Graph quantised, const models::ChipSpec&);

  /// Of equal problems only the first.
  std::vector<MacLayer> distinct() const;
  /// The layer alone on the chip, doorbell to interrupt, cut as `tiling` says.
  device::RunStatistics simulate(const MacLayer&, const compiler::MacTiling&) const;
  /// Of device memory in such a run, a fused sum's included.
  struct Traffic {
    Bytes read = 0, written = 0;
  };
  Traffic traffic(const MacLayer&, const device::RunStatistics&) const;

 private:
  models::ChipSpec chip_;
  ir::Graph graph_;
  compiler::MemoryPlan plan_;
};

/// A network of the zoo at its default batch, quantised to the 8-bit codes that any calibration gives the
/// shapes of.
ir::Graph quantised_network(const std::string& name, isa::Precision);

}  // namespace nnp::test

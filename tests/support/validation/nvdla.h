// SPDX-License-Identifier: Apache-2.0
// docs/validation/nvdla.md: bytes of device memory by layer against NVDLA's documented formats, and
// ResNet-50's rate against the primer's seven configurations.
#pragma once

#include <string>
#include <vector>

#include "models/chips/chip_spec.h"
#include "tests/support/network_run.h"

namespace nnp::test {

/// One Conv or Gemm, or the sum behind it. The law: every pixel is padded to whole atoms of channels; the
/// weights of a layer are compact and end at a multiple of 128 bytes; a layer whose input does not fit the
/// buffer runs in bands of output lines, each of which reads its input lines and all weights. A residual sum
/// is part of a layer's way out: it reads its other operand, and the layer itself writes nothing.
struct NvdlaTraffic {
  struct Bytes3 {
    Bytes input = 0, weights = 0, output = 0;
    bool operator==(const Bytes3&) const = default;
  };
  std::string layer, op;
  std::size_t bands = 0;
  Bytes3 law;
  /// Of the chip: input is what it read but weights and parameters.
  Bytes3 simulated;
  Bytes parameters = 0;  // bias and scale, 8 bytes a kernel: ours, not in the law
  Bytes least = 0;       // the law with everything read once
};
/// `atom`: bytes, as the hardware has it, whatever the chip file says. Throws std::logic_error where a band
/// is not whole lines of a tile of its own, which the law does not cover.
std::vector<NvdlaTraffic> nvdla_traffic(const NetworkRun&, Bytes atom);

/// A row of the primer's table.
struct NvdlaConfiguration {
  int macs = 0, buffer_kib = 0;
  double gb_per_s = 0, frames_per_s = 0;
  int channels = 0, kernels = 0;  // of the MAC array; assumption: the primer gives their product
  std::string chip() const { return macs > 256 ? "nvdla_full" : "nvdla_small"; }
  std::vector<std::string> overrides() const;
};
const std::vector<NvdlaConfiguration>& nvdla_primer();

/// ResNet-50 on a configuration, frames a second.
struct NvdlaRate {
  NvdlaConfiguration configuration;
  double simulated = 0;  // whole network, doorbell to interrupt
  double layers = 0;  // closed form: for each Conv and Gemm, a sum behind it included, the longer of MAC time
                      // and memory time, summed
  double mac = 0, memory = 0;  // the same, were the other free
  double other_share = 0;      // of the simulated time: layers that are neither these nor sums behind them
};
NvdlaRate nvdla_rate(const NvdlaConfiguration&);
std::vector<NvdlaRate> nvdla_rates();

std::string nvdla_traffic_table();
std::string nvdla_resnet50_table();

}  // namespace nnp::test

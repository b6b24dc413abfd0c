// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pcie/pcie_wire.h"

#include <array>

namespace nnp::sim {
namespace {

// Picoseconds for bytes on one lane, line coding or flit overhead included.
constexpr std::array<std::array<std::uint64_t, 2>, 6> kPicosecondsForBytes = {{
    {4'000, 1},    // 2.5 GT/s x 8/10
    {2'000, 1},    // 5 GT/s x 8/10
    {65'000, 64},  // 8 GT/s x 128/130
    {65'000, 128},
    {65'000, 256},
    {8'000, 59},  // 64 GT/s x 236/256
}};

}  // namespace

PcieWire::PcieWire(const models::PcieSpec& spec)
    : request_header_(spec.address_bits == 64 ? 16 : 12),
      framing_(spec.generation <= 5 ? 8 : 0),
      max_payload_(spec.max_payload_bytes),
      max_read_request_(spec.max_read_request_bytes),
      completion_boundary_(spec.read_completion_boundary_bytes) {
  NNP_ASSERT(spec.generation >= 1 && spec.generation <= kPicosecondsForBytes.size(), "PCIe generation {}",
             spec.generation);
  const auto& [picoseconds, bytes] = kPicosecondsForBytes[spec.generation - 1];
  rate_ = {picoseconds, bytes * spec.lanes};
}

}  // namespace nnp::sim

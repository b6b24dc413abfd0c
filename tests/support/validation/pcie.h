// SPDX-License-Identifier: Apache-2.0
// docs/validation/pcie.md: the host link against the closed forms of tests/support/pcie_laws.h.
#pragma once

#include <string>
#include <vector>

#include "models/chips/chip_spec.h"
#include "sim/units/pcie/pcie_link.h"

namespace nnp::test {

/// A throughput in bytes a second.
struct PcieCase {
  std::string name;  // the link, as options of nnpsim or in words
  double measured = 0, law = 0;
  double error() const;  // absolute
};
inline constexpr double kPcieBound = 0.005;
const PcieCase& worst(const std::vector<PcieCase>&);

/// A chip whose memory never limits: what is measured is the link.
models::ChipSpec link_chip(std::uint32_t generation, std::uint32_t lanes);

// Through the whole chip, doorbell to interrupt. The difference of two transfers: what comes once cancels
// out.
std::vector<PcieCase> pcie_reads(std::uint32_t generation);
std::vector<PcieCase> pcie_writes(std::uint32_t generation);
/// Little's law: what is in flight over the time from one read to the next in its place.
std::vector<PcieCase> pcie_few_reads(std::uint32_t generation);
std::vector<PcieCase> pcie_few_posted_headers();

// The link alone.
/// Credits x what one carries, each round trip; `class` in the name.
std::vector<PcieCase> pcie_credits();
models::PcieSpec random_pcie(std::uint64_t seed);
inline constexpr std::uint64_t kPcieSingles = 500, kPcieAligned = 200;
/// The clock edge in which the answer is seen.
struct PcieSingle {
  std::string name;
  Cycle seen = 0, law = 0;
};
PcieSingle pcie_single_read(std::uint64_t seed);
PcieSingle pcie_single_write(std::uint64_t seed);
/// Several aligned reads and writes: packets and bytes on the wire.
struct PcieAligned {
  std::string name;
  sim::PcieStatistics measured;
  Bytes down = 0, up = 0;  // by formula
  std::uint64_t packets = 0;
  bool equal() const;
};
PcieAligned pcie_aligned(std::uint64_t seed);

std::string pcie_table();

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// The closed forms that the host link is held to, written down a second time: rates in floating point from
// the raw ones, packets counted by formula instead of cut one by one.
#pragma once

#include <cmath>

#include "models/chips/chip_spec.h"

namespace nnp::test {

/// Bytes of packets a second and direction. Raw rate (GT/s a lane) x what coding or flits leave.
inline double pcie_bytes_per_s(const models::PcieSpec& pcie) {
  constexpr double kGigatransfers[] = {2.5, 5, 8, 16, 32, 64};
  const double left = pcie.generation <= 2 ? 0.8 : pcie.generation <= 5 ? 128.0 / 130 : 236.0 / 256;
  return kGigatransfers[pcie.generation - 1] * 1e9 / 8 * left * pcie.lanes;
}

// STP, sequence number, LCRC, END: 1 + 2 + 4 + 1; STP token and LCRC: 4 + 4; nothing in flits.
inline Bytes pcie_framing(const models::PcieSpec& pcie) { return pcie.generation == 6 ? 0 : 8; }
inline Bytes pcie_request_overhead(const models::PcieSpec& pcie) {
  return (pcie.address_bits == 64 ? 16 : 12) + pcie_framing(pcie);
}
inline Bytes pcie_completion_overhead(const models::PcieSpec& pcie) { return 12 + pcie_framing(pcie); }

/// Completions of an aligned read of `bytes`.
inline Bytes pcie_completions(const models::PcieSpec& pcie, Bytes bytes) {
  return (bytes + pcie.max_payload_bytes - 1) / pcie.max_payload_bytes;
}

/// Seconds that `bytes` occupy the lanes of one direction.
inline double pcie_seconds(const models::PcieSpec& pcie, Bytes bytes) {
  return static_cast<double>(bytes) / pcie_bytes_per_s(pcie);
}

/// Seconds from a read request on the link to its last byte in the device, link idle.
inline double pcie_read_seconds(const models::PcieSpec& pcie, Bytes bytes) {
  return pcie_seconds(pcie, pcie_request_overhead(pcie)) + 2 * pcie.latency_s +
         pcie_seconds(pcie, bytes + pcie_completions(pcie, bytes) * pcie_completion_overhead(pcie));
}

/// Data bytes a second of large aligned reads and writes when nothing but the lanes limits.
inline double pcie_read_bandwidth(const models::PcieSpec& pcie) {
  const double data = pcie.max_read_request_bytes;
  const Bytes packets = pcie_completions(pcie, pcie.max_read_request_bytes);
  return pcie_bytes_per_s(pcie) * data /
         (data + static_cast<double>(packets * pcie_completion_overhead(pcie)));
}
inline double pcie_write_bandwidth(const models::PcieSpec& pcie) {
  const double data = pcie.max_payload_bytes;
  return pcie_bytes_per_s(pcie) * data / (data + static_cast<double>(pcie_request_overhead(pcie)));
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// What travels on the lanes: line rate, the bytes of each packet, and how data is cut into packets.
//
// PCI Express base specification 6.0:
// - Rates: 2.5, 5 GT/s with 8b/10b (4.2.1), 8, 16, 32 GT/s with 128b/130b (4.2.2), 64 GT/s PAM4 in flits of
//   256 bytes (4.2.3), of which 236 carry packets, 6 link layer messages, 8 CRC and 6 ECC.
// - Headers (2.2): a memory request has 12 bytes with a 32-bit and 16 with a 64-bit address; a completion 12.
// - Around a packet: STP, 2 bytes of sequence number, 4 of LCRC and END with 8b/10b (3.6.2, 4.2.1.2); a
// 4-byte
//   STP token that holds the sequence number and 4 bytes of LCRC with 128b/130b (4.2.2.3.1); nothing in
//   flits.
// - Cuts: a request does not cross 4 KiB (2.2.7), here not even a multiple of its largest size; the first
//   completion of an unaligned read ends at the read completion boundary, the others carry a full payload
//   (2.3.1.1).
// Left out: see docs/validation/DEVIATIONS.md.
#pragma once

#include <algorithm>

#include "models/chips/chip_spec.h"
#include "sim/kernel/clock_domain.h"

namespace nnp::sim {

class PcieWire {
 public:
  explicit PcieWire(const models::PcieSpec& spec);

  /// How long `bytes` occupy one direction, rounded up to a picosecond; flits and line coding are in the
  /// rate.
  Picoseconds time(Bytes bytes) const {
    return ceil_div<Picoseconds>(bytes * rate_.picoseconds, rate_.bytes);
  }
  /// Bytes of one packet: header and framing included.
  Bytes read_request() const { return request_header_ + framing_; }
  Bytes write(Bytes data) const { return request_header_ + framing_ + data; }
  Bytes completion(Bytes data) const { return kCompletionHeader + framing_ + data; }

  /// Bytes of the whole double words that hold `bytes` from `address` on: what a packet carries (2.2.2).
  static Bytes carried(Address address, Bytes bytes) { return round_up<Bytes>(address % 4 + bytes, 4); }
  /// The first piece of `bytes` from `address` on that ends at a multiple of `limit` or holds them all.
  static Bytes piece(Address address, Bytes bytes, Bytes limit) {
    return std::min(limit - address % limit, bytes);
  }

  Bytes max_payload() const { return max_payload_; }
  Bytes max_read_request() const { return max_read_request_; }
  /// Calls packet(bytes carried) for each packet of a posted write, each request of a read, and each
  /// completion of one read request.
  template <typename F>
  void for_each_write(Address address, Bytes bytes, F&& packet) const;
  template <typename F>
  void for_each_read(Address address, Bytes bytes, F&& request) const;
  template <typename F>
  void for_each_completion(Address address, Bytes bytes, F&& packet) const;

 private:
  static constexpr Bytes kCompletionHeader = 12;
  struct Rate {
    std::uint64_t picoseconds, bytes;  // so many bytes take so many picoseconds
  };
  Rate rate_;
  Bytes request_header_, framing_;
  Bytes max_payload_, max_read_request_, completion_boundary_;
};

template <typename F>
void PcieWire::for_each_write(Address address, Bytes bytes, F&& packet) const {
  for (Bytes size = 0; bytes > 0; address += size, bytes -= size) {
    size = piece(address, bytes, max_payload_);
    packet(carried(address, size));
  }
}

template <typename F>
void PcieWire::for_each_read(Address address, Bytes bytes, F&& request) const {
  for (Bytes size = 0; bytes > 0; address += size, bytes -= size) {
    size = piece(address, bytes, max_read_request_);
    request(address, size);
  }
}

template <typename F>
void PcieWire::for_each_completion(Address address, Bytes bytes, F&& packet) const {
  const bool aligned = address % completion_boundary_ == 0;
  Bytes size = aligned ? max_payload_ : piece(address, bytes, completion_boundary_);
  while (bytes > 0) {
    size = std::min(size, bytes);
    packet(carried(address, size));
    address += size, bytes -= size;
    size = max_payload_;
  }
}

}  // namespace nnp::sim

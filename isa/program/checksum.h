// SPDX-License-Identifier: Apache-2.0
// CRC-32 as zlib and Ethernet have it (IEEE 802.3, reflected, 0xEDB88320), over bytes that come in pieces.
#pragma once

#include <cstdint>
#include <span>

namespace nnp::isa {

/// The checksum of what `so_far` is the checksum of (nothing: 0), followed by `bytes`.
std::uint32_t crc32_on(std::uint32_t so_far, std::span<const std::uint8_t> bytes);

}  // namespace nnp::isa

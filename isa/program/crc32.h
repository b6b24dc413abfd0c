// SPDX-License-Identifier: Apache-2.0
// CRC-32 as in zlib, PNG and Ethernet: polynomial 0x04C11DB7, reflected, complemented at both ends.
#pragma once

#include <cstdint>
#include <span>

namespace nnp::isa {

/// Of all bytes so far; begin with 0. Sixteen bytes at a time where the host multiplies without carries.
std::uint32_t crc32(std::uint32_t so_far, std::span<const std::uint8_t> bytes);

}  // namespace nnp::isa

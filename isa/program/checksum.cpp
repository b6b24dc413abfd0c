// SPDX-License-Identifier: Apache-2.0
// A program is hundreds of megabytes and read whole for this, so where libdeflate is installed it computes
// the sum: with carry-less multiplications, several times as fast as zlib.
#include "isa/program/checksum.h"

#if NNPSIM_LIBDEFLATE
#include <libdeflate.h>
#else
#include <zlib.h>
#endif

namespace nnp::isa {

std::uint32_t crc32_on(std::uint32_t so_far, std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return so_far;  // both libraries take a null pointer as the wish for the first value
#if NNPSIM_LIBDEFLATE
  return libdeflate_crc32(so_far, bytes.data(), bytes.size());
#else
  return static_cast<std::uint32_t>(crc32_z(so_far, bytes.data(), bytes.size()));
#endif
}

}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// The header of a .nnp file, as program_file.cpp writes it: magic, version, CRC-32, payload bytes.
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <string>

namespace nnp::test {

inline constexpr std::size_t kProgramHeaderBytes = 24;
inline constexpr std::size_t kVersionByte = 8, kCrcByte = 12, kLengthByte = 16;

/// Makes the header agree with the payload again, so that only the payload's meaning is wrong.
inline void repair_header(std::string& bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data() + kProgramHeaderBytes, bytes.size() - kProgramHeaderBytes);
  const std::uint32_t sum = crc.checksum();
  const std::uint64_t length = bytes.size() - kProgramHeaderBytes;
  bytes.replace(kCrcByte, sizeof sum, reinterpret_cast<const char*>(&sum), sizeof sum);
  bytes.replace(kLengthByte, sizeof length, reinterpret_cast<const char*>(&length), sizeof length);
}

}  // namespace nnp::test

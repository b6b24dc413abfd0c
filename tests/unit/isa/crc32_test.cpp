// SPDX-License-Identifier: Apache-2.0
// CRC-32 against zlib's, for all tails and alignments, whole and in pieces.
#include "isa/program/crc32.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string_view>
#include <vector>

namespace nnp::isa {
namespace {

std::vector<std::uint8_t> random_bytes(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

TEST(Crc32, IsTheOneOfTheCatalogue) {
  // "check" of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
  constexpr std::string_view kDigits = "123456789";
  EXPECT_EQ(crc32(0, {reinterpret_cast<const std::uint8_t*>(kDigits.data()), kDigits.size()}), 0xCBF43926u);
}

TEST(Crc32, EqualsZlibForEveryLengthFromEveryPlace) {
  const std::vector<std::uint8_t> bytes = random_bytes(600, 1);
  for (std::size_t from = 0; from < 17; ++from)
    for (std::size_t length = 0; from + length <= bytes.size(); ++length)
      ASSERT_EQ(crc32(0, std::span(bytes).subspan(from, length)), ::crc32_z(0, bytes.data() + from, length))
          << length << " bytes from " << from << " of random_bytes(600, 1)";
}

TEST(Crc32, GoesOnFromWhatIsThere) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const std::vector<std::uint8_t> bytes = random_bytes(1000, seed);
    std::mt19937 random(seed);
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t count = std::min<std::size_t>(random() % 300, bytes.size() - at);
      sum = crc32(sum, std::span(bytes).subspan(at, count));
      at += count;
    }
    ASSERT_EQ(sum, ::crc32_z(0, bytes.data(), bytes.size())) << "seed " << seed;
  }
}

}  // namespace
}  // namespace nnp::isa

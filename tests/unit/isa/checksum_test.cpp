// SPDX-License-Identifier: Apache-2.0
#include "isa/program/checksum.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <random>
#include <string_view>
#include <vector>

namespace nnp::isa {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
TEST(Checksum, IsTheCrc32OfTheCatalogue) { EXPECT_EQ(crc32_on(0, bytes_of("123456789")), 0xCBF43926u); }

TEST(Checksum, OfNothingMoreIsWhatItWas) {
  EXPECT_EQ(crc32_on(0, {}), 0u);
  EXPECT_EQ(crc32_on(0xCBF43926u, {}), 0xCBF43926u);
}

TEST(Checksum, OfPiecesIsThatOfTheWholeAsZlibHasIt) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::uint8_t> bytes(random() % 5000);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random());
    const std::span<const std::uint8_t> whole(bytes);
    std::uint32_t crc = 0;
    for (std::size_t at = 0; at < whole.size();) {
      const std::size_t size = std::min<std::size_t>(whole.size() - at, random() % 700);
      crc = crc32_on(crc, whole.subspan(at, size));
      at += size;
    }
    ASSERT_EQ(crc, crc32_z(crc32_z(0, nullptr, 0), bytes.data(), bytes.size())) << "seed " << seed;
  }
}

}  // namespace
}  // namespace nnp::isa

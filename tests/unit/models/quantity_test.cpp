// SPDX-License-Identifier: Apache-2.0
#include "models/chips/quantity.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "models/chips/chip_file.h"

namespace nnp::models {
namespace {

TEST(Quantity, TellsDecimalFromBinaryPrefixes) {
  EXPECT_EQ(parse_quantity("1 GB", Quantity::size), 1e9);
  EXPECT_EQ(parse_quantity("1 GiB", Quantity::size), 1073741824.0);
  EXPECT_EQ(parse_quantity("34 GB/s", Quantity::bandwidth), 34e9);
  EXPECT_EQ(parse_quantity("1 KiB/s", Quantity::bandwidth), 1024.0);
}

TEST(Quantity, IsTheNearestDoubleOfWhatWasWritten) {
  EXPECT_EQ(parse_quantity("500 ns", Quantity::time), 500e-9);
  EXPECT_EQ(parse_quantity("1.25 us", Quantity::time), 1.25e-6);
  EXPECT_EQ(parse_quantity("700 MHz", Quantity::frequency), 700e3);
  EXPECT_EQ(parse_quantity("1500 Hz", Quantity::frequency), 1.5);
}

TEST(Quantity, TakesNoSpaceOrOne) {
  EXPECT_EQ(parse_quantity("24MiB", Quantity::size), 25165824.0);
  EXPECT_FALSE(parse_quantity("24  MiB", Quantity::size));
}

TEST(Quantity, RefusesWhatIsNotANumberWithAUnitOfItsKind) {
  for (const char* text :
       {"", " ", "MiB", "24", "24 mib", "24 MHz", "24 MiB ", "x24 MiB", "0x10 B", "24 MiB/s", "- 4 B"}) {
    EXPECT_FALSE(parse_quantity(text, Quantity::size)) << '"' << text << '"';
  }
}

TEST(Quantity, IsWrittenInTheUnitOneWouldSay) {
  EXPECT_EQ(format_quantity(24.0 * 1024 * 1024, Quantity::size), "24 MiB");
  EXPECT_EQ(format_quantity(256, Quantity::size), "256 B");
  EXPECT_EQ(format_quantity(700e3, Quantity::frequency), "700 MHz");
  EXPECT_EQ(format_quantity(34e9, Quantity::bandwidth), "34 GB/s");
  EXPECT_EQ(format_quantity(500e-9, Quantity::time), "500 ns");
}

TEST(Quantity, ReadsBackExactlyWhatItWrote) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 2000; ++i) {
    const auto kind = static_cast<Quantity>(random() % 4);
    const double exponent = static_cast<double>(random() % 240) / 10 - 12;  // 1e-12 to 1e12
    const double value = std::pow(10, exponent) * (1 + static_cast<double>(random() % 1000) / 999);
    const std::string text = format_quantity(value, kind);
    ASSERT_EQ(parse_quantity(text, kind), value) << "case " << i << ": " << text;
  }
}

TEST(NearestName, FindsASlipOfTheFinger) {
  const std::vector<std::string> names = {"edge8", "tpu_v1", "gemmini16"};
  EXPECT_EQ(nearest_name("tpu_v2", names), "tpu_v1");
  EXPECT_EQ(nearest_name("tpuv1", names), "tpu_v1");
  EXPECT_EQ(nearest_name("gemini16", names), "gemmini16");
  EXPECT_EQ(nearest_name("edge8", names), "edge8");
}

TEST(NearestName, IsSilentWhenNothingIsNear) {
  const std::vector<std::string> names = {"edge8", "tpu_v1"};
  EXPECT_EQ(nearest_name("banana", names), "");
  EXPECT_EQ(nearest_name("", names), "");
  EXPECT_EQ(nearest_name("x", names), "");
  EXPECT_EQ(nearest_name(std::string(100000, 'e'), names), "");
  EXPECT_EQ(nearest_name("edge8", {}), "");
}

}  // namespace
}  // namespace nnp::models

// SPDX-License-Identifier: Apache-2.0
// Published figures: each has a source, a device whose peak it stays below, and a network that the zoo has.
#include "models/published/published.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/networks/zoo.h"

namespace nnp::models {
namespace {

std::string refusal(const std::string& toml) {
  try {
    read_published(toml);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PublishedFigures, HaveASourceAndANetworkOfTheZoo) {
  EXPECT_GE(published().rows.size(), 8u);
  for (const PublishedRow& row : published().rows) {
    EXPECT_GE(row.source.size(), 10u) << row.network << " on " << row.device;
    EXPECT_TRUE(std::ranges::any_of(networks(), [&](const NetworkInfo& each) {
      return each.name == row.network;
    })) << row.network;
  }
  for (const PublishedDevice& device : published().devices)
    EXPECT_GE(device.source.size(), 10u) << device.key;
}

TEST(PublishedFigures, StayBelowTheirDevicesPeak) {
  constexpr double kResNet50Operations =
      2 * 4.09e9;  // torchvision's count of multiply-accumulates, 224 x 224
  for (const PublishedRow& row : published().rows) {
    ASSERT_EQ(row.network, "resnet50");
    const PublishedDevice* device = published().device(row.device);
    ASSERT_NE(device, nullptr);
    ASSERT_TRUE(device->operations_per_s.contains(row.precision)) << row.device << " " << row.precision;
    const double per_s = row.throughput_per_s ? *row.throughput_per_s
                                              : static_cast<double>(row.batch.value()) / *row.latency_s;
    const double share = per_s * kResNet50Operations / device->operations_per_s.at(row.precision);
    EXPECT_GT(share, 0.005) << row.device << " " << row.source;
    EXPECT_LT(share, 0.6) << row.device << " " << row.source << ": no GPU is known to reach that";
  }
}

TEST(PublishedDevices, AreFoundByTheDriversNameForThem) {
  ASSERT_NE(published().device_called("NVIDIA H100 80GB HBM3"), nullptr);
  EXPECT_EQ(published().device_called("NVIDIA H100 80GB HBM3")->key, "h100_sxm");
  EXPECT_EQ(published().device_called("Tesla V100-SXM2-16GB")->key, "v100_sxm");
  EXPECT_EQ(published().device_called("Handmade GPU"), nullptr);
  EXPECT_EQ(published().device_called(""), nullptr);
}

TEST(PublishedFigures, WithoutSourceOrWithAnUnknownDeviceAreRefused) {
  const std::string device = "[device.d]\nname = \"D\"\nmemory = 1e9\nsource = \"somebody said so\"\n";
  EXPECT_EQ(refusal(device), "accepted");
  EXPECT_EQ(refusal("[device.d]\nname = \"D\"\nmemory = 1e9\n"),
            "gpus.toml: [device.d] lacks name, memory or source");
  EXPECT_EQ(
      refusal(
          device +
          "[row.r]\nnetwork = \"n\"\ndevice = \"e\"\nprecision = \"int8\"\nlatency_s = 1\nsource = \"s\"\n"),
      "gpus.toml: [row.r] lacks network, precision, source or a known device");
  EXPECT_EQ(
      refusal(device + "[row.r]\nnetwork = \"n\"\ndevice = \"d\"\nprecision = \"int8\"\nsource = \"s\"\n"),
      "gpus.toml: [row.r] has no figure");
  EXPECT_EQ(refusal("[device.d]\nint9 = 1\n"), "gpus.toml:2: device.d.int9 = 1: no such key");
  EXPECT_EQ(refusal("[device.d]\nmemory = -1\n"),
            "gpus.toml:2: device.d.memory = -1: must be a number above 0");
}

}  // namespace
}  // namespace nnp::models

// SPDX-License-Identifier: Apache-2.0
// Every zoo network on every shipped chip, in slices that a daily test can afford.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nnp::test {

struct NetworkPair {
  std::string network, chip;
  double seconds = 0;  // of CPU that a run at batch 1 with the naive check takes, about
  bool operator==(const NetworkPair&) const = default;
};

/// All pairs, in an order that mixes networks and chips and is the same everywhere. Seconds are those of
/// tests/data/network_seconds.csv, which has rows of a network and of one "on" a chip; kUnknownSeconds
/// without any.
std::vector<NetworkPair> network_pairs();
inline constexpr double kUnknownSeconds = 20;

/// Cut so that every pair is in one slice and a slice of several pairs takes at most `budget` seconds.
std::vector<std::vector<NetworkPair>> slices(const std::vector<NetworkPair>&, double budget);

/// Which slice a day has: one after the other.
std::size_t slice_of_day(std::int64_t days_since_epoch, std::size_t slices);

}  // namespace nnp::test

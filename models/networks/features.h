// SPDX-License-Identifier: Apache-2.0
// A feature map as its distribution: what each layer does to the mean and variance of its channels, reckoned
// without running the network.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nnp::models {

/// Every channel normal, independent of the others.
struct Features {
  std::string name;          // of the value
  std::vector<double> mean;  // a channel
  std::vector<double> variance;
  std::int64_t channels() const { return static_cast<std::int64_t>(mean.size()); }
};

/// Standard normal channels.
Features standard_features(const std::string& name, std::int64_t channels);

/// Each fills `y` (named by the caller) from `x`.
void rectified(const Features& x, Features& y);
void summed(const Features& left, const Features& right, Features& y);
/// Of rectified values; kernel 2 or 3.
void pooled_maximum(const Features& x, std::int64_t kernel, Features& y);
/// Weights [outputs, channels / groups, taps] and biases (or none). Padding, which is zeros, is ignored.
void weighted_sums(const Features& x, const std::vector<float>& weights, const std::vector<float>& biases,
                   std::int64_t outputs, std::int64_t groups, Features& y);

}  // namespace nnp::models

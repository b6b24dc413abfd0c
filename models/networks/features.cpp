// SPDX-License-Identifier: Apache-2.0
#include "models/networks/features.h"

#include <algorithm>
#include <cmath>

namespace nnp::models {
namespace {

// exp for x <= 0 by squaring (1 + x / 2^16) sixteen times: relative error below x^2 / 2^17, and the same bits
// on every host.
double exp_of_negative(double x) {
  double power = std::max(1 + x / 65536, 0.0);
  for (int i = 0; i < 16; ++i) power *= power;
  return power;
}

// Standard normal density and distribution; the latter by Abramowitz and Stegun 26.2.17, error below 1e-7.
double density(double z) { return 0.3989422804014327 * exp_of_negative(-z * z / 2); }
double distribution(double z) {
  if (z < 0) return 1 - distribution(-z);
  const double t = 1 / (1 + 0.2316419 * z);
  const double series =
      t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - density(z) * series;
}

// What padding and the likeness of channels add to a sum's variance. Fitted: with it ResNet-50's values keep
// a deviation near 1 down to the last layer; without it they grow by 3 % a layer.
constexpr double kUnmodelled = 1.1;

}  // namespace

Features standard_features(const std::string& name, std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  return {name, std::vector<double>(count, 0), std::vector<double>(count, 1)};
}

void rectified(const Features& x, Features& y) {
  for (std::size_t c = 0; c < x.mean.size(); ++c) {  // moments of a rectified normal
    const double mean = x.mean[c];
    const double deviation = std::sqrt(x.variance[c]);
    const double z = mean / deviation;
    const double first = mean * distribution(z) + deviation * density(z);
    const double second = (mean * mean + x.variance[c]) * distribution(z) + mean * deviation * density(z);
    y.mean.push_back(first);
    y.variance.push_back(std::max(second - first * first, 1e-6));
  }
}

void summed(const Features& left, const Features& right, Features& y) {
  for (std::size_t c = 0; c < left.mean.size(); ++c) {
    y.mean.push_back(left.mean[c] + right.mean[c]);
    y.variance.push_back(left.variance[c] + right.variance[c]);
  }
}

// The maximum of k x k normals of deviation d lies kShift d higher and has the deviation kNarrow d (order
// statistics for 9 normals: 1.485 and 0.598; for 4: 1.029 and 0.701), reckoned from the rectified moments of
// N(0, d).
void pooled_maximum(const Features& x, std::int64_t kernel, Features& y) {
  const double shift = kernel == 3 ? 1.485 : 1.029;
  const double narrow = kernel == 3 ? 0.598 : 0.701;
  for (std::size_t c = 0; c < x.mean.size(); ++c) {
    const double deviation = std::sqrt(x.variance[c] / 0.3408);  // before the ReLU: 0.3408 = 1/2 - 1/(2 pi)
    y.mean.push_back(shift * deviation);
    y.variance.push_back(narrow * narrow * deviation * deviation);
  }
}

void weighted_sums(const Features& x, const std::vector<float>& weights, const std::vector<float>& biases,
                   std::int64_t outputs, std::int64_t groups, Features& y) {
  const auto count = static_cast<std::size_t>(outputs);
  const std::size_t outputs_a_group = count / static_cast<std::size_t>(groups);
  const std::size_t channels = x.mean.size() / static_cast<std::size_t>(groups);
  const std::size_t taps = weights.size() / count / channels;
  auto weight = weights.begin();
  for (std::size_t o = 0; o < count; ++o) {
    const std::size_t first = o / outputs_a_group * channels;
    double mean = biases.empty() ? 0 : biases[o];
    double variance = 0;
    for (std::size_t c = first; c < first + channels; ++c) {
      double sum = 0;
      double squares = 0;
      for (std::size_t tap = 0; tap < taps; ++tap, ++weight) {
        sum += *weight;
        squares += static_cast<double>(*weight) * *weight;
      }
      mean += sum * x.mean[c];
      variance += kUnmodelled * squares * x.variance[c];
    }
    y.mean.push_back(mean);
    y.variance.push_back(variance);
  }
}

}  // namespace nnp::models

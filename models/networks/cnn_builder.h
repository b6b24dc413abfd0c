// SPDX-License-Identifier: Apache-2.0
// Convolutional networks with random weights whose activations nevertheless keep their scale, layer by layer:
// each channel's mean and variance are carried along analytically (features.h), weights are scaled to them,
// and BatchNormalization gets them as its statistics.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/networks/features.h"
#include "models/networks/graph_builder.h"

namespace nnp::models {

struct ConvShape {
  std::int64_t outputs, kernel;
  std::int64_t stride = 1, pad = 0, groups = 1;
  bool bias = false;
  double gain = 1;  // the standard deviation of the sums
};

class CnnBuilder {
 public:
  CnnBuilder(const std::string& name, const WeightSource& source) : graph_(name, source) {}
  GraphBuilder& graph() { return graph_; }

  Features image(std::int64_t channels, std::int64_t size);  // square
  Features conv(const std::string& name, const Features& x, const ConvShape&);
  Features fully_connected(const std::string& name, const Features& x, std::int64_t outputs);
  /// The last layer; returns the logits.
  std::string classifier(const std::string& name, const Features& x, std::int64_t classes);
  /// `gain`: the standard deviation of the result, give or take a tenth.
  Features batch_norm(const std::string& name, const Features& x, double gain = 1);
  Features relu(const std::string& name, const Features& x);
  Features relu6(const std::string& name, const Features& x);
  Features add(const std::string& name, const Features& left, const Features& right);
  Features concat(const std::string& name, const std::vector<Features>& parts);  // channels
  Features max_pool(const std::string& name, const Features& x, std::int64_t kernel, std::int64_t stride,
                    std::int64_t pad);
  /// Neighbouring pixels are alike, so the mean over the image keeps part of the variance.
  Features global_average_pool(const std::string& name, const Features& x, double kept_variance);
  Features flatten(const std::string& name, const Features& x, std::int64_t pixels);

  /// Usual groups of the above: name.conv / name.bn / name.relu and the like are the callers' names.
  Features conv_relu(const std::string& conv, const std::string& relu, const Features& x, ConvShape);
  Features conv_bn(const std::string& conv, const std::string& bn, const Features& x, const ConvShape&,
                   double gain = 1);

 private:
  std::string scaled_weights(const std::string& name, const Features& x, const Shape& shape,
                             std::int64_t groups = 1, double gain = 1);
  Features sums(const Features& x, const std::vector<std::string>& inputs, std::int64_t groups = 1) const;

  GraphBuilder graph_;
};

}  // namespace nnp::models

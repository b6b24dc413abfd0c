// SPDX-License-Identifier: Apache-2.0
#include "models/networks/cnn_builder.h"

#include <cmath>

namespace nnp::models {
namespace {

Attributes window(std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
  return {{"kernel_shape", Shape{kernel, kernel}},
          {"strides", Shape{stride, stride}},
          {"pads", Shape{pad, pad, pad, pad}}};
}

}  // namespace

Features CnnBuilder::image(std::int64_t channels, std::int64_t size) {
  return standard_features(
      graph_.input("input", onnx::TensorProto_DataType_FLOAT, {kBatch, channels, size, size}), channels);
}

Features CnnBuilder::conv(const std::string& name, const Features& x, const ConvShape& shape) {
  std::vector<std::string> inputs = {
      x.name,
      scaled_weights(name, x, {shape.outputs, x.channels() / shape.groups, shape.kernel, shape.kernel},
                     shape.groups, shape.gain)};
  if (shape.bias) inputs.push_back(graph_.weights(name + ".bias", {shape.outputs}, 0.1));
  Features y = sums(x, inputs, shape.groups);
  Attributes attributes = window(shape.kernel, shape.stride, shape.pad);
  if (shape.groups != 1) attributes["group"] = shape.groups;
  y.name = graph_.node("Conv", name, inputs, attributes);
  return y;
}

Features CnnBuilder::fully_connected(const std::string& name, const Features& x, std::int64_t outputs) {
  const std::vector<std::string> inputs = {x.name, scaled_weights(name, x, {outputs, x.channels()}),
                                           graph_.weights(name + ".bias", {outputs}, 0.1)};
  Features y = sums(x, inputs);
  y.name = graph_.node("Gemm", name, inputs, {{"transB", 1}});
  return y;
}

// Only what varies from image to image decides the class: the bias takes away what the mean features add, and
// the logits' standard deviation over images is near 2.
std::string CnnBuilder::classifier(const std::string& name, const Features& x, std::int64_t classes) {
  double variance = 0;
  for (const double each : x.variance) variance += each;
  const std::string weight =
      graph_.weights(name + ".weight", {classes, x.channels()}, 2 / std::sqrt(variance));
  const Features logits = sums(x, {x.name, weight});
  std::vector<float> bias;
  for (const double mean : logits.mean) bias.push_back(static_cast<float>(-mean));
  return graph_.node("Gemm", name, {x.name, weight, graph_.floats(name + ".bias", {classes}, bias)},
                     {{"transB", 1}});
}

Features CnnBuilder::batch_norm(const std::string& name, const Features& x, double gain) {
  const Shape shape = {x.channels()};
  const std::string scale = graph_.weights(name + ".weight", shape, 0.1 * gain, gain);
  const std::string bias = graph_.weights(name + ".bias", shape, 0.1 * gain);
  const std::string mean = graph_.floats(name + ".running_mean", shape, {x.mean.begin(), x.mean.end()});
  const std::string variance =
      graph_.floats(name + ".running_var", shape, {x.variance.begin(), x.variance.end()});
  Features y = standard_features(
      graph_.node("BatchNormalization", name, {x.name, scale, bias, mean, variance}), x.channels());
  if (!graph_.has_values()) return y;
  const std::vector<float> scales = graph_.values(scale);
  const std::vector<float> biases = graph_.values(bias);
  for (std::size_t c = 0; c < scales.size(); ++c) {
    y.mean[c] = biases[c];
    y.variance[c] = static_cast<double>(scales[c]) * scales[c];
  }
  return y;
}

Features CnnBuilder::relu(const std::string& name, const Features& x) {
  Features y{graph_.node("Relu", name, {x.name}), {}, {}};
  rectified(x, y);
  return y;
}

// Behind BatchNormalization: 6 is six deviations away, so the moments are ReLU's.
Features CnnBuilder::relu6(const std::string& name, const Features& x) {
  const std::string low = graph_.scalar(name + ".min", 0);
  Features y{graph_.node("Clip", name, {x.name, low, graph_.scalar(name + ".max", 6)}), {}, {}};
  rectified(x, y);
  return y;
}

Features CnnBuilder::add(const std::string& name, const Features& left, const Features& right) {
  Features y{graph_.node("Add", name, {left.name, right.name}), {}, {}};
  summed(left, right, y);
  return y;
}

Features CnnBuilder::concat(const std::string& name, const std::vector<Features>& parts) {
  Features y;
  std::vector<std::string> names;
  for (const Features& part : parts) {
    names.push_back(part.name);
    y.mean.insert(y.mean.end(), part.mean.begin(), part.mean.end());
    y.variance.insert(y.variance.end(), part.variance.begin(), part.variance.end());
  }
  y.name = graph_.node("Concat", name, names, {{"axis", 1}});
  return y;
}

Features CnnBuilder::max_pool(const std::string& name, const Features& x, std::int64_t kernel,
                              std::int64_t stride, std::int64_t pad) {
  Features y{graph_.node("MaxPool", name, {x.name}, window(kernel, stride, pad)), {}, {}};
  pooled_maximum(x, kernel, y);
  return y;
}

Features CnnBuilder::global_average_pool(const std::string& name, const Features& x, double kept_variance) {
  Features y = x;
  y.name = graph_.node("GlobalAveragePool", name, {x.name});
  for (double& variance : y.variance) variance *= kept_variance;
  return y;
}

Features CnnBuilder::flatten(const std::string& name, const Features& x, std::int64_t pixels) {
  Features y{graph_.node("Flatten", name, {x.name}, {{"axis", 1}}), {}, {}};
  for (std::size_t c = 0; c < x.mean.size(); ++c) {
    y.mean.insert(y.mean.end(), static_cast<std::size_t>(pixels), x.mean[c]);
    y.variance.insert(y.variance.end(), static_cast<std::size_t>(pixels), x.variance[c]);
  }
  return y;
}

Features CnnBuilder::conv_relu(const std::string& conv_name, const std::string& relu_name, const Features& x,
                               ConvShape shape) {
  shape.bias = true;
  return relu(relu_name, conv(conv_name, x, shape));
}

Features CnnBuilder::conv_bn(const std::string& conv_name, const std::string& bn_name, const Features& x,
                             const ConvShape& shape, double gain) {
  return batch_norm(bn_name, conv(conv_name, x, shape), gain);
}

// Sums of standard deviation 1 (over weights and positions). Behind ReLU of a standard normal these are
// He's weights, 2 / fan-in.
std::string CnnBuilder::scaled_weights(const std::string& name, const Features& x, const Shape& shape,
                                       std::int64_t groups, double gain) {
  double power = 0;  // of all inputs of one sum
  for (std::size_t c = 0; c < x.mean.size(); ++c) power += x.mean[c] * x.mean[c] + x.variance[c];
  power /= static_cast<double>(groups);
  for (std::size_t d = 2; d < shape.size(); ++d) power *= static_cast<double>(shape[d]);
  return graph_.weights(name + ".weight", shape, gain / std::sqrt(power));
}

// From the weights as drawn, unless there are none.
Features CnnBuilder::sums(const Features& x, const std::vector<std::string>& inputs,
                          std::int64_t groups) const {
  const std::int64_t outputs = graph_.shape(inputs.at(1)).front();
  if (!graph_.has_values()) return standard_features("", outputs);
  Features y;
  weighted_sums(x, graph_.values(inputs[1]),
                inputs.size() > 2 ? graph_.values(inputs[2]) : std::vector<float>{}, outputs, groups, y);
  return y;
}

}  // namespace nnp::models

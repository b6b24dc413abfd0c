// SPDX-License-Identifier: Apache-2.0
// Convolutional networks with random weights whose activations nevertheless keep their scale, layer by layer:
// each channel's mean and variance are carried along analytically, and BatchNormalization gets them as its
// statistics.
#include <algorithm>
#include <cmath>

#include "models/networks/families.h"
#include "models/networks/graph_builder.h"

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

// A feature map as its distribution: every channel normal, independent of the others.
struct Features {
  std::string name;
  std::vector<double> mean;  // a channel
  std::vector<double> variance;
  std::int64_t channels() const { return static_cast<std::int64_t>(mean.size()); }
};

class CnnBuilder {
 public:
  CnnBuilder(const std::string& name, std::uint64_t seed) : graph_(name, seed) {}
  GraphBuilder& graph() { return graph_; }

  Features image(std::int64_t channels, std::int64_t size) {
    const auto count = static_cast<std::size_t>(channels);
    return {graph_.input("input", onnx::TensorProto_DataType_FLOAT, {kBatch, channels, size, size}),
            std::vector<double>(count, 0), std::vector<double>(count, 1)};
  }

  Features conv(const std::string& name, const Features& x, std::int64_t outputs, std::int64_t kernel,
                std::int64_t stride, std::int64_t pad, bool with_bias = false) {
    std::vector<std::string> inputs = {x.name,
                                       scaled_weights(name, x, {outputs, x.channels(), kernel, kernel})};
    if (with_bias) inputs.push_back(graph_.weights(name + ".bias", {outputs}, 0.1));
    Features y = weighted_sums(x, inputs);
    y.name = graph_.node("Conv", name, inputs, window(kernel, stride, pad));
    return y;
  }

  Features fully_connected(const std::string& name, const Features& x, std::int64_t outputs) {
    const std::vector<std::string> inputs = {x.name, scaled_weights(name, x, {outputs, x.channels()}),
                                             graph_.weights(name + ".bias", {outputs}, 0.1)};
    Features y = weighted_sums(x, inputs);
    y.name = graph_.node("Gemm", name, inputs, {{"transB", 1}});
    return y;
  }

  // The last layer. Only what varies from image to image decides the class: the bias takes away what the mean
  // features add, and the logits' standard deviation over images is near 2.
  std::string classifier(const std::string& name, const Features& x, std::int64_t classes) {
    double variance = 0;
    for (const double each : x.variance) variance += each;
    const std::string weight =
        graph_.weights(name + ".weight", {classes, x.channels()}, 2 / std::sqrt(variance));
    const Features sums = weighted_sums(x, {x.name, weight});
    std::vector<float> bias;
    for (const double mean : sums.mean) bias.push_back(static_cast<float>(-mean));
    return graph_.node("Gemm", name, {x.name, weight, graph_.floats(name + ".bias", {classes}, bias)},
                       {{"transB", 1}});
  }

  // `gain`: the standard deviation of the result, give or take a tenth.
  Features batch_norm(const std::string& name, const Features& x, double gain = 1) {
    const Shape shape = {x.channels()};
    const std::string scale = graph_.weights(name + ".weight", shape, 0.1 * gain, gain);
    const std::string bias = graph_.weights(name + ".bias", shape, 0.1 * gain);
    const std::string mean = graph_.floats(name + ".running_mean", shape, {x.mean.begin(), x.mean.end()});
    const std::string variance =
        graph_.floats(name + ".running_var", shape, {x.variance.begin(), x.variance.end()});
    Features y{graph_.node("BatchNormalization", name, {x.name, scale, bias, mean, variance}), {}, {}};
    const std::vector<float> scales = graph_.values(scale);
    const std::vector<float> biases = graph_.values(bias);
    for (std::size_t c = 0; c < scales.size(); ++c) {
      y.mean.push_back(biases[c]);
      y.variance.push_back(static_cast<double>(scales[c]) * scales[c]);
    }
    return y;
  }

  Features relu(const std::string& name, const Features& x) {
    Features y{graph_.node("Relu", name, {x.name}), {}, {}};
    for (std::size_t c = 0; c < x.mean.size(); ++c) {  // moments of a rectified normal
      const double mean = x.mean[c];
      const double deviation = std::sqrt(x.variance[c]);
      const double z = mean / deviation;
      const double first = mean * distribution(z) + deviation * density(z);
      const double second = (mean * mean + x.variance[c]) * distribution(z) + mean * deviation * density(z);
      y.mean.push_back(first);
      y.variance.push_back(std::max(second - first * first, 1e-6));
    }
    return y;
  }

  Features add(const std::string& name, const Features& left, const Features& right) {
    Features y{graph_.node("Add", name, {left.name, right.name}), {}, {}};
    for (std::size_t c = 0; c < left.mean.size(); ++c) {
      y.mean.push_back(left.mean[c] + right.mean[c]);
      y.variance.push_back(left.variance[c] + right.variance[c]);
    }
    return y;
  }

  // Of rectified values: the maximum of k x k normals of deviation d lies kShift d higher and has the
  // deviation kNarrow d (order statistics for 9 normals: 1.485 and 0.598; for 4: 1.029 and 0.701), reckoned
  // from the rectified moments of N(0, d).
  Features max_pool(const std::string& name, const Features& x, std::int64_t kernel, std::int64_t stride,
                    std::int64_t pad) {
    const double shift = kernel == 3 ? 1.485 : 1.029;
    const double narrow = kernel == 3 ? 0.598 : 0.701;
    Features y{graph_.node("MaxPool", name, {x.name}, window(kernel, stride, pad)), {}, {}};
    for (std::size_t c = 0; c < x.mean.size(); ++c) {
      const double deviation = std::sqrt(x.variance[c] / 0.3408);  // before the ReLU: 0.3408 = 1/2 - 1/(2 pi)
      y.mean.push_back(shift * deviation);
      y.variance.push_back(narrow * narrow * deviation * deviation);
    }
    return y;
  }

  // Neighbouring pixels are alike, so the mean over the image keeps part of the variance.
  Features global_average_pool(const std::string& name, const Features& x, double kept_variance) {
    Features y = x;
    y.name = graph_.node("GlobalAveragePool", name, {x.name});
    for (double& variance : y.variance) variance *= kept_variance;
    return y;
  }

  Features flatten(const std::string& name, const Features& x, std::int64_t pixels) {
    Features y{graph_.node("Flatten", name, {x.name}, {{"axis", 1}}), {}, {}};
    for (std::size_t c = 0; c < x.mean.size(); ++c) {
      y.mean.insert(y.mean.end(), static_cast<std::size_t>(pixels), x.mean[c]);
      y.variance.insert(y.variance.end(), static_cast<std::size_t>(pixels), x.variance[c]);
    }
    return y;
  }

 private:
  static Attributes window(std::int64_t kernel, std::int64_t stride, std::int64_t pad) {
    return {{"kernel_shape", Shape{kernel, kernel}},
            {"strides", Shape{stride, stride}},
            {"pads", Shape{pad, pad, pad, pad}}};
  }

  // Sums of standard deviation 1 (over weights and positions). Behind ReLU of a standard normal these are
  // He's weights, 2 / fan-in.
  std::string scaled_weights(const std::string& name, const Features& x, const Shape& shape) {
    double power = 0;  // of all inputs of one sum
    for (std::size_t c = 0; c < x.mean.size(); ++c) power += x.mean[c] * x.mean[c] + x.variance[c];
    for (std::size_t d = 2; d < shape.size(); ++d) power *= static_cast<double>(shape[d]);
    return graph_.weights(name + ".weight", shape, 1 / std::sqrt(power));
  }

  // Moments of weights x features (+ bias), from the weights as drawn. Padding, which is zeros, is ignored.
  Features weighted_sums(const Features& x, const std::vector<std::string>& inputs) const {
    const std::vector<float> weights = graph_.values(inputs.at(1));
    const std::vector<float> biases = inputs.size() > 2 ? graph_.values(inputs[2]) : std::vector<float>{};
    const std::size_t channels = x.mean.size();
    const std::size_t outputs = static_cast<std::size_t>(graph_.shape(inputs.at(1)).front());
    const std::size_t taps = weights.size() / outputs / channels;
    Features y;
    auto weight = weights.begin();
    for (std::size_t o = 0; o < outputs; ++o) {
      double mean = biases.empty() ? 0 : biases[o];
      double variance = 0;
      for (std::size_t c = 0; c < channels; ++c) {
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
    return y;
  }

 private:
  GraphBuilder graph_;
};

// A residual block: main path, shortcut (its own convolution where the shape changes), sum, ReLU. The branch
// adds a quarter of a unit of variance, so that the sum grows slowly from block to block.
constexpr double kBranchGain = 0.5;

Features shortcut(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t outputs,
                  std::int64_t stride) {
  if (stride == 1 && x.channels() == outputs) return x;
  return net.batch_norm(name + ".downsample.1", net.conv(name + ".downsample.0", x, outputs, 1, stride, 0));
}

Features basic_block(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t width,
                     std::int64_t stride) {
  Features y = net.conv(name + ".conv1", x, width, 3, stride, 1);
  y = net.relu(name + ".relu1", net.batch_norm(name + ".bn1", y));
  y = net.batch_norm(name + ".bn2", net.conv(name + ".conv2", y, width, 3, 1, 1), kBranchGain);
  return net.relu(name + ".relu2", net.add(name + ".add", y, shortcut(net, name, x, width, stride)));
}

// "v1.5": the stride is in the 3x3 convolution, as torchvision has it.
Features bottleneck_block(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t width,
                          std::int64_t stride) {
  Features y = net.conv(name + ".conv1", x, width, 1, 1, 0);
  y = net.relu(name + ".relu1", net.batch_norm(name + ".bn1", y));
  y = net.conv(name + ".conv2", y, width, 3, stride, 1);
  y = net.relu(name + ".relu2", net.batch_norm(name + ".bn2", y));
  y = net.batch_norm(name + ".bn3", net.conv(name + ".conv3", y, 4 * width, 1, 1, 0), kBranchGain);
  return net.relu(name + ".relu3", net.add(name + ".add", y, shortcut(net, name, x, 4 * width, stride)));
}

using Block = Features (*)(CnnBuilder&, const std::string&, const Features&, std::int64_t, std::int64_t);

// K. He et al., "Deep Residual Learning for Image Recognition", 2015, table 1; names of tensors as in
// torchvision.
onnx::ModelProto build_resnet(const std::string& network, std::uint64_t seed, Block block,
                              const std::vector<int>& blocks) {
  constexpr std::int64_t kClasses = 1000;
  constexpr double kPooledVariance = 0.1;  // over 7 x 7 positions; see the test of activations
  CnnBuilder net(network, seed);
  Features x = net.conv("conv1", net.image(3, 224), 64, 7, 2, 3);
  x = net.relu("relu", net.batch_norm("bn1", x));
  x = net.max_pool("maxpool", x, 3, 2, 1);
  for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
    for (int i = 0; i < blocks[stage]; ++i) {
      const std::string name = "layer" + std::to_string(stage + 1) + "." + std::to_string(i);
      x = block(net, name, x, std::int64_t{64} << stage, stage > 0 && i == 0 ? 2 : 1);
    }
  }
  x = net.flatten("flatten", net.global_average_pool("avgpool", x, kPooledVariance), 1);
  net.graph().output(net.classifier("fc", x, kClasses), "logits", {kBatch, kClasses});
  return std::move(net.graph()).finish();
}

}  // namespace

onnx::ModelProto build_resnet18(std::uint64_t seed) {
  return build_resnet("resnet18", seed, basic_block, {2, 2, 2, 2});
}
onnx::ModelProto build_resnet50(std::uint64_t seed) {
  return build_resnet("resnet50", seed, bottleneck_block, {3, 4, 6, 3});
}

// Y. LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, in the form usual today:
// ReLU, maximum pooling, every map connected, 28 x 28 images padded by 2.
onnx::ModelProto build_lenet5(std::uint64_t seed) {
  CnnBuilder net("lenet5", seed);
  Features x = net.relu("relu1", net.conv("conv1", net.image(1, 28), 6, 5, 1, 2, true));
  x = net.max_pool("pool1", x, 2, 2, 0);
  x = net.relu("relu2", net.conv("conv2", x, 16, 5, 1, 0, true));
  x = net.max_pool("pool2", x, 2, 2, 0);
  x = net.flatten("flatten", x, 25);
  x = net.relu("relu3", net.fully_connected("fc1", x, 120));
  x = net.relu("relu4", net.fully_connected("fc2", x, 84));
  net.graph().output(net.classifier("fc3", x, 10), "logits", {kBatch, 10});
  return std::move(net.graph()).finish();
}

}  // namespace nnp::models

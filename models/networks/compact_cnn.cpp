// SPDX-License-Identifier: Apache-2.0
// Convolutional networks for small machines: MobileNetV2 and SqueezeNet. Names of tensors as in torchvision.
#include "models/networks/cnn_builder.h"
#include "models/networks/families.h"

namespace nnp::models {
namespace {

constexpr std::int64_t kClasses = 1000;
constexpr double kPooledVariance = 0.1;  // over 7 x 7 positions; see the test of activations
constexpr double kLastGain = 1.5;        // the mean over the image takes deviation away
constexpr double kBranchGain = 0.5;      // as in resnet.cpp

struct Stage {
  std::int64_t expansion, width;
  int blocks;
  std::int64_t stride;  // of the first block
};

// Inverted residual: 1 x 1 up (unless the expansion is 1), 3 x 3 a channel, 1 x 1 down without activation.
Features inverted_residual(CnnBuilder& net, const std::string& name, const Features& x,
                           std::int64_t expansion, std::int64_t width, std::int64_t stride) {
  const bool residual = stride == 1 && x.channels() == width;
  const std::int64_t hidden = x.channels() * expansion;
  Features y = x;
  int at = 0;  // torchvision's number of a part
  const auto conv_bn_relu = [&](const ConvShape& shape) {
    const std::string part = name + ".conv." + std::to_string(at++);
    y = net.relu6(part + ".2", net.conv_bn(part + ".0", part + ".1", y, shape));
  };
  if (expansion != 1) conv_bn_relu({hidden, 1});
  conv_bn_relu({hidden, 3, stride, 1, hidden});
  y = net.conv_bn(name + ".conv." + std::to_string(at), name + ".conv." + std::to_string(at + 1), y,
                  {width, 1}, residual ? kBranchGain : 1);
  return residual ? net.add(name + ".add", x, y) : y;
}

onnx::ModelProto build_mobilenet(const std::string& network, const WeightSource& source, std::int64_t image,
                                 std::int64_t first, const std::vector<Stage>& stages, std::int64_t last,
                                 std::int64_t classes) {
  CnnBuilder net(network, source);
  Features x = net.conv_bn("features.0.0", "features.0.1", net.image(3, image), {first, 3, 2, 1});
  x = net.relu6("features.0.2", x);
  int at = 1;
  for (const Stage& stage : stages) {
    for (int i = 0; i < stage.blocks; ++i)
      x = inverted_residual(net, "features." + std::to_string(at++), x, stage.expansion, stage.width,
                            i == 0 ? stage.stride : 1);
  }
  const std::string end = "features." + std::to_string(at);
  x = net.relu6(end + ".2", net.conv_bn(end + ".0", end + ".1", x, {last, 1}, kLastGain));
  x = net.flatten("flatten", net.global_average_pool("avgpool", x, kPooledVariance), 1);
  net.graph().output(net.classifier("classifier.1", x, classes), "logits", {kBatch, classes});
  return std::move(net.graph()).finish();
}

// Squeeze to few channels, expand by 1 x 1 and by 3 x 3, beside each other.
Features fire(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t squeezed,
              std::int64_t expanded) {
  const Features y = net.conv_relu(name + ".squeeze", name + ".squeeze_activation", x, {squeezed, 1});
  const Features left = net.conv_relu(name + ".expand1x1", name + ".expand1x1_activation", y, {expanded, 1});
  const Features right =
      net.conv_relu(name + ".expand3x3", name + ".expand3x3_activation", y, {expanded, 3, 1, 1});
  return net.concat(name + ".concat", {left, right});
}

}  // namespace

// M. Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", 2018, table 2.
onnx::ModelProto build_mobilenet_v2(const WeightSource& source) {
  return build_mobilenet("mobilenet_v2", source, 224, 32,
                         {{1, 16, 1, 1},
                          {6, 24, 2, 2},
                          {6, 32, 3, 2},
                          {6, 64, 4, 2},
                          {6, 96, 3, 1},
                          {6, 160, 3, 2},
                          {6, 320, 1, 1}},
                         1280, kClasses);
}

// For tests: one block of each kind.
onnx::ModelProto build_mobilenet_tiny(const WeightSource& source) {
  return build_mobilenet("mobilenet_tiny", source, 16, 8, {{1, 8, 1, 1}, {4, 12, 2, 2}}, 32, 10);
}

// F. Iandola et al., "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters", 2016, version 1.1 of its
// repository. Borders divide evenly at 224 x 224, so torchvision's ceil_mode of the pools makes no
// difference.
onnx::ModelProto build_squeezenet(const WeightSource& source) {
  CnnBuilder net("squeezenet", source);
  Features x = net.conv_relu("features.0", "features.1", net.image(3, 224), {64, 3, 2});
  x = net.max_pool("features.2", x, 3, 2, 0);
  x = fire(net, "features.3", x, 16, 64);
  x = fire(net, "features.4", x, 16, 64);
  x = net.max_pool("features.5", x, 3, 2, 0);
  x = fire(net, "features.6", x, 32, 128);
  x = fire(net, "features.7", x, 32, 128);
  x = net.max_pool("features.8", x, 3, 2, 0);
  x = fire(net, "features.9", x, 48, 192);
  x = fire(net, "features.10", x, 48, 192);
  x = fire(net, "features.11", x, 64, 256);
  x = fire(net, "features.12", x, 64, 256);
  x = net.conv_relu("classifier.1", "classifier.2", x, {kClasses, 1});
  x = net.flatten("flatten", net.global_average_pool("classifier.3", x, kPooledVariance), 1);
  net.graph().output(x.name, "logits", {kBatch, kClasses});
  return std::move(net.graph()).finish();
}

}  // namespace nnp::models

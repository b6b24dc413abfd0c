// SPDX-License-Identifier: Apache-2.0
// Convolutional networks of one path: LeNet-5, AlexNet, VGG-16. Names of tensors as in torchvision; dropout,
// which has no effect at inference, is left out, as exporters do.
#include "models/networks/cnn_builder.h"
#include "models/networks/families.h"

namespace nnp::models {
namespace {

constexpr std::int64_t kClasses = 1000;

// Two layers of 4096 and the classifier, on `pixels` positions; names as torchvision numbers its Sequential.
onnx::ModelProto finish_with_three_layers(CnnBuilder& net, const Features& last, std::int64_t pixels,
                                          const std::vector<std::string>& names) {
  Features x = net.flatten("flatten", last, pixels);
  x = net.relu("classifier.relu1", net.fully_connected(names[0], x, 4096));
  x = net.relu("classifier.relu2", net.fully_connected(names[1], x, 4096));
  net.graph().output(net.classifier(names[2], x, kClasses), "logits", {kBatch, kClasses});
  return std::move(net.graph()).finish();
}

}  // namespace

// Y. LeCun et al., "Gradient-Based Learning Applied to Document Recognition", 1998, in the form usual today:
// ReLU, maximum pooling, every map connected, 28 x 28 images padded by 2.
onnx::ModelProto build_lenet5(const WeightSource& source) {
  CnnBuilder net("lenet5", source);
  Features x = net.conv_relu("conv1", "relu1", net.image(1, 28), {6, 5, 1, 2});
  x = net.max_pool("pool1", x, 2, 2, 0);
  x = net.conv_relu("conv2", "relu2", x, {16, 5});
  x = net.max_pool("pool2", x, 2, 2, 0);
  x = net.flatten("flatten", x, 25);
  x = net.relu("relu3", net.fully_connected("fc1", x, 120));
  x = net.relu("relu4", net.fully_connected("fc2", x, 84));
  net.graph().output(net.classifier("fc3", x, 10), "logits", {kBatch, 10});
  return std::move(net.graph()).finish();
}

// A. Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014: one path, no
// response normalisation, as in torchvision. Its average pooling to 6 x 6 does nothing to a 224 x 224 image.
onnx::ModelProto build_alexnet(const WeightSource& source) {
  CnnBuilder net("alexnet", source);
  Features x = net.conv_relu("features.0", "features.1", net.image(3, 224), {64, 11, 4, 2});
  x = net.max_pool("features.2", x, 3, 2, 0);
  x = net.conv_relu("features.3", "features.4", x, {192, 5, 1, 2});
  x = net.max_pool("features.5", x, 3, 2, 0);
  x = net.conv_relu("features.6", "features.7", x, {384, 3, 1, 1});
  x = net.conv_relu("features.8", "features.9", x, {256, 3, 1, 1});
  x = net.conv_relu("features.10", "features.11", x, {256, 3, 1, 1});
  x = net.max_pool("features.12", x, 3, 2, 0);
  return finish_with_three_layers(net, x, 6 * 6, {"classifier.1", "classifier.4", "classifier.6"});
}

// K. Simonyan, A. Zisserman, "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014,
// configuration D.
onnx::ModelProto build_vgg16(const WeightSource& source) {
  CnnBuilder net("vgg16", source);
  Features x = net.image(3, 224);
  int at = 0;  // torchvision's number of a layer
  const auto next = [&at] { return "features." + std::to_string(at++); };
  for (const auto& [convs, width] : {std::pair(2, 64), {2, 128}, {3, 256}, {3, 512}, {3, 512}}) {
    for (int i = 0; i < convs; ++i) {
      const std::string conv = next();
      x = net.conv_relu(conv, next(), x, {width, 3, 1, 1});
    }
    x = net.max_pool(next(), x, 2, 2, 0);
  }
  return finish_with_three_layers(net, x, 7 * 7, {"classifier.0", "classifier.3", "classifier.6"});
}

}  // namespace nnp::models

// SPDX-License-Identifier: Apache-2.0
// Residual networks: K. He et al., "Deep Residual Learning for Image Recognition", 2015, table 1; names of
// tensors as in torchvision.
#include "models/networks/cnn_builder.h"
#include "models/networks/families.h"

namespace nnp::models {
namespace {

// A residual block: main path, shortcut (its own convolution where the shape changes), sum, ReLU. The branch
// adds a quarter of a unit of variance, so that the sum grows slowly from block to block.
constexpr double kBranchGain = 0.5;

Features shortcut(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t outputs,
                  std::int64_t stride) {
  if (stride == 1 && x.channels() == outputs) return x;
  return net.conv_bn(name + ".downsample.0", name + ".downsample.1", x, {outputs, 1, stride});
}

Features basic_block(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t width,
                     std::int64_t stride) {
  Features y = net.conv_bn(name + ".conv1", name + ".bn1", x, {width, 3, stride, 1});
  y = net.relu(name + ".relu1", y);
  y = net.conv_bn(name + ".conv2", name + ".bn2", y, {width, 3, 1, 1}, kBranchGain);
  return net.relu(name + ".relu2", net.add(name + ".add", y, shortcut(net, name, x, width, stride)));
}

// "v1.5": the stride is in the 3x3 convolution, as torchvision has it.
Features bottleneck_block(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t width,
                          std::int64_t stride) {
  Features y = net.relu(name + ".relu1", net.conv_bn(name + ".conv1", name + ".bn1", x, {width, 1}));
  y = net.conv_bn(name + ".conv2", name + ".bn2", y, {width, 3, stride, 1});
  y = net.relu(name + ".relu2", y);
  y = net.conv_bn(name + ".conv3", name + ".bn3", y, {4 * width, 1}, kBranchGain);
  return net.relu(name + ".relu3", net.add(name + ".add", y, shortcut(net, name, x, 4 * width, stride)));
}

using Block = Features (*)(CnnBuilder&, const std::string&, const Features&, std::int64_t, std::int64_t);

onnx::ModelProto build_resnet(const std::string& network, const WeightSource& source, Block block,
                              const std::vector<int>& blocks) {
  constexpr std::int64_t kClasses = 1000;
  constexpr double kPooledVariance = 0.1;  // over 7 x 7 positions; see the test of activations
  CnnBuilder net(network, source);
  Features x = net.relu("relu", net.conv_bn("conv1", "bn1", net.image(3, 224), {64, 7, 2, 3}));
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

onnx::ModelProto build_resnet18(const WeightSource& source) {
  return build_resnet("resnet18", source, basic_block, {2, 2, 2, 2});
}
onnx::ModelProto build_resnet50(const WeightSource& source) {
  return build_resnet("resnet50", source, bottleneck_block, {3, 4, 6, 3});
}

}  // namespace nnp::models

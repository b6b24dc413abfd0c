// SPDX-License-Identifier: Apache-2.0
// Two convolutional networks with the layer counts, weight counts, batch sizes and operations a weight byte
// that Google published for its production CNNs (Jouppi et al., ISCA 2017, table 1). The shapes of the layers
// were not published: they are assumptions, chosen so that all of these figures come out.
#include "models/networks/cnn_builder.h"
#include "models/networks/families.h"

namespace nnp::models {
namespace {

// Four branches of `width`, seven convolutions and a pool, beside each other.
Features inception(CnnBuilder& net, const std::string& name, const Features& x, std::int64_t width) {
  const auto conv = [&](const std::string& part, const Features& from, std::int64_t kernel) {
    const std::string full = name + "." + part;
    return net.conv_relu(full, full + ".relu", from, {width, kernel, 1, kernel / 2});
  };
  const Features single = conv("branch1.0", x, 1);
  const Features middle = conv("branch2.1", conv("branch2.0", x, 1), 3);
  const Features twice = conv("branch3.2", conv("branch3.1", conv("branch3.0", x, 1), 3), 3);
  const Features pooled = conv("branch4.1", net.max_pool(name + ".branch4.0", x, 3, 1, 1), 1);
  return net.concat(name + ".concat", {single, middle, twice, pooled});
}

}  // namespace

// 16 convolutions, 8.05 M weights. 2888 operations a weight byte at batch 8 are 361 = 19 x 19 positions, each
// using every weight: a Go board. So the layers are those of the policy network of D. Silver et al.,
// "Mastering the game of Go with deep neural networks and tree search", 2016 (48 planes; 5 x 5, then 3 x 3,
// then 1 x 1), as many and as wide as the counts ask for.
onnx::ModelProto build_cnn0(const WeightSource& source) {
  constexpr std::int64_t kBoard = 19;
  constexpr std::int64_t kWidth = 248;
  CnnBuilder net("cnn0", source);
  Features x = net.conv_relu("conv1", "relu1", net.image(48, kBoard), {kWidth, 5, 1, 2});
  for (int layer = 2; layer <= 15; ++layer) {
    const std::string number = std::to_string(layer);
    x = net.conv_relu("conv" + number, "relu" + number, x, {kWidth, 3, 1, 1});
  }
  x = net.conv("conv16", x, {1, 1, 1, 0, 1, true, 4});  // most of x is its mean, which says nothing
  net.graph().output(x.name, "moves", {kBatch, 1, kBoard, kBoard});
  return std::move(net.graph()).finish();
}

// 72 convolutions, 13 pools, 4 FC, 100 M weights, 1750 operations a weight byte at batch 32. Two convolutions
// and ten inception modules (C. Szegedy et al., "Going Deeper with Convolutions", 2014, with seven
// convolutions and a pool each as in its second version), three pools between them; wide FC layers hold two
// thirds of the weights.
onnx::ModelProto build_cnn1(const WeightSource& source) {
  constexpr std::int64_t kWidth = 264;
  constexpr std::int64_t kClasses = 1000;
  CnnBuilder net("cnn1", source);
  Features x = net.conv_relu("conv1", "relu1", net.image(3, 224), {64, 7, 2, 3});
  x = net.max_pool("pool1", x, 3, 2, 1);
  x = net.conv_relu("conv2", "relu2", x, {192, 3, 2, 1});
  x = net.max_pool("pool2", x, 3, 2, 1);
  for (int module = 1; module <= 10; ++module) {
    x = inception(net, "inception" + std::to_string(module), x, kWidth);
    if (module == 9) x = net.max_pool("pool3", x, 3, 2, 1);
  }
  x = net.flatten("flatten", x, 7 * 7);
  int layer = 0;
  for (const std::int64_t width : {1312, 1024, 1024}) {
    const std::string number = std::to_string(++layer);
    x = net.relu("fc" + number + ".relu", net.fully_connected("fc" + number, x, width));
  }
  net.graph().output(net.classifier("fc4", x, kClasses), "logits", {kBatch, kClasses});
  return std::move(net.graph()).finish();
}

}  // namespace nnp::models

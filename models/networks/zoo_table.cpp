// SPDX-License-Identifier: Apache-2.0
#include "models/networks/zoo_table.h"

#include <algorithm>
#include <stdexcept>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "models/chips/chip_file.h"
#include "models/networks/families.h"

namespace nnp::models {

const std::vector<Network>& network_table() {
  static const std::vector<Network> rows = {
      {{"alexnet", "AlexNet: image 3x224x224, 5 conv, 3 FC, 1000 classes (Krizhevsky 2014, as torchvision)",
        1, 0},
       build_alexnet},
      {{"bert_base",
        "BERT base: tokens and their types, 12 layers of 768, 12 heads, 3072, all tokens attended (Devlin "
        "2018)",
        1, 128},
       build_bert_base},
      {{"bert_tiny", "a BERT for tests: 2 layers of 16, 2 heads, 32, 100 words", 1, 8}, build_bert_tiny},
      {{"bilstm_speech",
        "speech recogniser: 123 features a frame, 5 bidirectional LSTM layers of 2x250, 62 labels (Graves "
        "2013, CTC-5l-250h)",
        1, 100},
       build_bilstm_speech},
      {{"cnn0",
        "16 conv layers on 19x19 maps, 8 M weights; layer count, weights, operations a weight and batch of "
        "TPU v1's CNN0 (ISCA 2017), shapes assumed",
        8, 0},
       build_cnn0},
      {{"cnn1",
        "72 conv, 13 pools, 4 FC layers, 100 M weights; layer counts, weights, operations a weight and batch "
        "of TPU v1's CNN1 (ISCA 2017), shapes assumed",
        32, 0},
       build_cnn1},
      {{"gpt2_small",
        "GPT-2 small, prefill: tokens, 12 layers of 768, 12 heads, 50257 logits a token, keys and values "
        "(Radford 2019)",
        1, 64},
       build_gpt2_small},
      {{"gpt2_small_decode",
        "GPT-2 small, decode: one token behind `steps` tokens whose keys and values are inputs", 1, 64},
       build_gpt2_small_decode},
      {{"gpt2_small_gqa_decode",
        "gpt2_small_decode with 4 heads of keys and values, each shared by 3 heads of queries (Ainslie 2023)",
        1, 64},
       build_gpt2_small_gqa_decode},
      {{"gpt2_tiny", "a GPT-2 for tests, prefill: 2 layers of 16, 2 heads, 100 words", 1, 8},
       build_gpt2_tiny},
      {{"gpt2_tiny_decode", "a GPT-2 for tests, decode: one token behind `steps` tokens of cache", 1, 8},
       build_gpt2_tiny_decode},
      {{"gru_tiny", "a GRU for tests: 16 features, 24 units, FC to 10", 1, 8}, build_gru_tiny},
      {{"lenet5",
        "LeNet-5 with ReLU and maximum pooling: image 1x28x28, 2 conv, 3 FC, 10 classes (LeCun 1998)", 1, 0},
       build_lenet5},
      {{"lstm0",
        "6 LSTM layers of 1040 = 24 FC layers, 52 M weights; layer count, weights and batch of TPU v1's "
        "LSTM0 (ISCA 2017), shapes "
        "invented",
        64, 4},
       build_lstm0},
      {{"lstm1",
        "9 LSTM layers of 680 and one FC = 37 FC layers, 34 M weights; layer count, weights and batch of TPU "
        "v1's LSTM1 (ISCA 2017), "
        "shapes invented",
        96, 4},
       build_lstm1},
      {{"lstm_lm",
        "word language model: tokens, embedding 10000x650, 2 LSTM layers of 650, 10000 logits (Zaremba 2014, "
        "medium)",
        1, 35},
       build_lstm_lm},
      {{"mlp0",
        "5 FC layers 2000x2000, 20 M weights; layer count, weights and batch of TPU v1's MLP0 (ISCA 2017), "
        "shapes invented",
        200, 0},
       build_mlp0},
      {{"mlp1",
        "4 FC layers 1120x1120, 5 M weights; layer count, weights and batch of TPU v1's MLP1 (ISCA 2017), "
        "shapes invented",
        168, 0},
       build_mlp1},
      {{"mobilenet_tiny", "a MobileNetV2 for tests: image 3x16x16, one block of each kind, 10 classes", 1, 0},
       build_mobilenet_tiny},
      {{"mobilenet_v2",
        "MobileNetV2: image 3x224x224, 52 conv (17 of them a filter a channel), 1 FC, 1000 classes (Sandler "
        "2018)",
        1, 0},
       build_mobilenet_v2},
      {{"resnet18", "ResNet-18: image 3x224x224, 20 conv, 1 FC, 1000 classes (He 2015)", 1, 0},
       build_resnet18},
      {{"resnet50",
        "ResNet-50 v1.5: image 3x224x224, 53 conv, 1 FC, 1000 classes (He 2015, strides as torchvision)", 1,
        0},
       build_resnet50},
      {{"squeezenet", "SqueezeNet 1.1: image 3x224x224, 26 conv, 1000 classes (Iandola 2016)", 1, 0},
       build_squeezenet},
      {{"vgg16", "VGG-16: image 3x224x224, 13 conv, 3 FC, 1000 classes (Simonyan 2014, configuration D)", 1,
        0},
       build_vgg16},
  };
  return rows;
}

const std::vector<NetworkInfo>& networks() {
  static const std::vector<NetworkInfo> infos = [] {
    std::vector<NetworkInfo> all;
    for (const Network& network : network_table()) all.push_back(network.info);
    return all;
  }();
  return infos;
}

const Network& find_network(const std::string& name) {
  const auto found = std::find_if(network_table().begin(), network_table().end(),
                                  [&](const Network& network) { return network.info.name == name; });
  if (found == network_table().end()) {
    std::vector<std::string> known;
    for (const NetworkInfo& info : networks()) known.push_back(info.name);
    const std::string near = nearest_name(name, known);
    throw std::invalid_argument(fmt::format("no network \"{}\"{} Networks: {}", name.substr(0, 60),
                                            near.empty() ? "." : fmt::format("; did you mean {}?", near),
                                            fmt::join(known, ", ")));
  }
  return *found;
}

}  // namespace nnp::models

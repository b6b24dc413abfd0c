// SPDX-License-Identifier: Apache-2.0
// The table of networks and the cache of their files.
#include "models/networks/zoo.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "models/chips/chip_file.h"
#include "models/networks/families.h"

namespace nnp::models {
namespace {

constexpr int kBuilderVersion = 1;  // a part of the file names: raise it when a builder writes other bytes

struct Network {
  NetworkInfo info;
  onnx::ModelProto (*build)(std::uint64_t seed);
};

// Sorted by name.
const std::vector<Network>& table() {
  static const std::vector<Network> rows = {
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
      {{"resnet18", "ResNet-18: image 3x224x224, 20 conv, 1 FC, 1000 classes (He 2015)", 1, 0},
       build_resnet18},
      {{"resnet50",
        "ResNet-50 v1.5: image 3x224x224, 53 conv, 1 FC, 1000 classes (He 2015, strides as torchvision)", 1,
        0},
       build_resnet50},
  };
  return rows;
}

std::filesystem::path cache_folder() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const auto path = variable("NNPSIM_CACHE"); !path.empty()) return path;
  if (const auto path = variable("XDG_CACHE_HOME"); !path.empty()) return path / "nnpsim";
  if (const auto path = variable("HOME"); !path.empty()) return path / ".cache" / "nnpsim";
  throw std::runtime_error("no cache folder: none of NNPSIM_CACHE, XDG_CACHE_HOME and HOME is set");
}

// Whole or not at all, also when two processes build the same network: a file of our own, then renamed.
void write_atomically(const onnx::ModelProto& model, const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    throw std::runtime_error(
        fmt::format("{}: cannot make the cache folder: {}", path.parent_path().string(), error.message()));
  const std::filesystem::path mine =
      fmt::format("{}.{}.{:x}.tmp", path.string(), ::getpid(), std::random_device{}());
  {
    std::ofstream file(mine, std::ios::binary);
    const bool written = file.is_open() && model.SerializeToOstream(&file) && file.flush().good();
    if (!written) {
      std::filesystem::remove(mine, error);
      throw std::runtime_error(fmt::format("{}: cannot be written", mine.string()));
    }
  }
  std::filesystem::rename(mine, path, error);
  if (error) {
    const std::string reason = error.message();
    std::filesystem::remove(mine, error);
    throw std::runtime_error(fmt::format("{}: cannot be written: {}", path.string(), reason));
  }
}

}  // namespace

const std::vector<NetworkInfo>& networks() {
  static const std::vector<NetworkInfo> infos = [] {
    std::vector<NetworkInfo> all;
    for (const Network& network : table()) all.push_back(network.info);
    return all;
  }();
  return infos;
}

std::filesystem::path network_file(const std::string& name, std::uint64_t seed) {
  const auto found = std::find_if(table().begin(), table().end(),
                                  [&](const Network& network) { return network.info.name == name; });
  if (found == table().end()) {
    std::vector<std::string> known;
    for (const NetworkInfo& info : networks()) known.push_back(info.name);
    const std::string near = nearest_name(name, known);
    throw std::invalid_argument(fmt::format("no network \"{}\"{} Networks: {}", name.substr(0, 60),
                                            near.empty() ? "." : fmt::format("; did you mean {}?", near),
                                            fmt::join(known, ", ")));
  }
  const auto path = cache_folder() / fmt::format("{}-seed{}-v{}.onnx", name, seed, kBuilderVersion);
  if (!std::filesystem::exists(path)) {
    onnx::ModelProto model = found->build(seed);
    model.set_producer_version(std::to_string(kBuilderVersion));
    model.set_doc_string(found->info.summary);
    write_atomically(model, path);
  }
  return path;
}

}  // namespace nnp::models

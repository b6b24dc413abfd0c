// SPDX-License-Identifier: Apache-2.0
// The cache of network files.
#include "models/networks/zoo.h"

#include <unistd.h>

#include <fstream>
#include <random>
#include <stdexcept>

#include "fmt/format.h"
#include "models/networks/cache_folder.h"
#include "models/networks/zoo_table.h"

namespace nnp::models {
namespace {

constexpr int kBuilderVersion = 1;  // a part of the file names: raise it when a builder writes other bytes

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

std::filesystem::path network_file(const std::string& name, std::uint64_t seed) {
  const Network& network = find_network(name);
  const auto path = cache_folder() / fmt::format("{}-seed{}-v{}.onnx", name, seed, kBuilderVersion);
  if (!std::filesystem::exists(path)) {
    onnx::ModelProto model = network.build({.seed = seed});
    model.set_producer_version(std::to_string(kBuilderVersion));
    model.set_doc_string(network.info.summary);
    write_atomically(model, path);
  }
  return path;
}

}  // namespace nnp::models

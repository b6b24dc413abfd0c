// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/temporary_cache.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace nnp::models::test {

TemporaryCache::TemporaryCache() {
  static std::atomic<int> count = 0;
  folder_ = std::filesystem::temp_directory_path() /
            ("nnpsim_cache_" + std::to_string(::getpid()) + "_" + std::to_string(count++));
  ::setenv("NNPSIM_CACHE", folder_.c_str(), 1);
}

TemporaryCache::~TemporaryCache() {
  ::unsetenv("NNPSIM_CACHE");
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

onnx::ModelProto load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  onnx::ModelProto model;
  if (!model.ParseFromIstream(&file)) throw std::runtime_error(path.string() + " is not ONNX");
  return model;
}

}  // namespace nnp::models::test

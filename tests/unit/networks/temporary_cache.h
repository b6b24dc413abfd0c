// SPDX-License-Identifier: Apache-2.0
// A cache folder of the test's own, so that no file of an earlier builder is taken for fresh.
#pragma once

#include <filesystem>
#include <string>

#include "onnx/onnx_pb.h"

namespace nnp::models::test {

class TemporaryCache {
 public:
  TemporaryCache();  // sets NNPSIM_CACHE
  ~TemporaryCache();
  TemporaryCache(const TemporaryCache&) = delete;
  TemporaryCache& operator=(const TemporaryCache&) = delete;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

std::string bytes_of(const std::filesystem::path&);
onnx::ModelProto load(const std::filesystem::path&);

}  // namespace nnp::models::test

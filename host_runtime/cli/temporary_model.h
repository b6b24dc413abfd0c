// SPDX-License-Identifier: Apache-2.0
// What another process needs of a graph: the model as a file, and the names of its inputs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::cli {

/// A model as a file for another process, gone with this.
class TemporaryModel {
 public:
  /// Throws FileFault.
  explicit TemporaryModel(const std::string& bytes);
  ~TemporaryModel();
  TemporaryModel(const TemporaryModel&) = delete;
  TemporaryModel& operator=(const TemporaryModel&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::vector<std::string> input_names(const ir::Graph&);

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// --input: files and seeds -> the tensors of a graph's inputs.
#pragma once

#include <optional>

#include "compiler/ir/graph.h"
#include "host_runtime/cli/options.h"

namespace nnp::cli {

class InputChoice {
 public:
  /// Reads the files, so that a bad one is refused before anything is compiled. Throws UsageError or FileFault.
  explicit InputChoice(const ExecutionChoice&);
  /// In the graph's order. Throws UsageError: unknown or missing names, other shapes or types.
  std::vector<ir::Tensor> tensors_for(const ir::Graph&) const;

 private:
  struct Given {
    std::string text;               // as on the command line
    std::optional<std::string> name;
    ir::Tensor tensor;
  };
  std::uint64_t seed_;
  std::vector<Given> files_;
};

}  // namespace nnp::cli

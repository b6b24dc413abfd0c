// SPDX-License-Identifier: Apache-2.0
// --input: files and seeds -> the tensors of a graph's inputs.
#pragma once

#include <optional>

#include "compiler/ir/graph.h"
#include "host_runtime/cli/options.h"

namespace nnp::cli {

class InputChoice {
 public:
  /// Reads the files, so that a bad one is refused before anything is compiled. Throws UsageError or
  /// FileFault.
  explicit InputChoice(const ExecutionChoice&);
  /// Real data, which quantisation then calibrates on; random inputs are drawn anew for that.
  bool has_files() const { return !files_.empty(); }
  /// In the graph's order; whole numbers become float where the network wants float. Throws UsageError:
  /// unknown or missing names, other shapes or types.
  std::vector<ir::Tensor> tensors_for(const ir::Graph&) const;

 private:
  struct Given {
    std::string text;  // as on the command line
    std::optional<std::string> name;
    ir::Tensor tensor;
  };
  std::uint64_t seed_;
  std::vector<Given> files_;
};

}  // namespace nnp::cli

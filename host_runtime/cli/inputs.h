// SPDX-License-Identifier: Apache-2.0
// --input: files and seeds -> the tensors of a graph's inputs.
#pragma once

#include "host_runtime/cli/input_files.h"
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
  std::uint64_t seed_;
  std::vector<InputFile> files_;
};

}  // namespace nnp::cli

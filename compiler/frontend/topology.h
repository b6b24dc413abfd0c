// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim's topology files: a table of layers, each with an input of its own. CSV; the first line is a
// header, every other line a layer, in one of two forms:
//
//   name, ifmap height, ifmap width, filter height, filter width, channels, filters, stride[, stride width]
//   name, M, N, K                                                   (M x K times K x N)
//
// Blank lines, spaces around cells and commas at the end of a line are allowed. Convolutions have no padding.
#pragma once

#include <string_view>

#include "compiler/compile_error.h"
#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// Every fault of the file, one per line: "file:line:col: message".
struct TopologyFileError : ModelFileError {
  using ModelFileError::ModelFileError;
};

struct TopologyLayer {
  std::string name;  // unique
  bool is_conv = false;
  std::int64_t in_h = 0, in_w = 0, kernel_h = 0, kernel_w = 0, channels = 0, filters = 0, stride_h = 1,
               stride_w = 1;         // convolution
  std::int64_t m = 0, n = 0, k = 0;  // matrix product, and the one that a convolution is

  bool operator==(const TopologyLayer&) const = default;
};

/// `file` is what the messages call it.
std::vector<TopologyLayer> parse_topology(std::string_view text, const std::string& file);

/// A float graph: for each layer an input, a Conv or Gemm with weights drawn from `seed`, an output.
ir::Graph topology_graph(const std::vector<TopologyLayer>&, std::uint64_t seed);

}  // namespace nnp::compiler

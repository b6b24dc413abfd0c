// SPDX-License-Identifier: Apache-2.0
// How the layers of a network are cut, layer by layer: what a mapping file says and a search chooses.
#pragma once

#include <map>
#include <string>

#include "compiler/tiling/mac_tiling.h"

namespace nnp::compiler {

/// By name of a layer. A layer that is not named is cut as choose_tiling() finds best.
struct Mapping {
  /// Inferences of the batch that go through the network together (sub_batch.h); 0: all.
  std::int64_t sub_batch = 0;
  std::map<std::string, MacTiling> mac;  // Conv, Gemm, MatMul
  bool operator==(const Mapping&) const = default;
};

/// The mapping's tiling of a node, else the chosen one. Throws CompileError when the mapping's is not one of
/// the problem's, or there is none.
MacTiling mac_tiling(const MacProblem&, const ir::Node&, const Mapping&, const isa::ArchSpec&);

}  // namespace nnp::compiler

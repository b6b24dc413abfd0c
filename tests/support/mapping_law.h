// SPDX-License-Identifier: Apache-2.0
// Is the code of a layer a legal mapping of it? Asked of the instructions alone, without the compiler's
// tilings.
#pragma once

#include <string>
#include <vector>

#include "compiler/codegen/codegen.h"

namespace nnp::test {

/// Every broken rule of a generate_layer() program of a Conv, Gemm or MatMul, at most a few:
/// - each of the layer's sums is drained exactly once, and each drain follows a matrix instruction of its
/// tile
///   that went through all of K, with the weights of a WLOAD of the same size;
/// - the layer writes to the buffer only into its staging area and its output's place (a fused sum's
/// result's);
/// - no two conflicting accesses are unordered, and none is past the end of a memory (check_happens_before).
std::vector<std::string> broken_mapping_rules(const isa::Program&, const ir::Graph&, const ir::Node&,
                                              const compiler::MemoryPlan&, const isa::ArchSpec&);

}  // namespace nnp::test

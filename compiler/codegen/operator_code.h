// SPDX-License-Identifier: Apache-2.0
// Which operators have code on the chip.
#pragma once

#include "compiler/codegen/layer_emitter.h"

namespace nnp::compiler {

/// An operator's emitter and its staging need.
struct OperatorCode {
  ir::Op op;
  void (*emit)(LayerEmitter&);
  StagingNeed (*staging)(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
};

/// nullptr for a node that only renames bytes. Throws CompileError when there is no code for it.
const OperatorCode* code_of(const ir::Graph&, const ir::Node&);

}  // namespace nnp::compiler

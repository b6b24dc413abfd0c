// SPDX-License-Identifier: Apache-2.0
// Changes to a Program table by table: what a careless tool, a stale file or an attacker would write.
#pragma once

#include "compiler/ir/graph.h"
#include "isa/program/program.h"
#include "tests/fuzz/support/fuzz.h"

namespace nnp::fuzz {

/// One change of an instruction, a descriptor word, a launch, a tile, a layer, a scalar, the constants or the
/// graph.
void mutate(Random&, isa::Program&);

/// One change of a value or a node, or of the lists of inputs and outputs.
void mutate(Random&, ir::Graph&);

}  // namespace nnp::fuzz

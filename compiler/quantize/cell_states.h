// SPDX-License-Identifier: Apache-2.0
// The cell states that go into and come out of LSTMs.
#pragma once

#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// Whether there is an LSTM.
bool has_cell_states(const ir::Graph&);

/// An LSTM's cell has a scale of its own, a power of two, and saturates. So that no other layer shares it,
/// each state that goes in or out gets a value of its own: a constant is copied; codes go through a Clip
/// without bounds, which converts between scales; floats of the host through an Identity.
ir::Graph separate_cell_states(const ir::Graph&);

}  // namespace nnp::compiler

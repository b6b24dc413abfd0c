// SPDX-License-Identifier: Apache-2.0
// Casts where layers of different precision, or values of different scale, meet.
#pragma once

#include "compiler/quantize/layer_precision.h"
#include "compiler/quantize/prescription.h"

namespace nnp::compiler {

/// A float graph and what is asked of its values and layers.
struct QuantizationTask {
  const ir::Graph& graph;
  Prescription prescription;
  LayerPrecisions precisions;
};

/// Puts a Cast (real to real here; quantised, from codes to codes) where
/// - an operator that only moves elements has prescribed scales that differ, or one side without,
/// - an operator with one width for all its operands meets another width,
/// - a product of activations is asked for in int8 whose operands have zero points it cannot have,
/// and a copy of a float value that both widths read. `graph` is the task's.
void insert_borders(ir::Graph& graph, QuantizationTask&);

}  // namespace nnp::compiler

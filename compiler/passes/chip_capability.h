// SPDX-License-Identifier: Apache-2.0
// What the chip has an operation for. Quantisation asks before it gives values codes; partition asks
// afterwards.
#pragma once

#include <optional>

#include "compiler/ir/graph.h"
#include "isa/arch/arch_spec.h"

namespace nnp::compiler {

/// Whether operator, attributes and shapes are ones the chip has, on floats or codes of any width.
bool chip_has_operation(const ir::Graph&, const ir::Node&);

/// Of it, what the vector unit has: functions, reductions, normalisations, moves.
bool vector_has_operation(const ir::Graph&, const ir::Node&);

/// Of RNN, GRU and LSTM: weights and bias are constants; all else may be computed.
bool recurrent_has_operation(const ir::Graph&, const ir::Node&);
/// Whether x, states and outputs have one type, W and R the other.
bool recurrent_takes_types(const ir::Graph&, const ir::Node&, ir::DType values, ir::DType weights);

/// Whether the element types are ones the chip's operation takes: codes, or for a real precision its type.
bool chip_takes_types(const ir::Graph&, const ir::Node&, isa::Precision);

/// The type of a real precision's values; nothing for the integer ones.
std::optional<ir::DType> real_type(isa::Precision);

}  // namespace nnp::compiler

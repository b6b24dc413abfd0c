// SPDX-License-Identifier: Apache-2.0
// What a network's own QuantizeLinear and DequantizeLinear nodes say of its values.
#pragma once

#include <optional>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

/// Type and scale of a value's codes. 8 bit: u8 always, an s8 zero point z being u8's z + 128.
struct CodeFormat {
  ir::DType type = ir::DType::u8;
  ir::QuantParams params;
  bool operator==(const CodeFormat& other) const {
    return type == other.type && params.scale == other.params.scale &&
           params.zero_point == other.params.zero_point;
  }
};

struct Prescription {
  std::vector<std::optional<CodeFormat>> values;  // by value of the float graph
  bool has(ir::ValueId id) const { return id < values.size() && values[id].has_value(); }
};

/// Whether operand 0 or 1 of a product of two activations can have these codes: zero point 0 after a change
/// of type (u8's 128 is s8's 0), s8 on the right.
bool fits_product(const CodeFormat&, std::size_t operand);

/// Whether the graph has a DequantizeLinear node.
bool has_prescription(const ir::Graph&);

/// Of what DequantizeLinear makes; of what only QuantizeLinear reads; and along operators that only move
/// elements.
Prescription read_prescription(const ir::Graph&);

/// Results hold elements of the inputs (or the padding) and nothing else: one scale for all.
bool keeps_codes(const ir::Node&);

/// The s8 weights behind input 1 of a Conv or Gemm whose constant says what codes it was made of: those
/// codes with one scale each output channel. Nothing where they are no s8 codes at zero point 0.
std::optional<std::vector<float>> prescribed_weight_scales(const ir::Graph&, const ir::Node&);

/// The int32 codes of a Conv's or Gemm's bias, where the model has it as codes at x's scale times the
/// weights'; else nothing.
std::optional<std::vector<std::int32_t>> prescribed_bias(const ir::Graph&, const ir::Node&,
                                                         double input_scale,
                                                         const std::vector<float>& weight_scales);

}  // namespace nnp::compiler

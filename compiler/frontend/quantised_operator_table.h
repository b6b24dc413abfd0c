// SPDX-License-Identifier: Apache-2.0
// Operators of codes: which float operator each is, and where its scales stand.
#pragma once

#include <onnx/onnx_pb.h>

#include <string>
#include <vector>

namespace nnp::compiler {

inline constexpr const char* kMicrosoft = "com.microsoft";

/// Inputs: operands, each with its scale and zero point behind it.
struct QuantisedOperator {
  const char *domain, *op, *becomes;
  std::vector<int> operands;  // where each operand stands; scale and zero point follow it
  int result;                 // where the result's scale stands; its zero point follows
  int bias = -1;              // codes of int32 at the operands' scales multiplied
};
/// Null for a node that is none.
const QuantisedOperator* quantised_operator(const onnx::NodeProto&);

/// Elements move, or the larger of them is taken: the result has the scale of the first input.
bool keeps_codes(const std::string& op);

}  // namespace nnp::compiler

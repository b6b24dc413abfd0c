// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/quantised_operator_table.h"

#include <algorithm>
#include <iterator>

namespace nnp::compiler {
namespace {

constexpr const char* kMoves[] = {"MaxPool",   "Reshape",      "Flatten",     "Squeeze", "Unsqueeze",
                                  "Transpose", "Slice",        "Split",       "Expand",  "Identity",
                                  "Tile",      "SpaceToDepth", "DepthToSpace"};

const std::vector<QuantisedOperator>& rows() {
  static const std::vector<QuantisedOperator> kRows = {
      {"", "QLinearConv", "Conv", {0, 3}, 6, 8},
      {"", "QLinearMatMul", "MatMul", {0, 3}, 6},
      {kMicrosoft, "QLinearAdd", "Add", {0, 3}, 6},
      {kMicrosoft, "QLinearMul", "Mul", {0, 3}, 6},
      {kMicrosoft, "QLinearSigmoid", "Sigmoid", {0}, 3},
      {kMicrosoft, "QLinearLeakyRelu", "LeakyRelu", {0}, 3},
      {kMicrosoft, "QLinearSoftmax", "Softmax", {0}, 3},
      {kMicrosoft, "QLinearAveragePool", "AveragePool", {0}, 3},
      {kMicrosoft, "QLinearGlobalAveragePool", "GlobalAveragePool", {0}, 3},
      {kMicrosoft, "QLinearReduceMean", "ReduceMean", {0}, 3},
      {kMicrosoft, "QGemm", "Gemm", {0, 3}, 7, 6},
      {kMicrosoft, "QLinearConcat", "Concat", {}, 0},  // operands: every three inputs from 2 on
  };
  return kRows;
}

}  // namespace

const QuantisedOperator* quantised_operator(const onnx::NodeProto& node) {
  const std::string domain = node.domain() == "ai.onnx" ? "" : node.domain();
  const auto found = std::ranges::find_if(
      rows(), [&](const QuantisedOperator& row) { return domain == row.domain && node.op_type() == row.op; });
  return found == rows().end() ? nullptr : &*found;
}

bool keeps_codes(const std::string& op) { return std::ranges::find(kMoves, op) != std::end(kMoves); }

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
// The registration table: ONNX operator -> the function under ops/ that imports it.
#include "compiler/frontend/operator_table.h"

#include <algorithm>

#include "compiler/frontend/frontend.h"
#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_arithmetic.h"

namespace nnp::compiler {
namespace {

struct Row {
  const char* op;
  OperatorImporter import;
};
constexpr Row kTable[] = {
    // ops/convolution.cpp, ops/linear.cpp, ops/recurrent.cpp
    {"Conv", import_conv},
    {"Gemm", import_gemm},
    {"MatMul", import_matmul},
    {"LSTM", import_lstm},
    // ops/activation.cpp
    {"Relu", import_relu},
    {"Clip", import_clip},
    {"Sigmoid", import_sigmoid},
    {"Tanh", import_tanh},
    {"Softmax", import_softmax},
    // ops/pooling.cpp, ops/normalization.cpp
    {"MaxPool", import_max_pool},
    {"AveragePool", import_average_pool},
    {"GlobalAveragePool", import_global_average_pool},
    {"BatchNormalization", import_batch_normalization},
    {"Dropout", import_dropout},
    // ops/elementwise.cpp
    {"Add", import_add},
    {"Mul", import_mul},
    // ops/shape.cpp
    {"Reshape", import_reshape},
    {"Flatten", import_flatten},
    {"Squeeze", import_squeeze},
    {"Unsqueeze", import_unsqueeze},
    {"Transpose", import_transpose},
    {"Identity", import_identity},
    {"Cast", import_cast},
    // ops/lookup.cpp
    {"Gather", import_gather},
};

}  // namespace

OperatorImporter find_importer(const std::string& op) {
  const auto row = std::ranges::find_if(kTable, [&](const Row& candidate) { return op == candidate.op; });
  return row == std::end(kTable) ? nullptr : row->import;
}

bool is_supported(const std::string& op) { return find_importer(op) != nullptr || is_shape_arithmetic(op); }

std::vector<std::string> supported_operators() {
  std::vector<std::string> names = shape_arithmetic_operators();
  for (const Row& row : kTable) names.emplace_back(row.op);
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace nnp::compiler

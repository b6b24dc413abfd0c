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
void import_on_host(GraphBuilder& builder, const OnnxNode& node) { builder.emit_on_host(node); }

constexpr Row kTable[] = {
    // ops/convolution.cpp, ops/linear.cpp, ops/recurrent.cpp
    {"Conv", import_conv},
    {"ConvTranspose", import_conv_transpose},
    {"Gemm", import_gemm},
    {"MatMul", import_matmul},
    {"LSTM", import_recurrent},
    {"GRU", import_recurrent},
    {"RNN", import_recurrent},
    // ops/activation.cpp
    {"Relu", import_relu},
    {"Clip", import_clip},
    {"Sigmoid", import_sigmoid},
    {"Tanh", import_tanh},
    {"Softmax", import_softmax},
    {"LogSoftmax", import_log_softmax},
    // ops/pooling.cpp, ops/normalization.cpp
    {"MaxPool", import_max_pool},
    {"AveragePool", import_average_pool},
    {"GlobalAveragePool", import_global_average_pool},
    {"GlobalMaxPool", import_global_max_pool},
    {"GlobalLpPool", import_global_lp_pool},
    {"BatchNormalization", import_batch_normalization},
    {"InstanceNormalization", import_instance_normalization},
    {"LayerNormalization", import_layer_normalization},
    {"LRN", import_lrn},
    {"Dropout", import_dropout},
    // ops/elementwise.cpp, ops/reduction.cpp
    {"Neg", import_unary},
    {"Abs", import_unary},
    {"Sqrt", import_unary},
    {"Reciprocal", import_unary},
    {"Exp", import_unary},
    {"Log", import_unary},
    {"Erf", import_unary},
    {"Floor", import_unary},
    {"Ceil", import_unary},
    {"Round", import_unary},
    {"Sign", import_unary},
    {"LeakyRelu", import_unary},
    {"HardSigmoid", import_unary},
    {"HardSwish", import_unary},
    {"Elu", import_unary},
    {"Selu", import_unary},
    {"Celu", import_unary},
    {"Softplus", import_unary},
    {"Softsign", import_unary},
    {"ThresholdedRelu", import_unary},
    {"Add", import_binary},
    {"Mul", import_binary},
    {"Sub", import_binary},
    {"Div", import_binary},
    {"Pow", import_binary},
    {"PRelu", import_binary},
    {"Min", import_variadic},
    {"Max", import_variadic},
    {"Sum", import_variadic},
    {"Mean", import_variadic},
    {"Where", import_where},
    {"ReduceMean", import_reduce},
    {"ReduceSum", import_reduce},
    {"ReduceMax", import_reduce},
    {"ReduceMin", import_reduce},
    {"ReduceProd", import_reduce},
    {"ReduceL1", import_reduce},
    {"ReduceL2", import_reduce},
    {"ReduceSumSquare", import_reduce},
    {"ReduceLogSum", import_reduce},
    {"ReduceLogSumExp", import_reduce},
    // ops/shape.cpp, ops/moves.cpp, ops/resize.cpp
    {"Reshape", import_reshape},
    {"Flatten", import_flatten},
    {"Squeeze", import_squeeze},
    {"Unsqueeze", import_unsqueeze},
    {"Transpose", import_transpose},
    {"Identity", import_identity},
    {"Cast", import_cast},
    {"Concat", import_concat},
    {"Split", import_split},
    {"Slice", import_slice},
    {"Pad", import_pad},
    {"Expand", import_expand},
    {"Tile", import_tile},
    {"Resize", import_resize},
    {"Upsample", import_resize},
    // ops/quantisation.cpp
    {"QuantizeLinear", import_quantize_linear},
    {"DequantizeLinear", import_dequantize_linear},
    // ops/lookup.cpp
    {"Gather", import_gather},
    // the host's: host_runtime/reference/naive/onnx has their functions
    {"Equal", import_on_host},
    {"Greater", import_on_host},
    {"Less", import_on_host},
    {"GreaterOrEqual", import_on_host},
    {"LessOrEqual", import_on_host},
    {"And", import_on_host},
    {"Or", import_on_host},
    {"Xor", import_on_host},
    {"Not", import_on_host},
    {"IsNaN", import_on_host},
    {"IsInf", import_on_host},
    {"Sin", import_on_host},
    {"Cos", import_on_host},
    {"Tan", import_on_host},
    {"Asin", import_on_host},
    {"Acos", import_on_host},
    {"Atan", import_on_host},
    {"Sinh", import_on_host},
    {"Cosh", import_on_host},
    {"Asinh", import_on_host},
    {"Acosh", import_on_host},
    {"Atanh", import_on_host},
    {"Shrink", import_on_host},
    {"Mod", import_on_host},
    {"BitShift", import_on_host},
    {"CumSum", import_on_host},
    {"Det", import_on_host},
    {"CastLike", import_on_host},
    {"GatherElements", import_on_host},
    {"GatherND", import_on_host},
    {"ScatterElements", import_on_host},
    {"Scatter", import_on_host},
    {"ScatterND", import_on_host},
    {"Compress", import_on_host},
    {"OneHot", import_on_host},
    {"DepthToSpace", import_on_host},
    {"SpaceToDepth", import_on_host},
    {"Trilu", import_on_host},
    {"ReverseSequence", import_on_host},
    {"EyeLike", import_on_host},
    {"NonZero", import_on_host},
    {"Unique", import_on_host},
    {"ArgMax", import_on_host},
    {"ArgMin", import_on_host},
    {"TopK", import_on_host},
    {"Hardmax", import_on_host},
    {"NonMaxSuppression", import_on_host},
    {"DynamicQuantizeLinear", import_on_host},
    {"QLinearMatMul", import_on_host},
    {"MatMulInteger", import_on_host},
    {"QLinearConv", import_on_host},
    {"ConvInteger", import_on_host},
    {"LpPool", import_on_host},
    {"MaxUnpool", import_on_host},
    {"Einsum", import_on_host},
    {"RoiAlign", import_on_host},
    {"GridSample", import_on_host},
    {"MeanVarianceNormalization", import_on_host},
    {"LpNormalization", import_on_host},
};

}  // namespace

OperatorImporter find_importer(const std::string& op) {
  const auto row = std::ranges::find_if(kTable, [&](const Row& candidate) { return op == candidate.op; });
  return row == std::end(kTable) ? nullptr : row->import;
}

std::vector<std::string> host_operators() {
  std::vector<std::string> names{"Cast", "Conv", "ConvTranspose",  "MaxPool",         "AveragePool",
                                 "Pow",  "LSTM", "QuantizeLinear", "DequantizeLinear"};  // in some forms
  for (const Row& row : kTable) {
    if (row.import == import_on_host) names.emplace_back(row.op);
  }
  return names;
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

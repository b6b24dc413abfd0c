// SPDX-License-Identifier: Apache-2.0
// ONNX operator -> the function of this folder that runs it.
#include <algorithm>

#include "host_runtime/reference/naive/onnx/functions.h"
#include "host_runtime/reference/naive/operators.h"

namespace nnp::reference::naive {
namespace {

struct Row {
  const char* op;
  OnnxFunction run;
};
constexpr Row kTable[] = {
    {"Equal", onnx_compare},
    {"Greater", onnx_compare},
    {"Less", onnx_compare},
    {"GreaterOrEqual", onnx_compare},
    {"LessOrEqual", onnx_compare},
    {"And", onnx_logic},
    {"Or", onnx_logic},
    {"Xor", onnx_logic},
    {"Not", onnx_not},
    {"IsNaN", onnx_is_nan},
    {"IsInf", onnx_is_inf},
    {"Sin", onnx_real_function},
    {"Cos", onnx_real_function},
    {"Tan", onnx_real_function},
    {"Asin", onnx_real_function},
    {"Acos", onnx_real_function},
    {"Atan", onnx_real_function},
    {"Sinh", onnx_real_function},
    {"Cosh", onnx_real_function},
    {"Asinh", onnx_real_function},
    {"Acosh", onnx_real_function},
    {"Atanh", onnx_real_function},
    {"Shrink", onnx_shrink},
    {"Mod", onnx_mod},
    {"BitShift", onnx_bit_shift},
    {"Pow", onnx_pow},
    {"CumSum", onnx_cumulative_sum},
    {"Det", onnx_determinant},
    {"Cast", onnx_cast},
    {"CastLike", onnx_cast},
    {"GatherElements", onnx_gather_elements},
    {"GatherND", onnx_gather_nd},
    {"ScatterElements", onnx_scatter_elements},
    {"Scatter", onnx_scatter_elements},
    {"ScatterND", onnx_scatter_nd},
    {"Compress", onnx_compress},
    {"OneHot", onnx_one_hot},
    {"DepthToSpace", onnx_depth_to_space},
    {"SpaceToDepth", onnx_space_to_depth},
    {"Trilu", onnx_triangle},
    {"ReverseSequence", onnx_reverse_sequence},
    {"EyeLike", onnx_eye_like},
    {"NonZero", onnx_non_zero},
    {"Unique", onnx_unique},
    {"ArgMax", onnx_arg_extreme},
    {"ArgMin", onnx_arg_extreme},
    {"TopK", onnx_top_k},
    {"Hardmax", onnx_hardmax},
    {"NonMaxSuppression", onnx_non_max_suppression},
    {"QuantizeLinear", onnx_quantize},
    {"DequantizeLinear", onnx_dequantize},
    {"DynamicQuantizeLinear", onnx_dynamic_quantize},
    {"QLinearMatMul", onnx_matmul_integer},
    {"MatMulInteger", onnx_matmul_integer},
    {"QLinearConv", onnx_conv_integer},
    {"ConvInteger", onnx_conv_integer},
    {"Conv", onnx_conv},
    {"ConvTranspose", onnx_conv_transpose},
    {"MaxPool", onnx_max_pool},
    {"AveragePool", onnx_average_pool},
    {"LpPool", onnx_lp_pool},
    {"MaxUnpool", onnx_max_unpool},
    {"RoiAlign", onnx_roi_align},
    {"GridSample", onnx_grid_sample},
    {"LSTM", onnx_lstm},
    {"Einsum", onnx_einsum},
    {"MeanVarianceNormalization", onnx_mean_variance_normalization},
    {"LpNormalization", onnx_lp_normalization},
};

}  // namespace

OnnxFunction find_onnx_function(const std::string& op) {
  const Row* row = std::ranges::find_if(kTable, [&](const Row& candidate) { return op == candidate.op; });
  return row == std::end(kTable) ? nullptr : row->run;
}

void run_onnx(Call& call) {
  OnnxCall onnx(call);
  const OnnxFunction run = find_onnx_function(onnx.op());
  if (run == nullptr) call.fail("the naive reference does not have this operator");
  run(onnx);
}

}  // namespace nnp::reference::naive

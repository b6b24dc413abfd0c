// SPDX-License-Identifier: Apache-2.0
// Functions of one and two operands, masked Softmax, means, and LayerNormalization by oneDNN. The judge
// leaves them to the loops, whose bits calibration rests on: only networks that are timed run them so.
#include <algorithm>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/onednn/float_run.h"

namespace nnp::reference::onednn {
namespace {

using Algorithm = dnnl::algorithm;
constexpr auto kInference = dnnl::prop_kind::forward_inference;

struct Eltwise {
  Algorithm algorithm;
  float alpha = 0, beta = 0;
};

/// Where oneDNN's formula is that of isa/numerics/functions.h.
std::optional<Eltwise> eltwise_of(const ir::UnaryAttributes& of) {
  using ir::UnaryFunction;
  switch (of.function) {
    case UnaryFunction::neg:
      return Eltwise{Algorithm::eltwise_linear, -1};
    case UnaryFunction::abs:
      return Eltwise{Algorithm::eltwise_abs};
    case UnaryFunction::sqrt:
      return Eltwise{Algorithm::eltwise_sqrt};
    case UnaryFunction::reciprocal:
      return Eltwise{Algorithm::eltwise_pow, 1, -1};
    case UnaryFunction::exp:
      return Eltwise{Algorithm::eltwise_exp};
    case UnaryFunction::log:
      return Eltwise{Algorithm::eltwise_log};
    case UnaryFunction::leaky_relu:
      return Eltwise{Algorithm::eltwise_relu, of.alpha};
    case UnaryFunction::hard_swish:
      return Eltwise{Algorithm::eltwise_hardswish};
    case UnaryFunction::silu:
      return Eltwise{Algorithm::eltwise_swish, 1};
    case UnaryFunction::gelu:
      return Eltwise{Algorithm::eltwise_gelu_erf};
    case UnaryFunction::gelu_tanh:
      return Eltwise{Algorithm::eltwise_gelu_tanh};
    case UnaryFunction::elu:
      return Eltwise{Algorithm::eltwise_elu, of.alpha};
    case UnaryFunction::softplus:
      return Eltwise{Algorithm::eltwise_soft_relu};
    default:
      return std::nullopt;
  }
}

std::optional<Algorithm> binary_of(ir::BinaryFunction function) {
  switch (function) {
    case ir::BinaryFunction::sub:
      return Algorithm::binary_sub;
    case ir::BinaryFunction::div:
      return Algorithm::binary_div;
    case ir::BinaryFunction::min:
      return Algorithm::binary_min;
    case ir::BinaryFunction::max:
      return Algorithm::binary_max;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool run_unary(FloatCall& call) {
  const auto function = eltwise_of(call.operands().attributes<ir::UnaryAttributes>());
  if (!function) return false;
  const dnnl::memory source = call.values.memory(call.node.inputs[0]);
  const dnnl::memory result = call.device.make(source.get_desc());
  call.device.run(dnnl::eltwise_forward(
                      {{kInference, function->algorithm, source.get_desc(), function->alpha, function->beta},
                       call.device.engine}),
                  {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

namespace {

/// The first two operands, the second repeated where it is smaller; oneDNN does that to the second only.
std::optional<dnnl::memory> run_broadcasting(FloatCall& call, Algorithm algorithm) {
  const ir::Shape &shape = call.result_shape(), &a = call.shape(0);
  if (a != shape || naive::broadcast_shape(a, call.shape(1)) != shape) return std::nullopt;
  ir::Shape ranked = call.shape(1);
  ranked.insert(ranked.begin(), shape.size() - ranked.size(), 1);
  const dnnl::memory first = call.values.plain(call.node.inputs[0]),
                     second = call.values.plain(call.node.inputs[1], ranked),
                     result = call.device.make(first.get_desc());
  call.device.run(
      dnnl::binary({{algorithm, first.get_desc(), second.get_desc(), first.get_desc()}, call.device.engine}),
      {{DNNL_ARG_SRC_0, first}, {DNNL_ARG_SRC_1, second}, {DNNL_ARG_DST, result}});
  return result;
}

}  // namespace

bool run_binary_function(FloatCall& call) {
  const auto algorithm = binary_of(call.operands().attributes<ir::BinaryAttributes>().function);
  const auto result = algorithm ? run_broadcasting(call, *algorithm) : std::nullopt;
  if (result) call.values.set(call.node.outputs[0], *result);
  return result.has_value();
}

bool run_masked_softmax(FloatCall& call) {
  if (!call.has(1)) return run_softmax(call);
  const auto sum = run_broadcasting(call, Algorithm::binary_add);
  if (!sum) return false;
  const std::int64_t axis = call.operands().attributes<ir::AxisAttributes>().axis,
                     rank = static_cast<std::int64_t>(call.shape(0).size());
  const dnnl::softmax_forward::desc description(kInference, sum->get_desc(),
                                                static_cast<int>(axis < 0 ? axis + rank : axis));
  call.device.run(dnnl::softmax_forward({description, call.device.engine}),
                  {{DNNL_ARG_SRC, *sum}, {DNNL_ARG_DST, *sum}});
  call.values.set(call.node.outputs[0], *sum);
  return true;
}

bool run_mean(FloatCall& call) {
  const auto& reduce = call.operands().attributes<ir::ReduceAttributes>();
  if (reduce.function != ir::ReduceFunction::mean || reduce.axes.empty()) return false;
  ir::Shape kept = call.shape(0);
  for (const std::int64_t axis : reduce.axes) kept[static_cast<std::size_t>(axis)] = 1;
  const dnnl::memory source = call.values.memory(call.node.inputs[0]);
  const dnnl::memory result = call.device.make(row_major(kept, call.type));
  const dnnl::reduction::desc description(Algorithm::reduction_mean, source.get_desc(), result.get_desc(), 0,
                                          0);
  call.device.run(dnnl::reduction({description, call.device.engine}),
                  {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  call.values.set_reshaped(call.node.outputs[0], result);
  return true;
}

bool run_layer_normalization(FloatCall& call) {
  using Flags = dnnl::normalization_flags;
  const auto& attributes = call.operands().attributes<ir::NormalizationAttributes>();
  const ir::Shape& shape = call.shape(0);
  const bool one_result = std::all_of(call.node.outputs.begin() + 1, call.node.outputs.end(),
                                      [](ir::ValueId id) { return id == ir::kNoValue; });
  if (attributes.axis + 1 != static_cast<std::int64_t>(shape.size()) || !one_result || !call.has(1) ||
      !call.has(2) || call.shape(1) != ir::Shape{shape.back()} || call.shape(2) != call.shape(1))
    return false;
  const dnnl::memory source = call.values.plain(call.node.inputs[0]),
                     result = call.device.make(source.get_desc());
  const dnnl::layer_normalization_forward::desc description(kInference, source.get_desc(), attributes.epsilon,
                                                            Flags::use_scale | Flags::use_shift);
  call.device.run(dnnl::layer_normalization_forward({description, call.device.engine}),
                  {{DNNL_ARG_SRC, source},
                   {DNNL_ARG_SCALE, call.values.plain(call.node.inputs[1])},
                   {DNNL_ARG_SHIFT, call.values.plain(call.node.inputs[2])},
                   {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

}  // namespace nnp::reference::onednn

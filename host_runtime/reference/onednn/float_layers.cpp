// SPDX-License-Identifier: Apache-2.0
// Float layers that are one oneDNN primitive each.
#include <cfloat>
#include <cmath>

#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/onednn/float_run.h"
#include "host_runtime/reference/onednn/windows.h"

namespace nnp::reference::onednn {
namespace {

constexpr auto kInference = dnnl::prop_kind::forward_inference;

// Runs a primitive of one source that keeps its layout.
template <typename Primitive>
bool run_in_place_layout(FloatCall& call, const typename Primitive::desc& description) {
  const dnnl::memory source = call.values.memory(call.node.inputs[0]);
  dnnl::memory result = call.device.make(source.get_desc());
  call.device.run(Primitive({description, call.device.engine}),
                  {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

}  // namespace

dnnl::primitive_attr clamp_attribute(const ir::Clamp& clamp) {
  dnnl::primitive_attr attribute;
  attribute.set_fpmath_mode(dnnl::fpmath_mode::strict);  // whatever oneDNN's environment allows
  if (!clamp.active()) return attribute;
  dnnl::post_ops post;
  if (clamp.lo == 0 && std::isinf(clamp.hi))
    post.append_eltwise(1.0f, dnnl::algorithm::eltwise_relu, 0.0f, 0.0f);
  else
    post.append_eltwise(1.0f, dnnl::algorithm::eltwise_clip, std::max(clamp.lo, -FLT_MAX),
                        std::min(clamp.hi, FLT_MAX));
  attribute.set_post_ops(post);
  return attribute;
}

bool run_conv(FloatCall& call) {
  const naive::Window w = naive::conv_window(call.operands());
  if (call.has(2) && ir::element_count(call.shape(2)) != dim(w.K)) return false;
  const dnnl::memory::dims weight_dims = weight_dims_of(w);
  const dnnl::memory::desc bias_layout = call.has(2) ? row_major({dim(w.K)}, kF32) : dnnl::memory::desc{};
  const auto description =
      describe_convolution(w, any_layout(call.shape(0), call.type), any_layout(weight_dims, call.type),
                           bias_layout, any_layout(call.result_shape(), call.type));
  const dnnl::convolution_forward::primitive_desc chosen(description, clamp_attribute(call.node.clamp),
                                                         call.device.engine);
  dnnl::memory result = call.device.make(chosen.dst_desc());
  const dnnl::memory weights = call.values.plain(call.node.inputs[1], weight_dims);
  std::unordered_map<int, dnnl::memory> arguments = {
      {DNNL_ARG_SRC, call.device.in_layout(call.values.memory(call.node.inputs[0]), chosen.src_desc())},
      {DNNL_ARG_WEIGHTS, call.graph.values[call.node.inputs[1]].constant
                             ? call.device.constant_in_layout(weights, chosen.weights_desc())
                             : call.device.in_layout(weights, chosen.weights_desc())},
      {DNNL_ARG_DST, result}};
  if (call.has(2)) arguments[DNNL_ARG_BIAS] = call.values.plain(call.node.inputs[2], {dim(w.K)});
  call.device.run(dnnl::convolution_forward(chosen), arguments);
  call.values.set(call.node.outputs[0], result);
  return true;
}

bool run_pool(FloatCall& call) {
  const naive::Window w = naive::pool_window(call.operands());
  const dnnl::algorithm algorithm = pooling_algorithm(call.node);
  if (has_windows_in_padding(w)) return false;
  const dnnl::memory source = call.values.memory(call.node.inputs[0]);
  const auto description =
      describe_pooling(w, algorithm, source.get_desc(), any_layout(call.result_shape(), call.type));
  const dnnl::pooling_forward::primitive_desc chosen(description, call.device.engine);
  dnnl::memory result = call.device.make(chosen.dst_desc());
  call.device.run(dnnl::pooling_forward(chosen), {{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

bool run_activation(FloatCall& call) {
  float lowest = 0, highest = 0;
  dnnl::algorithm algorithm = dnnl::algorithm::eltwise_relu;
  switch (call.node.op) {
    case ir::Op::relu:
      break;
    case ir::Op::sigmoid:
      algorithm = dnnl::algorithm::eltwise_logistic;
      break;
    case ir::Op::tanh:
      algorithm = dnnl::algorithm::eltwise_tanh;
      break;
    case ir::Op::clip: {
      algorithm = dnnl::algorithm::eltwise_clip;
      const auto bound = [&](std::size_t input, float unbounded) {
        return call.has(input) ? call.values.settle(call.node.inputs[input]).data<float>()[0] : unbounded;
      };
      lowest = std::max(bound(1, -FLT_MAX), -FLT_MAX), highest = std::min(bound(2, FLT_MAX), FLT_MAX);
      if (!(lowest <= highest)) return false;
      break;
    }
    default:
      return false;
  }
  const dnnl::memory::desc layout = call.values.memory(call.node.inputs[0]).get_desc();
  return run_in_place_layout<dnnl::eltwise_forward>(call, {kInference, algorithm, layout, lowest, highest});
}

bool run_softmax(FloatCall& call) {
  if (call.has(1)) return false;  // a mask
  const std::int64_t axis = call.operands().attributes<ir::AxisAttributes>().axis,
                     rank = static_cast<std::int64_t>(call.shape(0).size());
  if (axis < -rank || axis >= rank) return false;
  const dnnl::memory::desc layout = call.values.memory(call.node.inputs[0]).get_desc();
  return run_in_place_layout<dnnl::softmax_forward>(
      call, {kInference, layout, static_cast<int>(axis < 0 ? axis + rank : axis)});
}

bool run_binary(FloatCall& call) {
  const ir::Shape& shape = call.result_shape();
  if (naive::broadcast_shape(call.shape(0), call.shape(1)) != shape) return false;
  const bool swapped = call.shape(0) != shape;  // oneDNN repeats the second operand only
  const std::size_t whole = swapped ? 1 : 0, repeated = 1 - whole;
  if (call.shape(whole) != shape) return false;
  dnnl::memory first, second;
  if (call.shape(repeated) == shape) {
    first = call.values.memory(call.node.inputs[whole]);
    second = call.device.in_layout(call.values.memory(call.node.inputs[repeated]), first.get_desc());
  } else {
    ir::Shape ranked = call.shape(repeated);
    ranked.insert(ranked.begin(), shape.size() - ranked.size(), 1);
    first = call.values.plain(call.node.inputs[whole]);
    second = call.values.plain(call.node.inputs[repeated], ranked);
  }
  const auto algorithm =
      call.node.op == ir::Op::add ? dnnl::algorithm::binary_add : dnnl::algorithm::binary_mul;
  const dnnl::binary::desc description(algorithm, first.get_desc(), second.get_desc(), first.get_desc());
  dnnl::memory result = call.device.make(first.get_desc());
  call.device.run(dnnl::binary({description, clamp_attribute(call.node.clamp), call.device.engine}),
                  {{DNNL_ARG_SRC_0, first}, {DNNL_ARG_SRC_1, second}, {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

bool run_batch_normalization(FloatCall& call) {
  using Flags = dnnl::normalization_flags;
  const ir::Shape& shape = call.shape(0);
  if (shape.size() < 2) return false;
  for (std::size_t i = 1; i < 5; ++i)
    if (!call.has(i) || call.shape(i) != ir::Shape{shape[1]}) return false;
  const dnnl::memory source = call.values.memory(call.node.inputs[0]);
  const dnnl::batch_normalization_forward::desc description(
      kInference, source.get_desc(), 0.0f, Flags::use_global_stats | Flags::use_scale | Flags::use_shift);
  const dnnl::batch_normalization_forward::primitive_desc chosen(description, call.device.engine);
  dnnl::memory result = call.device.make(chosen.dst_desc());
  call.device.run(dnnl::batch_normalization_forward(chosen),
                  {{DNNL_ARG_SRC, source},
                   {DNNL_ARG_SCALE, call.values.plain(call.node.inputs[1])},
                   {DNNL_ARG_SHIFT, call.values.plain(call.node.inputs[2])},
                   {DNNL_ARG_MEAN, call.values.plain(call.node.inputs[3])},
                   {DNNL_ARG_VARIANCE, call.values.plain(call.node.inputs[4])},
                   {DNNL_ARG_DST, result}});
  call.values.set(call.node.outputs[0], result);
  return true;
}

}  // namespace nnp::reference::onednn

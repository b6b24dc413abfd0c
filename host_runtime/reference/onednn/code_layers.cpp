// SPDX-License-Identifier: Apache-2.0
// Layers of 8-bit codes that are one int8 primitive each: sums in 32 bits, then scale, clamp and zero point
// in float32 within the primitive.
#include "compiler/ir/quantized.h"
#include "host_runtime/reference/onednn/network_run.h"
#include "host_runtime/reference/onednn/windows.h"

namespace nnp::reference::onednn {
namespace {

using Type = dnnl::memory::data_type;

const ir::Value& value(const NodeCall& call, std::size_t input) {
  return call.graph.values[call.node.inputs[input]];
}
const ir::Value& result(const NodeCall& call) { return call.graph.values[call.node.outputs[0]]; }
Type type_of(const ir::Value& of) { return *data_type(of.type); }
std::int32_t zero_point(const ir::Value& of) { return of.quant->zero_point; }

bool is_narrow(const numerics::OutputRange& range, const ir::Value& of) {
  const numerics::OutputRange all = ir::type_range(of.type);
  return range.lo > all.lo || range.hi < all.hi;
}

/// Behind a product: what it gives is clamped, then gets its zero point.
dnnl::primitive_attr product_attribute(const NodeCall& call, int scale_mask) {
  const numerics::OutputRange range = ir::output_range(call.graph, call.node);
  dnnl::primitive_attr attribute;
  attribute.set_output_scales(scale_mask, call.kept.scales);
  if (range.zero_point != 0) attribute.set_zero_points(DNNL_ARG_DST, 0, {range.zero_point});
  if (!is_narrow(range, result(call))) return attribute;
  dnnl::post_ops post;
  post.append_eltwise(1.0f, dnnl::algorithm::eltwise_clip, static_cast<float>(range.lo - range.zero_point),
                      static_cast<float>(range.hi - range.zero_point));
  attribute.set_post_ops(post);
  return attribute;
}

/// Behind primitives that know no zero point: factor * x + shift, clamped.
dnnl::primitive_attr linear_attribute(const NodeCall& call, float factor, float shift) {
  const numerics::OutputRange range = ir::output_range(call.graph, call.node);
  dnnl::post_ops post;
  if (factor != 1 || shift != 0) post.append_eltwise(1.0f, dnnl::algorithm::eltwise_linear, factor, shift);
  if (is_narrow(range, result(call)))
    post.append_eltwise(1.0f, dnnl::algorithm::eltwise_clip, static_cast<float>(range.lo),
                        static_cast<float>(range.hi));
  dnnl::primitive_attr attribute;
  attribute.set_post_ops(post);
  return attribute;
}

void keep_channel_params(NodeCall& call) {
  if (!call.kept.scales.empty()) return;
  for (const numerics::ChannelParam& channel : ir::channel_params(call.graph, call.node)) {
    call.kept.scales.push_back(channel.scale);
    call.kept.bias.push_back(channel.bias);
  }
}

/// The bias without the zero point's share, for a primitive that is told the zero point.
void keep_own_bias(NodeCall& call) {
  if (!call.kept.scales.empty()) return;
  keep_channel_params(call);
  std::ranges::fill(call.kept.bias, 0);
  if (!call.has(2)) return;
  const auto bias = value(call, 2).constant->data<std::int32_t>();
  for (std::size_t k = 0; k < call.kept.bias.size(); ++k)
    call.kept.bias[k] = bias.size() == 1 ? bias[0] : bias[k];
}

bool has_constant_weights(const NodeCall& call) {
  return value(call, 1).constant && value(call, 1).type == ir::DType::s8;
}

}  // namespace

bool run_code_conv(NodeCall& call) {
  if (!has_constant_weights(call)) return false;
  const naive::Window w = naive::conv_window(call.operands());
  const dnnl::memory::dims weight_dims = weight_dims_of(w), after = padding_after(w);
  // Padding holds the zero point. Where there is none, the bias does it (channel_params).
  const std::int32_t zero = zero_point(value(call, 0));
  const bool padded = w.pad_top > 0 || w.pad_left > 0 || after[0] > 0 || after[1] > 0;
  const bool tell_zero = zero != 0 && padded;
  tell_zero ? keep_own_bias(call) : keep_channel_params(call);
  dnnl::primitive_attr attribute = product_attribute(call, 1 << 1);
  if (tell_zero) attribute.set_zero_points(DNNL_ARG_SRC, 0, {zero});
  const dnnl::memory::desc bias_layout = row_major({dim(w.K)}, Type::s32);
  const dnnl::convolution_forward::primitive_desc chosen(
      describe_convolution(w, any_layout(call.shape(0), type_of(value(call, 0))),
                           any_layout(weight_dims, Type::s8), bias_layout,
                           any_layout(call.result_shape(), type_of(result(call)))),
      attribute, call.device.engine);
  const dnnl::memory y = call.device.make(chosen.dst_desc());
  const dnnl::memory weights = call.values.plain(call.node.inputs[1], weight_dims);
  call.device.run(
      dnnl::convolution_forward(chosen),
      {{DNNL_ARG_SRC, call.device.in_layout(call.values.memory(call.node.inputs[0]), chosen.src_desc())},
       {DNNL_ARG_WEIGHTS, call.device.constant_in_layout(weights, chosen.weights_desc())},
       {DNNL_ARG_BIAS, call.device.over(bias_layout, call.kept.bias.data())},
       {DNNL_ARG_DST, y}});
  call.values.set(call.node.outputs[0], y);
  return true;
}

bool run_code_gemm(NodeCall& call) {
  const ir::Shape &a = call.shape(0), &b = call.shape(1), &y = call.result_shape();
  const bool transposed = ir::transposes_right(call.node), by_weights = has_constant_weights(call);
  if (const auto* gemm = std::get_if<ir::GemmAttributes>(&call.node.attributes);
      gemm != nullptr && (gemm->transpose_a || gemm->alpha != 1 || gemm->beta != 1))
    return false;
  if (!by_weights && (call.node.op != ir::Op::matmul || value(call, 1).constant)) return false;
  // One matrix for all rows of a, or one for each batch of them.
  if (b.size() < 2 || (b.size() > 2 && (by_weights || a.size() != b.size() ||
                                        !std::equal(a.begin(), a.end() - 2, b.begin()))))
    return false;
  const dnnl::memory::dim K = a.back(), N = y.back(),
                          batch = b.size() > 2 ? ir::element_count(b) / (K * N) : 1,
                          M = ir::element_count(a) / K / batch;
  const auto layout = [&](dnnl::memory::dim rows, dnnl::memory::dim columns, Type type, bool turned) {
    const dnnl::memory::dim row_stride = turned ? 1 : columns, column_stride = turned ? rows : 1;
    if (b.size() == 2) return dnnl::memory::desc({rows, columns}, type, {row_stride, column_stride});
    return dnnl::memory::desc({batch, rows, columns}, type, {rows * columns, row_stride, column_stride});
  };
  keep_channel_params(call);
  if (!by_weights) call.kept.scales.resize(1);
  const int last_axis = b.size() == 2 ? 1 << 1 : 1 << 2;
  const auto a_layout = layout(M, K, type_of(value(call, 0)), false),
             b_layout = layout(K, N, type_of(value(call, 1)), transposed),
             y_layout = layout(M, N, type_of(result(call)), false),
             bias_layout = row_major({1, N}, Type::s32);
  const dnnl::matmul::desc description = by_weights
                                             ? dnnl::matmul::desc(a_layout, b_layout, bias_layout, y_layout)
                                             : dnnl::matmul::desc(a_layout, b_layout, y_layout);
  const dnnl::matmul::primitive_desc chosen(description, product_attribute(call, by_weights ? last_axis : 0),
                                            call.device.engine);
  const dnnl::memory product = call.device.make(row_major(y, type_of(result(call))));
  const auto elements = [&](std::size_t input) {
    return call.values.plain(call.node.inputs[input]).get_data_handle();
  };
  std::unordered_map<int, dnnl::memory> arguments = {
      {DNNL_ARG_SRC, call.device.over(a_layout, elements(0))},
      {DNNL_ARG_WEIGHTS, call.device.over(b_layout, elements(1))},
      {DNNL_ARG_DST, call.device.over(y_layout, product.get_data_handle())}};
  if (by_weights) arguments[DNNL_ARG_BIAS] = call.device.over(bias_layout, call.kept.bias.data());
  call.device.run(dnnl::matmul(chosen), arguments);
  call.values.set(call.node.outputs[0], product);
  return true;
}

bool run_code_add(NodeCall& call) {
  if (ir::by_reals(call.graph, call.node)) return false;
  const ir::BinaryParams params = ir::binary_params(call.graph, call.node);
  const auto share = [](const numerics::Scaled& operand) {
    return static_cast<float>(operand.zero_point) * operand.scale;
  };
  dnnl::primitive_attr attribute = linear_attribute(
      call, 1, static_cast<float>(zero_point(result(call))) - share(params.a) - share(params.b));
  attribute.set_scales(DNNL_ARG_SRC_0, 0, {params.a.scale});
  attribute.set_scales(DNNL_ARG_SRC_1, 0, {params.b.scale});
  const dnnl::memory first = call.values.memory(call.node.inputs[0]),
                     second =
                         call.device.in_layout(call.values.memory(call.node.inputs[1]), first.get_desc()),
                     sum = call.device.make(first.get_desc());
  call.device.run(
      dnnl::binary({{dnnl::algorithm::binary_add, first.get_desc(), second.get_desc(), sum.get_desc()},
                    attribute,
                    call.device.engine}),
      {{DNNL_ARG_SRC_0, first}, {DNNL_ARG_SRC_1, second}, {DNNL_ARG_DST, sum}});
  call.values.set(call.node.outputs[0], sum);
  return true;
}

bool run_code_pool(NodeCall& call) {
  const ir::Value &x = value(call, 0), &y = result(call);
  const naive::Window w = naive::pool_window(call.operands());
  const dnnl::algorithm algorithm = pooling_algorithm(call.node);
  const bool is_max = algorithm == dnnl::algorithm::pooling_max;
  if (x.type != y.type || call.shape(0).size() != 4 || has_windows_in_padding(w)) return false;
  // oneDNN counts padding as code 0, not as the zero point.
  if (algorithm == dnnl::algorithm::pooling_avg_include_padding && zero_point(x) != 0) return false;
  dnnl::primitive_attr attribute;
  if (!is_max) {
    const float ratio =
        static_cast<float>(static_cast<double>(x.quant->scale[0]) / static_cast<double>(y.quant->scale[0]));
    attribute = linear_attribute(
        call, ratio, static_cast<float>(zero_point(y)) - ratio * static_cast<float>(zero_point(x)));
  }
  const dnnl::memory::desc layout(call.shape(0), type_of(x), dnnl::memory::format_tag::nhwc);
  const dnnl::pooling_forward::primitive_desc chosen(
      describe_pooling(w, algorithm, layout, any_layout(call.result_shape(), type_of(y))), attribute,
      call.device.engine);
  const dnnl::memory pooled = call.device.make(chosen.dst_desc());
  call.device.run(dnnl::pooling_forward(chosen),
                  {{DNNL_ARG_SRC, call.device.in_layout(call.values.memory(call.node.inputs[0]), layout)},
                   {DNNL_ARG_DST, pooled}});
  call.values.set(call.node.outputs[0], pooled);
  return true;
}

}  // namespace nnp::reference::onednn

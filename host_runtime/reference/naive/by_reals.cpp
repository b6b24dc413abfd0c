// SPDX-License-Identifier: Apache-2.0
// The float operator runs on a graph of its own: the node, its values as f32.
#include "host_runtime/reference/naive/by_reals.h"

#include <algorithm>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/codes.h"

namespace nnp::reference::naive {
namespace {

bool is_code(const ir::Value& value) { return ir::is_quantized(value.type) && value.quant.has_value(); }

ir::Tensor as_reals(const ir::Tensor& codes, const ir::Value& value) {
  ir::Tensor reals(ir::DType::f32, codes.shape());
  with_code_type(codes.type(), [&]<typename A>(A) {
    numerics::dequantize(codes.data<A>().data(), value.quant->scale.front(), value.quant->zero_point,
                         reals.data<float>().data(), codes.size());
  });
  return reals;
}

ir::Tensor as_codes(const ir::Tensor& reals, const ir::Value& value, const numerics::OutputRange& range) {
  ir::Tensor codes(value.type, reals.shape());
  with_code_type(value.type, [&]<typename Y>(Y) {
    numerics::quantize(reals.data<float>().data(), value.quant->scale.front(), range, codes.data<Y>().data(),
                       reals.size());
  });
  return codes;
}

}  // namespace

bool needs_reals(const ir::Graph& graph, const ir::Node& node) {
  if (!ir::by_reals(graph, node)) return false;
  const auto has_codes = [&](ir::ValueId id) { return id != ir::kNoValue && is_code(graph.values[id]); };
  return std::any_of(node.inputs.begin(), node.inputs.end(), has_codes) ||
         std::any_of(node.outputs.begin(), node.outputs.end(), has_codes);
}

void run_by_reals(const ir::Graph& graph, const ir::Node& node, Tensors& values, void (*run)(Call&)) {
  ir::Graph real;
  ir::Node same = node;
  same.clamp = {};  // the range of codes has it
  Tensors tensors;
  const auto adopt = [&](ir::ValueId& id, bool computed) {
    if (id == ir::kNoValue) return;
    const ir::Value& value = graph.values[id];
    ir::Value as_real = value;
    as_real.constant.reset();
    if (is_code(value)) as_real.type = ir::DType::f32, as_real.quant.reset();
    const ir::Tensor& tensor = value.constant ? *value.constant : values[id];
    tensors.push_back(!computed ? ir::Tensor{} : is_code(value) ? as_reals(tensor, value) : tensor);
    id = real.add_value(std::move(as_real));
  };
  for (ir::ValueId& id : same.inputs) adopt(id, true);
  for (ir::ValueId& id : same.outputs) adopt(id, false);
  Call call(real, same, tensors);
  run(call);
  for (std::size_t i = 0; i < node.outputs.size(); ++i) {
    if (node.outputs[i] == ir::kNoValue) continue;
    const ir::Value& value = graph.values[node.outputs[i]];
    ir::Tensor& result = tensors[same.outputs[i]];
    values[node.outputs[i]] =
        is_code(value) ? as_codes(result, value, ir::output_range(graph, node)) : std::move(result);
  }
}

}  // namespace nnp::reference::naive

// SPDX-License-Identifier: Apache-2.0
// The walk over the nodes, layouts, and which Conv an Add takes along.
#include "host_runtime/reference/gpu/lowering.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/ir/quantized.h"

namespace nnp::gpu {
namespace {

using Lower = void (*)(Lowering&, const ir::Node&);
struct Row {
  ir::Op op;
  Lower lower;
};

constexpr Row kTable[] = {
    {ir::Op::conv, lower_convolution},
    {ir::Op::gemm, lower_gemm},
    {ir::Op::matmul, lower_matmul},
    {ir::Op::lstm, lower_lstm},
    {ir::Op::add, lower_add},
    {ir::Op::mul, lower_function},
    {ir::Op::relu, lower_function},
    {ir::Op::clip, lower_function},
    {ir::Op::sigmoid, lower_function},
    {ir::Op::tanh, lower_function},
    {ir::Op::unary, lower_function},
    {ir::Op::binary, lower_function},
    {ir::Op::cast, lower_function},
    {ir::Op::quantize_linear, lower_function},
    {ir::Op::dequantize_linear, lower_function},
    {ir::Op::max_pool, lower_pool},
    {ir::Op::average_pool, lower_pool},
    {ir::Op::global_average_pool, lower_pool},
    {ir::Op::softmax, lower_softmax},
    {ir::Op::layer_normalization, lower_layer_normalization},
    {ir::Op::gather, lower_gather},
    {ir::Op::reshape, lower_reshape},
    {ir::Op::flatten, lower_reshape},
    {ir::Op::squeeze, lower_reshape},
    {ir::Op::unsqueeze, lower_reshape},
    {ir::Op::identity, lower_reshape},
    {ir::Op::transpose, lower_transpose},
    {ir::Op::slice, lower_slice},
    {ir::Op::concat, lower_concat},
    {ir::Op::pad, lower_pad},
    {ir::Op::expand, lower_expand},
};

bool is_byte(ir::DType type) { return type == ir::DType::u8 || type == ir::DType::s8; }

}  // namespace

Lowering::Lowering(const ir::Graph& graph, NetworkValues& values, Program& program, std::vector<Step>& steps,
                   Fusions fusions)
    : graph_(graph), values_(values), program_(program), steps_(steps), fusions_(fusions) {
  find_fusions();
}

void Lowering::run() {
  for (node_ = 0; node_ < graph_.nodes.size(); ++node_) {
    const ir::Node& node = graph_.nodes[node_];
    const auto row = std::ranges::find(kTable, node.op, &Row::op);
    if (row == std::end(kTable)) refuse(node, "the GPU runtime has no kernels for it");
    const std::size_t first = steps_.size();
    if (!fused_away_[node_]) {
      try {
        row->lower(*this, node);
      } catch (const UnsupportedOperator&) {
        throw;
      } catch (const GpuError& error) {
        refuse(node, error.what());
      }
    }
    if (fusions_ == Fusions::none) need_outputs(node);
    account(node, first);
  }
}

void Lowering::need_outputs(const ir::Node& node) const {
  for (const ir::ValueId id : node.outputs)
    if (id != ir::kNoValue && !values_.find(id))
      refuse(node, fmt::format("no kernel makes its output '{}'", value(id).name));
}

void Lowering::account(const ir::Node& node, std::size_t first_step) {
  if (steps_.size() == first_step) return;
  Step& last = steps_.back();
  const auto size = [&](ir::ValueId id) -> std::uint64_t {
    if (id == ir::kNoValue) return 0;
    const auto& found = values_.find(id);
    return found ? found->bytes() : 0;
  };
  const auto count = [&](const ir::Node& part) {
    last.macs += ir::macs(graph_, part);
    for (const ir::ValueId id : part.inputs) last.bytes += size(id);
    // Weights that were laid out anew have no place of their own.
    for (const ir::ValueId id : part.inputs)
      if (id != ir::kNoValue && value(id).constant && !values_.find(id))
        last.bytes += static_cast<std::uint64_t>(ir::element_count(value(id).shape)) *
                      (codes(id) ? 1 : size_of(values_.real()));
  };
  count(node);
  if (const ir::Node* convolution = fused_convolution(node)) count(*convolution);
  for (const ir::ValueId id : node.outputs) last.bytes += size(id);
}

bool Lowering::codes(ir::ValueId id) const { return ir::is_quantized(value(id).type) && value(id).quant; }

const Place& Lowering::place(ir::ValueId id) {
  if (!values_.find(id)) {
    const ir::Value& known = value(id);
    if (!known.constant)
      throw UnsupportedOperator(fmt::format("value '{}' was not computed on the GPU", known.name));
    Place made;
    made.element = values_.element_of(known), made.shape = known.shape;
    made.strides = gpu::row_major(known.shape);
    if (known.quant && known.quant->scale.size() == 1)
      made.scale = known.quant->scale[0], made.zero = known.quant->zero_point;
    made.at = known.type == ir::DType::f32
                  ? values_.upload(known.constant->data<float>(), made.element)
                  : values_.upload_bytes(known.constant->bytes().data(), known.constant->bytes().size());
    values_.set(id, made);
  }
  return *values_.find(id);
}

Place Lowering::row_major(ir::ValueId id) {
  const Place from = place(id);
  if (is_row_major(from)) return from;
  const Place to = values_.scratch(from.shape, from.element);
  copy(from, to);
  Place moved = from;
  moved.at = to.at, moved.strides = to.strides;
  return moved;
}

Place Lowering::channels_last(ir::ValueId id) {
  const Place from = place(id);
  if (is_channels_last(from)) return from;
  const Place to = values_.scratch(from.shape, from.element, true);
  copy(from, to);
  Place moved = from;
  moved.at = to.at, moved.strides = to.strides;
  values_.set(id, moved);
  return moved;
}

const Place& Lowering::make_output(const ir::Node& node, bool last) {
  values_.set(node.outputs[0], values_.make(value(node.outputs[0]), last));
  return *values_.find(node.outputs[0]);
}

void Lowering::alias_output(const ir::Node& node, const Place& from) {
  Place alias = from;
  alias.shape = value(node.outputs[0]).shape;
  alias.strides = gpu::row_major(alias.shape);
  values_.set(node.outputs[0], alias);
}

Target Lowering::target(const ir::Node& node, const Place& to) const {
  Target target{to.at, to.element, to.scale, to.zero};
  if (codes(node.outputs[0])) {
    const numerics::OutputRange range = ir::output_range(graph_, node);
    target.lo = static_cast<float>(range.lo), target.hi = static_cast<float>(range.hi);
  } else {
    target.lo = node.clamp.lo, target.hi = node.clamp.hi;
  }
  return target;
}

void Lowering::add_elementwise(Function function, std::vector<std::pair<Place, Source>> operands,
                               const Place& to, const Target& target, float alpha, float beta) {
  Elementwise request;
  request.function = function, request.alpha = alpha, request.beta = beta;
  const std::size_t rank = to.shape.size();
  if (rank > static_cast<std::size_t>(kMostAxes)) throw GpuError("more than 8 axes");
  // Axes as they lie in the result, the nearest elements last.
  std::vector<std::size_t> axes(rank);
  for (std::size_t i = 0; i < rank; ++i) axes[i] = i;
  std::ranges::stable_sort(axes, [&](std::size_t a, std::size_t b) { return to.strides[a] > to.strides[b]; });
  request.axes = std::max<int>(1, static_cast<int>(rank));
  for (std::size_t i = 0; i < rank; ++i) {
    request.sizes[i] = to.shape[axes[i]];
    request.y_strides[i] = to.strides[axes[i]];
  }
  request.y = target;
  for (std::size_t x = 0; x < operands.size(); ++x) {
    const auto& [from, source] = operands[x];
    request.x[x] = source;
    const std::size_t missing = rank - from.shape.size();  // broadcast from the front
    for (std::size_t i = 0; i < rank; ++i) {
      const std::size_t axis = axes[i];
      const bool own = axis >= missing && from.shape[axis - missing] != 1;
      request.x_strides[x][i] = own ? from.strides[axis - missing] : 0;
    }
  }
  add(request);
}

void Lowering::copy(const Place& from, const Place& to) {
  Target target{to.at, to.element, 1, from.zero};
  add_elementwise(Function::copy, {{from, from.codes()}}, to, target);
}

void Lowering::find_fusions() {
  const std::size_t count = graph_.nodes.size();
  fused_away_.assign(count, false);
  convolution_of_.resize(count);
  std::vector<int> readers(graph_.values.size(), 0);
  std::vector<std::size_t> maker(graph_.values.size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    convolution_of_[i] = i;
    for (const ir::ValueId id : graph_.nodes[i].inputs)
      if (id != ir::kNoValue) ++readers[id];
    for (const ir::ValueId id : graph_.nodes[i].outputs)
      if (id != ir::kNoValue) maker[id] = i;
  }
  for (const ir::ValueId id : graph_.outputs) ++readers[id];
  if (fusions_ == Fusions::none) return;
  for (std::size_t i = 0; i < count; ++i) {
    const ir::Node& add = graph_.nodes[i];
    if (add.op != ir::Op::add || value(add.inputs[0]).shape != value(add.inputs[1]).shape) continue;
    const bool integers = codes(add.outputs[0]);
    if (integers && (ir::by_reals(graph_, add) || !is_byte(value(add.outputs[0]).type))) continue;
    for (const ir::ValueId id : {add.inputs[0], add.inputs[1]}) {
      if (maker[id] == count || readers[id] != 1 || add.inputs[0] == add.inputs[1]) continue;
      const ir::Node& convolution = graph_.nodes[maker[id]];
      if (convolution.op != ir::Op::conv || codes(id) != integers ||
          (!integers && convolution.clamp.active()))
        continue;
      convolution_of_[i] = maker[id];
      fused_away_[maker[id]] = true;
      break;
    }
  }
}

const ir::Node* Lowering::fused_convolution(const ir::Node& add) const {
  const auto i = static_cast<std::size_t>(&add - graph_.nodes.data());
  return convolution_of_[i] == i ? nullptr : &graph_.nodes[convolution_of_[i]];
}

void Lowering::refuse(const ir::Node& node, const std::string& why) const {
  throw UnsupportedOperator(fmt::format("node '{}' ({}): {}", node.name, ir::operator_name(node), why));
}

std::span<const float> constant_floats(const Lowering& lowering, const ir::Node& node, std::size_t input) {
  const ir::Value& value = lowering.value(node.inputs.at(input));
  if (!value.constant || value.type != ir::DType::f32)
    lowering.refuse(node, fmt::format("input {} must be constant numbers", input));
  return value.constant->data<float>();
}

}  // namespace nnp::gpu

// SPDX-License-Identifier: Apache-2.0
// Which node of a network goes to which primitive, by the types of its values, and the run.
#include "host_runtime/reference/onednn/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "compiler/ir/quantized.h"
#include "compiler/ir/real.h"
#include "compiler/ir/recurrent.h"
#include "host_runtime/reference/onednn/network_run.h"
#include "host_runtime/reference/onednn/threads.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::reference {
namespace onednn {
namespace {

using ir::Op;

constexpr FloatRow kTimedOnly[] = {
    {Op::unary, run_unary, false},
    {Op::binary, run_binary_function, false},
    {Op::softmax, run_masked_softmax, false},
    {Op::reduce, run_mean, false},
    {Op::layer_normalization, run_layer_normalization, false},
};

struct Row {
  Op op;
  NodeFunction run;
};
constexpr Row kCodes[] = {
    {Op::conv, run_code_conv},
    {Op::gemm, run_code_gemm},
    {Op::matmul, run_code_gemm},
    {Op::add, run_code_add},
    {Op::max_pool, run_code_pool},
    {Op::average_pool, run_code_pool},
    {Op::global_average_pool, run_code_pool},
};
constexpr Row kMoves[] = {
    {Op::reshape, run_reshape},   {Op::flatten, run_reshape},  {Op::squeeze, run_reshape},
    {Op::unsqueeze, run_reshape}, {Op::identity, run_reshape}, {Op::transpose, run_transpose},
    {Op::slice, run_slice},       {Op::concat, run_concat},
};
constexpr Row kBorders[] = {
    {Op::quantize_linear, run_quantize},
    {Op::dequantize_linear, run_dequantize},
    {Op::cast, run_cast},
};

template <std::size_t N>
NodeFunction find(const Row (&rows)[N], Op op) {
  for (const Row& row : rows)
    if (row.op == op) return row.run;
  return nullptr;
}

const FloatRow* timed_row(Op op) {
  for (const FloatRow& row : kTimedOnly)
    if (row.op == op) return &row;
  return float_row(op);
}

bool is_code(const ir::Value& value) { return value.quant && ir::is_quantized(value.type); }

/// The values of a node, those left out apart.
std::vector<const ir::Value*> values_of(const ir::Graph& graph, const ir::Node& node) {
  std::vector<const ir::Value*> values;
  for (const auto* ids : {&node.inputs, &node.outputs})
    for (const ir::ValueId id : *ids)
      if (id != ir::kNoValue) values.push_back(&graph.values[id]);
  return values;
}

/// Of those that are not left out.
const ir::Value& first_result(const ir::Graph& graph, const ir::Node& node) {
  return graph.values[*std::ranges::find_if(node.outputs, [](ir::ValueId id) { return id != ir::kNoValue; })];
}

enum class Way : std::uint8_t { primitive, floats, loops };

/// In a way that oneDNN has for the node, else by loops.
Way run_node_somehow(NodeCall& call) {
  const auto values = values_of(call.graph, call.node);
  const bool representable = std::ranges::all_of(values, [](const ir::Value* value) {
    return data_type(value->type) && ir::element_count(value->shape) > 0;
  });
  const auto tried = [&](NodeFunction function) {
    return function != nullptr && representable && call_primitive(function, call);
  };
  const bool ranked =
      std::ranges::none_of(values, [](const ir::Value* value) { return value->shape.empty(); });
  if (ranked && tried(find(kMoves, call.node.op))) return Way::primitive;
  if (tried(find(kBorders, call.node.op))) return Way::primitive;
  if (std::ranges::any_of(values, [](const ir::Value* value) { return is_code(*value); })) {
    if (is_code(*values.front()) && is_code(first_result(call.graph, call.node)) &&
        tried(find(kCodes, call.node.op)))
      return Way::primitive;
    if (tried(run_between_reorders)) return Way::floats;
  } else if (const FloatFunction function = real_function(call.graph, call.node)) {
    call.type = *data_type(first_result(call.graph, call.node).type);
    if (call_primitive(function, static_cast<FloatCall&>(call))) return Way::primitive;
  }
  run_by_loops(call);
  return Way::loops;
}

bool multiplies(Op op) {
  return op == Op::conv || op == Op::gemm || op == Op::matmul || ir::is_recurrent(op);
}

}  // namespace

FloatFunction real_function(const ir::Graph& graph, const ir::Node& node) {
  const FloatRow* row = timed_row(node.op);
  if (row == nullptr || (node.clamp.active() && !row->clamps)) return nullptr;
  const ir::DType type = first_result(graph, node).type;
  if (type == ir::DType::bf16 && ir::is_recurrent(node.op)) return nullptr;
  const bool takes_two = multiplies(node.op) || node.op == Op::add || node.op == Op::mul;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (node.inputs[i] == ir::kNoValue) continue;
    const ir::Value& value = graph.values[node.inputs[i]];
    const bool operand = i == 0 || (i == 1 && takes_two),
               scalar = i > 0 && (node.op == Op::clip || node.op == Op::binary || node.op == Op::add ||
                                  node.op == Op::mul);
    if (operand ? value.type != type : value.type != ir::DType::f32 && value.type != type) return nullptr;
    if (ir::element_count(value.shape) == 0 || (value.shape.empty() && !scalar)) return nullptr;
  }
  for (const ir::ValueId id : node.outputs)
    if (id != ir::kNoValue && (graph.values[id].type != type || graph.values[id].shape.empty() ||
                               ir::element_count(graph.values[id].shape) == 0))
      return nullptr;
  return ir::is_real(type) ? row->run : nullptr;
}

}  // namespace onednn

struct OneDnnNetwork::State {
  explicit State(const ir::Graph& of) : graph(of), lifetimes(of), kept(of.nodes.size()) {
    device.keep = true;
  }
  const ir::Graph& graph;
  ValueLifetimes lifetimes;
  std::vector<onednn::Kept> kept;  // by node
  onednn::Device device;
  unsigned threads = 1;
  Shares shares;
};

OneDnnNetwork::OneDnnNetwork(const ir::Graph& graph, unsigned threads)
    : state_(std::make_unique<State>(graph)) {
  state_->threads = threads == 0 ? OneDnn::most_threads() : threads;
}
OneDnnNetwork::~OneDnnNetwork() = default;
const OneDnnNetwork::Shares& OneDnnNetwork::shares() const { return state_->shares; }

Tensors OneDnnNetwork::run(const Tensors& inputs, const compiler::FloatRunner::Observer& observer) {
  using Clock = std::chrono::steady_clock;
  const auto seconds_since = [](Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  };
  const onednn::Threads threads(state_->threads);
  const ir::Graph& graph = state_->graph;
  Shares shares;
  const auto start = Clock::now();
  onednn::Values values(state_->device, graph, values_from_inputs(graph, inputs));
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    onednn::NodeCall call{{state_->device, values, graph, node}, state_->kept[i]};
    const auto begin = Clock::now();
    const onednn::Way way = onednn::run_node_somehow(call);
    if (way != onednn::Way::primitive) {
      Share& share = way == onednn::Way::loops ? shares.loops : shares.floats;
      share.seconds += seconds_since(begin);
      ++share.nodes;
    }
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) values.show(id, observer);
    for (const ir::ValueId id : state_->lifetimes.ends_at(i)) values.drop(id);
  }
  for (const ir::ValueId id : graph.outputs) values.settle(id);
  shares.of_seconds = seconds_since(start);
  state_->shares = shares;
  return outputs_from_values(graph, values.tensors());
}

std::optional<std::string> OneDnnNetwork::obstacle(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes) {
    const ir::DType type = node.inputs.empty() || node.inputs[0] == ir::kNoValue
                               ? ir::DType::f32
                               : graph.values[node.inputs[0]].type;
    if (onednn::multiplies(node.op) && type == ir::DType::s16)
      return fmt::format("layer '{}' ({}) has 16-bit codes, which oneDNN does not multiply", node.name,
                         ir::operator_name(node));
    if (type == ir::DType::bf16)
      if (auto reason = bf16_obstacle()) return reason;
  }
  return std::nullopt;
}

std::optional<std::string> OneDnnNetwork::bf16_obstacle() {
  // An instruction set's bits hold those of the ones below it.
  constexpr auto kNeeded = static_cast<unsigned>(dnnl_cpu_isa_avx512_core);
  if ((static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kNeeded) == kNeeded) return std::nullopt;
  return fmt::format("oneDNN has no bf16 kernels on this processor (they need AVX-512; here: {})",
                     instruction_set());
}

std::string OneDnnNetwork::instruction_set() {
  switch (dnnl::get_effective_cpu_isa()) {
    case dnnl::cpu_isa::sse41:
      return "SSE4.1";
    case dnnl::cpu_isa::avx:
      return "AVX";
    case dnnl::cpu_isa::avx2:
      return "AVX2";
    case dnnl::cpu_isa::avx2_vnni:
      return "AVX2 with VNNI";
    case dnnl::cpu_isa::avx512_core:
      return "AVX-512";
    case dnnl::cpu_isa::avx512_core_vnni:
      return "AVX-512 with VNNI";
    case dnnl::cpu_isa::avx512_core_bf16:
      return "AVX-512 with BF16";
    case dnnl::cpu_isa::avx512_core_amx:
      return "AVX-512 with AMX";
    default:
      return "no vectors that oneDNN compiles for";
  }
}

}  // namespace nnp::reference

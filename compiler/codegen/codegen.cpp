// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/codegen.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/token_inserter.h"
#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;

/// The operators that have code, each with its emitter and its staging need. A node that only renames bytes
/// has no row.
struct OperatorCode {
  ir::Op op;
  void (*emit)(LayerEmitter&);
  StagingNeed (*staging)(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
};
/// What works on reals, whatever its operator.
constexpr OperatorCode kMap = {ir::Op::unary, emit_map, map_staging};
constexpr OperatorCode kOperators[] = {
    {ir::Op::conv, emit_mac, mac_staging},
    {ir::Op::gemm, emit_mac, mac_staging},
    {ir::Op::matmul, emit_mac, mac_staging},
    {ir::Op::lstm, emit_recurrent, recurrent_staging},
    {ir::Op::gru, emit_recurrent, recurrent_staging},
    {ir::Op::rnn, emit_recurrent, recurrent_staging},
    {ir::Op::max_pool, emit_pool, pool_staging},
    {ir::Op::average_pool, emit_pool, pool_staging},
    {ir::Op::add, emit_elementwise, elementwise_staging},
    {ir::Op::mul, emit_elementwise, elementwise_staging},
    {ir::Op::relu, emit_elementwise, elementwise_staging},
    {ir::Op::clip, emit_elementwise, elementwise_staging},
    {ir::Op::sigmoid, emit_elementwise, elementwise_staging},
    {ir::Op::tanh, emit_elementwise, elementwise_staging},
    kMap,
    {ir::Op::cast, emit_map, map_staging},
    {ir::Op::binary, emit_map, map_staging},
    {ir::Op::reduce, emit_reduce, reduce_staging},
    {ir::Op::softmax, emit_softmax, softmax_staging},
    {ir::Op::layer_normalization, emit_normalization, normalization_staging},
    {ir::Op::instance_normalization, emit_normalization, normalization_staging},
    {ir::Op::lrn, emit_normalization, normalization_staging},
    {ir::Op::transpose, emit_move, move_staging},
    {ir::Op::reshape, emit_move, move_staging},
    {ir::Op::flatten, emit_move, move_staging},
    {ir::Op::squeeze, emit_move, move_staging},
    {ir::Op::unsqueeze, emit_move, move_staging},
    {ir::Op::concat, emit_move, move_staging},
    {ir::Op::slice, emit_move, move_staging},
    {ir::Op::pad, emit_move, move_staging},
    {ir::Op::expand, emit_move, move_staging},
    {ir::Op::resize, emit_move, move_staging},
};

bool is_map(ir::Op op) {
  return op == ir::Op::add || op == ir::Op::mul || op == ir::Op::relu || op == ir::Op::clip ||
         op == ir::Op::sigmoid || op == ir::Op::tanh;
}

const OperatorCode* code_of(const ir::Graph& graph, const ir::Node& node) {
  if (shares_storage(graph, node)) return nullptr;
  if (is_map(node.op) && ir::by_reals(graph, node)) return &kMap;
  const auto* row = std::find_if(std::begin(kOperators), std::end(kOperators),
                                 [&](const OperatorCode& code) { return code.op == node.op; });
  if (row != std::end(kOperators)) return row;
  throw CompileError(fmt::format("node {}: no code for operator {}", node.name, ir::operator_name(node)));
}

class Generator {
 public:
  Generator(ir::Graph graph, const isa::ArchSpec& arch, const CodegenOptions& options)
      : graph_(std::move(graph)), arch_(arch), options_(options) {
    schedule(graph_);
    if (graph_.nodes.size() >= 0xFFFF)
      throw CompileError(
          fmt::format("{} nodes; a program numbers at most 65534 layers", graph_.nodes.size()));
  }

  isa::Program run() {
    std::vector<StagingNeed> needs;
    for (const ir::Node& node : graph_.nodes) {
      const OperatorCode* code = node.on_host ? nullptr : code_of(graph_, node);
      needs.push_back(code != nullptr ? code->staging(graph_, node, arch_) : StagingNeed{});
      parts_.layers.push_back(
          {node.name, ir::operator_name(node), node.on_host, ir::macs(graph_, node), 0, node.onnx_nodes});
    }
    plan_ = plan_memory(graph_, arch_, needs);
    for (const NodeRange& range : launches_of(graph_)) launch(range);
    return finish();
  }

 private:
  /// Values that cross the border of a launch.
  void launch(const NodeRange& range) {
    StreamBuilder builder;
    isa::Launch launch;
    std::set<ir::ValueId> made_here, needed;
    for (std::size_t i = range.first; i < range.last; ++i) {
      for (const ir::ValueId id : graph_.nodes[i].inputs)
        if (id != ir::kNoValue && !graph_.values[id].constant && !made_here.contains(id) && made_by_host(id))
          needed.insert(id);
      for (const ir::ValueId id : graph_.nodes[i].outputs)
        if (id != ir::kNoValue) made_here.insert(id);
    }
    builder.set_layer(static_cast<std::uint16_t>(range.first));
    for (const ir::ValueId id : needed) launch.inputs.push_back(transfer(builder, Opcode::h2d, id));
    for (std::size_t i = range.first; i < range.last; ++i) {
      const OperatorCode* code = code_of(graph_, graph_.nodes[i]);
      if (code == nullptr) continue;
      LayerEmitter emitter(graph_, i, arch_, plan_, builder, parts_);
      code->emit(emitter);
    }
    builder.set_layer(static_cast<std::uint16_t>(range.last - 1));
    for (const ir::ValueId id : made_here)
      if (used_by_host(id)) launch.outputs.push_back(transfer(builder, Opcode::d2h, id));
    // The interrupt waits for every queue to run dry.
    builder.emit(Queue::ctrl, Opcode::sync, {});
    builder.emit(Queue::ctrl, Opcode::irq, {});
    builder.emit(Queue::ctrl, Opcode::halt, {});
    streams_.push_back(std::move(builder.instructions()));
    launches_.push_back(std::move(launch));
  }

  bool made_by_host(ir::ValueId id) const {
    for (const ir::Node& node : graph_.nodes)
      if (std::find(node.outputs.begin(), node.outputs.end(), id) != node.outputs.end()) return node.on_host;
    return true;  // a graph input
  }
  bool used_by_host(ir::ValueId id) const {
    if (std::find(graph_.outputs.begin(), graph_.outputs.end(), id) != graph_.outputs.end()) return true;
    return std::any_of(graph_.nodes.begin(), graph_.nodes.end(), [id](const ir::Node& node) {
      return node.on_host && std::find(node.inputs.begin(), node.inputs.end(), id) != node.inputs.end();
    });
  }

  isa::HostTensor transfer(StreamBuilder& builder, Opcode opcode, ir::ValueId id) {
    const ir::Value& value = graph_.values[id];
    const Layout layout = layout_of(value, arch_);
    const Placement& place = plan_.values[id];
    isa::HostTensor tensor{value.name,         value.shape, ir::element_type(value.type),
                           layout.pixel_bytes, host_bytes_, layout.bytes()};
    host_bytes_ += round_up<Bytes>(layout.bytes(), 64);
    builder.emit(
        Queue::hdma, opcode,
        {{field::host, static_cast<std::int64_t>(tensor.host_address)},
         {field::device, static_cast<std::int64_t>(place.address | (place.in_buffer ? 0 : kSpillBit))},
         {field::host_bytes, static_cast<std::int64_t>(layout.bytes())}},
        {}, place.in_buffer ? isa::kFlagToBuffer : std::uint8_t{0});
    return tensor;
  }

  /// Spilled values lie behind the constants; the stream behind them.
  isa::Program finish() {
    isa::Program program;
    program.network = graph_.name;
    program.chip = options_.chip_name;
    program.precision = options_.precision;
    program.batch = options_.batch;
    program.arch_hash = isa::hash(arch_);
    const Address spill = round_up<Address>(parts_.constants.size(), 4096);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      for (isa::Instruction& instruction : streams_[i]) relocate(instruction, spill);
      const auto stream = insert_tokens(streams_[i], arch_, {});
      launches_[i].first_instruction = static_cast<std::uint32_t>(program.instructions.size());
      launches_[i].instruction_count = static_cast<std::uint32_t>(stream.size());
      program.instructions.insert(program.instructions.end(), stream.begin(), stream.end());
    }
    program.launches = std::move(launches_);
    program.constants = std::move(parts_.constants);
    program.instruction_address = round_up<Address>(spill + plan_.spill_bytes, 4096);
    program.device_bytes = program.instruction_address + program.instructions.size() * isa::kInstructionBytes;
    if (program.device_bytes > arch_.device_memory_bytes)
      throw CompileError(fmt::format("the program needs {} bytes of device memory, the chip has {}",
                                     program.device_bytes, arch_.device_memory_bytes));
    program.host_bytes = host_bytes_;
    program.layers = std::move(parts_.layers);
    program.tiles = std::move(parts_.tiles);
    program.graph = ir::serialize(graph_);
    return program;
  }

  static void relocate(isa::Instruction& instruction, Address spill) {
    const isa::Field* address = nullptr;
    switch (instruction.opcode) {
      case Opcode::load:
      case Opcode::store:
        address = &field::dram;
        break;
      case Opcode::wload:
        address = &field::w_dram;
        break;
      case Opcode::h2d:
      case Opcode::d2h:
        address = instruction.flags & isa::kFlagToBuffer ? nullptr : &field::device;
        break;
      default:
        break;
    }
    if (address == nullptr || !(instruction.get(*address) & kSpillBit)) return;
    instruction.set(*address, static_cast<std::int64_t>((instruction.get(*address) & ~kSpillBit) + spill));
  }

  ir::Graph graph_;
  const isa::ArchSpec& arch_;
  CodegenOptions options_;
  MemoryPlan plan_;
  ProgramParts parts_;
  std::vector<std::vector<isa::Instruction>> streams_;
  std::vector<isa::Launch> launches_;
  Bytes host_bytes_ = 0;
};

}  // namespace

std::vector<SentHome> send_home_what_does_not_fit(ir::Graph& graph, const isa::ArchSpec& arch) {
  std::vector<SentHome> sent;
  for (ir::Node& node : graph.nodes) {
    if (node.on_host || shares_storage(graph, node)) continue;
    const OperatorCode* code = code_of(graph, node);
    const bool may_move = code->emit == emit_map || code->emit == emit_reduce || code->emit == emit_softmax ||
                          code->emit == emit_normalization || code->emit == emit_move;
    const Bytes least = code->staging(graph, node, arch).least;
    const Bytes there = may_move ? arch.unified_buffer_bytes / 4 * 3 : arch.unified_buffer_bytes;
    node.on_host = (may_move || code->emit == emit_recurrent) && least > there;
    if (node.on_host) sent.push_back({node.name, ir::operator_name(node), least, there});
  }
  return sent;
}

isa::Program generate(ir::Graph graph, const isa::ArchSpec& arch, const CodegenOptions& options) {
  return Generator(std::move(graph), arch, options).run();
}

}  // namespace nnp::compiler

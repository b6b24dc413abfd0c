// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/codegen.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/codegen/host_transfers.h"
#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/operator_code.h"
#include "compiler/codegen/relocate.h"
#include "compiler/codegen/token_inserter.h"
#include "compiler/compile_error.h"
#include "compiler/ir/graph_stream.h"
#include "compiler/tiling/sub_batch.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;

class Generator {
 public:
  /// Of a scheduled graph.
  Generator(const ir::Graph& graph, const isa::ArchSpec& arch, const CodegenOptions& options)
      : graph_(graph),
        arch_(arch),
        options_(options),
        part_(placed(graph, arch, options)),
        transfers_(graph, part_, arch) {
    if (graph_.nodes.size() >= 0xFFFF)
      throw CompileError(
          fmt::format("{} nodes; a program numbers at most 65534 layers", graph_.nodes.size()));
  }

  isa::Program run() {
    parts_.constants.reserve(2 * ir::constant_bytes(graph_));  // with edges of tiles; not touched, not taken
    for (const ir::Node& node : graph_.nodes)
      parts_.layers.push_back(
          {node.name, ir::operator_name(node), node.on_host, ir::macs(graph_, node), 0, node.onnx_nodes});
    for (const NodeRange& range : launches_of(graph_)) launch(range);
    return finish();
  }

 private:
  static PlacedPart placed(const ir::Graph& graph, const isa::ArchSpec& arch, const CodegenOptions& options) {
    if (options.parts() > 1)
      if (const std::string fault = fault_of_parts(graph, options.batch); !fault.empty())
        throw CompileError(
            fmt::format("the batch cannot go in parts of {}: {}", options.mapping.sub_batch, fault));
    return {graph, arch, options.batch, options.mapping.sub_batch};
  }

  void launch(const NodeRange& range) {
    StreamBuilder builder;
    isa::Launch launch;
    for (std::int64_t part = 0; part < options_.parts(); ++part) {
      parts_.contents = part == 0;  // what the first one packs is there for all
      transfers_.inputs(builder, range, part, launch.inputs);
      for (std::size_t i = range.first; i < range.last; ++i) node(builder, i, part, launch);
    }
    builder.set_layer(static_cast<std::uint16_t>(range.last - 1));
    // The interrupt waits for every queue to run dry.
    builder.emit(Queue::ctrl, Opcode::sync, {});
    builder.emit(Queue::ctrl, Opcode::irq, {});
    builder.emit(Queue::ctrl, Opcode::halt, {});
    streams_.push_back(std::move(builder.instructions()));
    launches_.push_back(std::move(launch));
  }

  void node(StreamBuilder& builder, std::size_t i, std::int64_t part, isa::Launch& launch) {
    const ir::Graph& graph = part_.graph();
    const OperatorCode* code = part_.plan().tail_at(i) == nullptr ? code_of(graph, graph.nodes[i]) : nullptr;
    if (code != nullptr) {
      LayerEmitter emitter(graph, i, arch_, part_.plan(), options_.mapping, builder, parts_, part);
      code->emit(emitter);
    }
    builder.set_layer(static_cast<std::uint16_t>(i));
    transfers_.outputs(builder, i, part, launch.outputs);
  }

  /// Spilled values lie behind the constants; the stream behind them.
  isa::Program finish() {
    isa::Program program;
    program.network = graph_.name;
    program.chip = options_.chip_name;
    program.precision = options_.precision;
    program.batch = options_.batch;
    program.sub_batch = static_cast<std::uint32_t>(options_.mapping.sub_batch);
    program.arch_hash = isa::hash(arch_);
    const Address spill = round_up<Address>(parts_.constants.size(), 4096);
    for (std::size_t i = 0; i < streams_.size(); ++i) {
      for (isa::Instruction& instruction : streams_[i]) relocate_spill(instruction, spill);
      const auto stream = insert_tokens(streams_[i], arch_, {});
      launches_[i].first_instruction = static_cast<std::uint32_t>(program.instructions.size());
      launches_[i].instruction_count = static_cast<std::uint32_t>(stream.size());
      program.instructions.insert(program.instructions.end(), stream.begin(), stream.end());
    }
    program.launches = std::move(launches_);
    program.constants = std::move(parts_.constants);
    program.instruction_address = round_up<Address>(spill + part_.plan().spill_bytes, 4096);
    program.device_bytes = program.instruction_address + program.instructions.size() * isa::kInstructionBytes;
    if (program.device_bytes > arch_.device_memory_bytes)
      throw CompileError(fmt::format("the program needs {} bytes of device memory, the chip has {}",
                                     program.device_bytes, arch_.device_memory_bytes));
    program.host_bytes = transfers_.host_bytes();
    program.layers = std::move(parts_.layers);
    program.tiles = std::move(parts_.tiles);
    program.graph = ir::serialize(graph_);
    return program;
  }

  const ir::Graph& graph_;
  const isa::ArchSpec& arch_;
  CodegenOptions options_;
  PlacedPart part_;
  HostTransfers transfers_;
  ProgramParts parts_;
  std::vector<std::vector<isa::Instruction>> streams_;
  std::vector<isa::Launch> launches_;
};

}  // namespace

MemoryPlan place_values(const ir::Graph& graph, const isa::ArchSpec& arch) {
  std::vector<StagingNeed> needs;
  for (const ir::Node& node : graph.nodes) {
    const OperatorCode* code = node.on_host ? nullptr : code_of(graph, node);
    needs.push_back(code != nullptr ? code->staging(graph, node, arch) : StagingNeed{});
  }
  std::vector<FusedTail> tails;
  for (const FusedTail& tail : fusable_tails(graph, arch)) {
    const StagingNeed need = mac_with_tail_staging(graph, tail, arch);
    if (need.least > arch.unified_buffer_bytes) continue;
    StagingNeed& maker = needs[tail.maker];
    maker.least = std::max(maker.least, need.least);
    maker.comfortable = std::max(maker.comfortable, need.comfortable);
    tails.push_back(tail);
  }
  return plan_memory(graph, arch, needs, tails);
}

PlacedPart::PlacedPart(const ir::Graph& scheduled, const isa::ArchSpec& arch, std::uint32_t batch,
                       std::int64_t sub_batch)
    : whole_(&scheduled) {
  if (sub_batch != 0 && sub_batch != batch) cut_.emplace(graph_of_part(scheduled, batch, sub_batch));
  plan_ = place_values(graph(), arch);
}

std::optional<MacProblem> mac_problem(const ir::Graph& graph, const ir::Node& node, const MemoryPlan& plan,
                                      const isa::ArchSpec& arch) {
  if (node.on_host || shares_storage(graph, node) || code_of(graph, node)->emit != emit_mac)
    return std::nullopt;
  const auto resident = [&](ir::ValueId id) { return plan.values[id].in_buffer; };
  const FusedTail* tail = plan.tail_taking(node.outputs[0]);
  return MacProblem{
      mac_shape(graph, node, arch, tail, tail != nullptr && tail->adds() && resident(tail->other)),
      resident(node.inputs[0]), resident(tail != nullptr ? tail->result : node.outputs[0]),
      plan.staging_bytes};
}

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
  schedule(graph);
  return Generator(graph, arch, options).run();
}

}  // namespace nnp::compiler

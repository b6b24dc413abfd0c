// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/codegen.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/operator_code.h"
#include "compiler/codegen/relocate.h"
#include "compiler/codegen/token_inserter.h"
#include "compiler/compile_error.h"
#include "compiler/ir/graph_stream.h"
#include "compiler/tiling/pieces.h"
#include "compiler/tiling/sub_batch.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;

constexpr std::uint32_t kMostStride = 1u << 24;  // of a host transfer: 24 bits

class Generator {
 public:
  /// Of a scheduled graph.
  Generator(const ir::Graph& graph, const isa::ArchSpec& arch, const CodegenOptions& options)
      : graph_(graph), arch_(arch), options_(options), part_(placed(graph, arch, options)) {
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
      send_inputs(builder, range, part, launch);
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

  /// In the order in which they are needed.
  void send_inputs(StreamBuilder& builder, const NodeRange& range, std::int64_t part, isa::Launch& launch) {
    std::set<ir::ValueId> known;
    builder.set_layer(static_cast<std::uint16_t>(range.first));
    for (std::size_t i = range.first; i < range.last; ++i)
      for (const ir::ValueId id : graph_.nodes[i].inputs)
        if (id != ir::kNoValue && !graph_.values[id].constant && made_by_host(id) && known.insert(id).second)
          transfer(builder, Opcode::h2d, id, part, launch.inputs);
  }

  void node(StreamBuilder& builder, std::size_t i, std::int64_t part, isa::Launch& launch) {
    const ir::Graph& graph = part_.graph();
    const OperatorCode* code = part_.plan().tail_at(i) == nullptr ? code_of(graph, graph.nodes[i]) : nullptr;
    if (code != nullptr) {
      LayerEmitter emitter(graph, i, arch_, part_.plan(), options_.mapping, builder, parts_, part);
      code->emit(emitter);
    }
    builder.set_layer(static_cast<std::uint16_t>(i));
    for (const ir::ValueId id : graph_.nodes[i].outputs)
      if (id != ir::kNoValue && used_by_host(id)) transfer(builder, Opcode::d2h, id, part, launch.outputs);
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

  /// A value that crosses the border of a launch. Its place in host memory is that of the whole batch.
  const isa::HostTensor& host_tensor(ir::ValueId id, std::vector<isa::HostTensor>& of_launch) {
    const ir::Value& value = graph_.values[id];
    const auto known = std::ranges::find(of_launch, value.name, &isa::HostTensor::value);
    if (known != of_launch.end()) return *known;
    const Layout layout = layout_of(value, arch_);
    const auto packed = static_cast<std::uint32_t>(layout.channels) * layout.element_bytes;
    const bool in_runs = packed < layout.pixel_bytes && layout.pixel_bytes < kMostStride;
    const std::uint32_t host_pixel = in_runs ? packed : layout.pixel_bytes;
    const Bytes bytes = static_cast<Bytes>(layout.pixels) * host_pixel;
    of_launch.push_back(
        {value.name, value.shape, ir::element_type(value.type), host_pixel, host_bytes_, bytes});
    host_bytes_ += round_up<Bytes>(bytes, 64);
    return of_launch.back();
  }

  /// In pieces of lines, so that layers start with the first and the host link with what is made first.
  void transfer(StreamBuilder& builder, Opcode opcode, ir::ValueId id, std::int64_t part,
                std::vector<isa::HostTensor>& of_launch) {
    const ir::Value& value = part_.graph().values[id];
    const Layout layout = layout_of(value, arch_);
    const Placement& place = part_.plan().values[id];
    const isa::HostTensor& tensor = host_tensor(id, of_launch);
    const std::uint32_t host_pixel = tensor.pixel_bytes;
    const bool in_runs = host_pixel < layout.pixel_bytes;
    const Address host = tensor.host_address + static_cast<Bytes>(part * layout.pixels) * host_pixel;
    const std::int64_t line = value.shape.size() == 4 ? std::max<std::int64_t>(1, value.shape[3]) : 1;
    const auto least = static_cast<std::int64_t>(
        ceil_div<Bytes>(kLeastTransferBytes, std::max<Bytes>(1, static_cast<Bytes>(line) * host_pixel)));
    std::int64_t begin = 0;
    for (const std::int64_t line_end : piece_ends(layout.pixels / line, least)) {
      const std::int64_t end = line_end * line;
      const Address device = place.address + static_cast<Bytes>(begin) * layout.pixel_bytes;
      builder.emit(Queue::hdma, opcode,
                   {{field::host, static_cast<std::int64_t>(host) + begin * host_pixel},
                    {field::device, static_cast<std::int64_t>(device | (place.in_buffer ? 0 : kSpillBit))},
                    {field::host_bytes, (end - begin) * host_pixel},
                    {field::host_run, in_runs ? host_pixel : 0},
                    {field::host_stride, in_runs ? layout.pixel_bytes : 0}},
                   {}, place.in_buffer ? isa::kFlagToBuffer : std::uint8_t{0});
      begin = end;
    }
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
    program.host_bytes = host_bytes_;
    program.layers = std::move(parts_.layers);
    program.tiles = std::move(parts_.tiles);
    program.graph = ir::serialize(graph_);
    return program;
  }

  const ir::Graph& graph_;
  const isa::ArchSpec& arch_;
  CodegenOptions options_;
  PlacedPart part_;
  ProgramParts parts_;
  std::vector<std::vector<isa::Instruction>> streams_;
  std::vector<isa::Launch> launches_;
  Bytes host_bytes_ = 0;
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

// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/codegen.h"
#include "compiler/codegen/operator_code.h"
#include "compiler/codegen/relocate.h"
#include "compiler/codegen/token_inserter.h"

namespace nnp::compiler {

isa::Program generate_layer(const ir::Graph& graph, std::size_t node, const MemoryPlan& plan,
                            const isa::ArchSpec& arch, const CodegenOptions& options) {
  ProgramParts parts;
  parts.contents = false;
  for (const ir::Node& other : graph.nodes)
    parts.layers.push_back(
        {other.name, ir::operator_name(other), other.on_host, ir::macs(graph, other), 0, {}});
  StreamBuilder builder;
  LayerEmitter emitter(graph, node, arch, plan, options.mapping, builder, parts);
  if (const OperatorCode* code = code_of(graph, graph.nodes[node])) code->emit(emitter);
  builder.emit(isa::Queue::ctrl, isa::Opcode::sync, {});
  builder.emit(isa::Queue::ctrl, isa::Opcode::irq, {});
  builder.emit(isa::Queue::ctrl, isa::Opcode::halt, {});

  isa::Program program;
  program.network = graph.name, program.chip = options.chip_name, program.precision = options.precision;
  program.batch = options.batch, program.arch_hash = isa::hash(arch);
  const Address spill = round_up<Address>(parts.constants.size(), 4096);
  for (isa::Instruction& instruction : builder.instructions()) relocate_spill(instruction, spill);
  program.instructions = insert_tokens(builder.instructions(), arch, {});
  program.launches = {{0, static_cast<std::uint32_t>(program.instructions.size()), {}, {}, {}}};
  program.constants = std::move(parts.constants);
  program.instruction_address = round_up<Address>(spill + plan.spill_bytes, 4096);
  program.device_bytes = program.instruction_address + program.instructions.size() * isa::kInstructionBytes;
  program.layers = std::move(parts.layers), program.tiles = std::move(parts.tiles);
  return program;
}

}  // namespace nnp::compiler

// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/program/program_mutation.h"

#include <algorithm>

#include "isa/instruction/instruction_table.h"

namespace nnp::fuzz {
namespace {

using isa::Instruction;
using isa::Program;

/// Near the old number, or odd.
template <typename T>
void change(Random& random, T& number) {
  const auto old = static_cast<std::uint64_t>(number);
  switch (below(random, 4)) {
    case 0:
      number = static_cast<T>(old + 1 + below(random, 8));
      return;
    case 1:
      number = static_cast<T>(old - 1 - below(random, 8));
      return;
    case 2:
      number = static_cast<T>(old << 1);
      return;
    default:
      number = static_cast<T>(odd_number(random));
  }
}

void change_field(Random& random, Instruction& instruction) {
  const auto& fields = isa::info(instruction.opcode).fields;
  if (fields.empty()) return;
  const isa::Field& field = *any_of(random, fields);
  std::uint64_t value = instruction.get(field);
  change(random, value);
  instruction.set(field, static_cast<std::int64_t>(value & ((std::uint64_t{1} << field.bits) - 1)));
}

void change_instruction(Random& random, Instruction& instruction) {
  switch (below(random, 10)) {
    case 0:
      instruction.flags = static_cast<std::uint8_t>(instruction.flags ^ (1u << below(random, 8)));
      return;
    case 1:
      instruction.opcode = static_cast<isa::Opcode>(below(random, isa::instruction_table().size() + 1));
      return;
    case 2:
      return change(random, instruction.tag);
    case 3:
      return change(random, instruction.layer);
    case 4: {
      isa::TokenOp& use = once_in(random, 2) ? instruction.wait : instruction.signal;
      return once_in(random, 2) ? change(random, use.counter) : change(random, use.amount);
    }
    default:
      change_field(random, instruction);
  }
}

void change_stream(Random& random, Program& program) {
  auto& stream = program.instructions;
  if (stream.empty()) return;
  const auto at = static_cast<std::ptrdiff_t>(below(random, stream.size()));
  const auto count = [&] { return any_of(random, program.launches).instruction_count; };
  switch (below(random, 12)) {
    case 0:
      return std::swap(stream[static_cast<std::size_t>(at)], any_of(random, stream));
    case 1:
      stream.erase(stream.begin() + at);
      if (!program.launches.empty() && count() > 0) --program.launches.back().instruction_count;
      return;
    case 2: {
      const Instruction copy = stream[static_cast<std::size_t>(at)];
      stream.insert(stream.begin() + static_cast<std::ptrdiff_t>(below(random, stream.size())), copy);
      if (!program.launches.empty()) ++program.launches.back().instruction_count;
      return;
    }
    case 3:
    case 4:
    case 5: {  // a descriptor word
      std::vector<Instruction*> cfgs;
      for (Instruction& instruction : stream)
        if (instruction.opcode == isa::Opcode::cfg) cfgs.push_back(&instruction);
      if (!cfgs.empty()) change_field(random, *any_of(random, cfgs));
      return;
    }
    default:
      change_instruction(random, stream[static_cast<std::size_t>(at)]);
  }
}

void change_scalar(Random& random, Program& program) {
  switch (below(random, 6)) {
    case 0:
      return change(random, program.device_bytes);
    case 1:
      return change(random, program.host_bytes);
    case 2:
      return change(random, program.instruction_address);
    case 3:
      return change(random, program.batch);
    case 4:
      program.precision = static_cast<isa::Precision>(below(random, 5));
      return;
    default:
      if (once_in(random, 10)) change(random, program.arch_hash);
  }
}

void change_host_tensor(Random& random, isa::HostTensor& tensor) {
  switch (below(random, 6)) {
    case 0:
      return damage(random, tensor.value);
    case 1:
      if (!tensor.shape.empty()) return change(random, any_of(random, tensor.shape));
      tensor.shape.push_back(1);
      return;
    case 2:
      tensor.type = static_cast<isa::ElementType>(below(random, 8));
      return;
    case 3:
      return change(random, tensor.pixel_bytes);
    case 4:
      return change(random, tensor.host_address);
    default:
      return change(random, tensor.bytes);
  }
}

void change_launch(Random& random, Program& program) {
  if (program.launches.empty()) return;
  isa::Launch& launch = any_of(random, program.launches);
  switch (below(random, 8)) {
    case 0:
      return change(random, launch.first_instruction);
    case 1:
      return change(random, launch.instruction_count);
    case 2:
      return change(random, any_of(random, launch.initial_tokens));
    case 3:
      program.launches.push_back(launch);
      return;
    case 4:
      program.launches.pop_back();
      return;
    default: {
      auto& tensors = once_in(random, 2) ? launch.inputs : launch.outputs;
      if (!tensors.empty()) change_host_tensor(random, any_of(random, tensors));
    }
  }
}

void change_table(Random& random, Program& program) {
  if (once_in(random, 2) && !program.tiles.empty()) {
    isa::TileInfo& tile = any_of(random, program.tiles);
    if (once_in(random, 5)) return change(random, tile.layer);
    std::uint32_t* numbers[] = {&tile.m0, &tile.n0, &tile.m, &tile.n};
    return change(random, *any_of(random, numbers));
  }
  if (program.layers.empty()) return;
  isa::LayerInfo& layer = any_of(random, program.layers);
  switch (below(random, 5)) {
    case 0:
      layer.on_host = !layer.on_host;
      return;
    case 1:
      return damage(random, layer.name);
    case 2:
      return change(random, layer.macs);
    case 3:
      return program.layers.pop_back();
    default:
      return damage(random, layer.op);
  }
}

void change_bytes(Random& random, std::vector<std::uint8_t>& bytes) {
  std::string text(bytes.begin(), bytes.end());
  damage(random, text);
  bytes.assign(text.begin(), text.end());
}

void change_graph(Random& random, Program& program) {
  if (once_in(random, 5)) return change_bytes(random, program.graph.edit());
  try {
    ir::Graph graph = ir::deserialize(program.graph);
    for (std::size_t left = 1 + below(random, 2); left != 0; --left) mutate(random, graph);
    program.graph = ir::serialize(graph);
  } catch (const std::exception&) {
    change_bytes(random, program.graph.edit());  // an earlier change made it none
  }
}

}  // namespace

void mutate(Random& random, Program& program) {
  switch (below(random, 16)) {
    case 0:
      return change_scalar(random, program);
    case 1:
    case 2:
      return change_launch(random, program);
    case 3:
      return change_table(random, program);
    case 4:
      return change_bytes(random, program.constants.edit());
    case 5:
    case 6:
    case 7:
    case 8:
      return change_graph(random, program);
    default:
      return change_stream(random, program);
  }
}

}  // namespace nnp::fuzz

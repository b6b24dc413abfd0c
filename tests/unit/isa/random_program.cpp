// SPDX-License-Identifier: Apache-2.0
#include "random_program.h"

#include "isa/instruction/instruction_table.h"

namespace nnp::isa::test {
namespace {

TokenOp random_token(Random& random) {
  if (pick(random, 0, 1) == 0) return {};
  return {static_cast<std::uint8_t>(pick(random, 0, kTokenCounters - 1)),
          static_cast<std::uint8_t>(pick(random, 0, 255))};
}

/// Names with everything a quoted string must survive.
std::string random_name(Random& random) {
  static const std::string kCharacters = "abcXYZ019 /._:#,=\"\\\n\t\x01\x7f\xc3\xa9";
  std::string name;
  for (auto left = pick(random, 0, 12); left != 0; --left)
    name += kCharacters[pick(random, 0, kCharacters.size() - 1)];
  return name;
}

std::vector<std::uint8_t> random_bytes(Random& random, std::uint64_t most) {
  std::vector<std::uint8_t> bytes(pick(random, 0, most));
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random());
  return bytes;
}

HostTensor random_tensor(Random& random, Bytes host_bytes) {
  HostTensor tensor;
  tensor.value = random_name(random);
  tensor.type = static_cast<ElementType>(pick(random, 0, kElementTypes - 1));
  const auto rank = pick(random, 0, 5);
  Bytes pixels = 1;
  std::uint64_t channels = 1;
  for (std::uint64_t axis = 0; axis < rank; ++axis) {
    const auto extent = pick(random, 1, 4);
    tensor.shape.push_back(static_cast<std::int64_t>(extent));
    (axis == (rank == 4 ? 1 : rank - 1) ? channels : pixels) *= extent;
  }
  tensor.pixel_bytes = static_cast<std::uint32_t>(channels * element_bytes(tensor.type) + pick(random, 0, 3));
  tensor.bytes = pixels * tensor.pixel_bytes;
  tensor.host_address = pick(random, 0, host_bytes - tensor.bytes);
  return tensor;
}

}  // namespace

std::uint64_t pick(Random& random, std::uint64_t low, std::uint64_t high) {
  return std::uniform_int_distribution<std::uint64_t>(low, high)(random);
}

Instruction random_instruction(Random& random, std::uint16_t layers, std::uint32_t tiles) {
  const OpcodeInfo& row = instruction_table()[pick(random, 0, kOpcodes - 1)];
  Instruction instruction;
  instruction.opcode = row.opcode;
  do {
    instruction.queue = static_cast<Queue>(pick(random, 0, kQueues - 1));
  } while ((row.queues >> static_cast<unsigned>(instruction.queue) & 1u) == 0);
  for (const FlagInfo& flag : row.flags) {
    if (pick(random, 0, 1) == 1) instruction.flags |= flag.bit;
  }
  for (const Field* field : row.fields) {
    const auto bits = pick(random, 0, field->bits);  // small and large values alike
    instruction.set(*field, static_cast<std::int64_t>(random() & ((1ull << bits) - 1)));
  }
  if (row.opcode == Opcode::cfg)
    instruction.set(field::cfg_index, static_cast<std::int64_t>(4 * pick(random, 0, 7)));
  if (row.opcode == Opcode::h2d || row.opcode == Opcode::d2h) {
    const std::uint64_t run = pick(random, 0, 200);
    instruction.set(field::host_run, static_cast<std::int64_t>(run));
    instruction.set(field::host_stride, static_cast<std::int64_t>(run == 0 ? 0 : run + pick(random, 0, 100)));
  }
  instruction.layer = static_cast<std::uint16_t>(pick(random, 0, layers - 1u));
  instruction.tag = static_cast<std::uint32_t>(pick(random, 0, tiles - 1u));
  instruction.wait = random_token(random);
  instruction.signal = random_token(random);
  return instruction;
}

Program random_program(Random& random) {
  Program program;
  program.network = random_name(random);
  program.chip = random_name(random);
  program.precision = static_cast<Precision>(pick(random, 0, 3));
  program.batch = static_cast<std::uint32_t>(pick(random, 1, 64));
  program.arch_hash = random();
  program.host_bytes = 1u << 20;
  const auto layers = static_cast<std::uint16_t>(pick(random, 1, 5));
  for (std::uint16_t i = 0; i < layers; ++i) {
    LayerInfo layer{random_name(random) + std::to_string(i),
                    random_name(random),
                    pick(random, 0, 1) == 1,
                    random(),
                    random(),
                    {}};
    for (auto left = pick(random, 0, 3); left != 0; --left) layer.onnx_nodes.push_back(random_name(random));
    program.layers.push_back(layer);
  }
  const auto tiles = static_cast<std::uint32_t>(pick(random, 1, 5));
  const auto any32 = [&random] { return static_cast<std::uint32_t>(random()); };
  for (std::uint32_t i = 0; i < tiles; ++i) {
    program.tiles.push_back(
        {static_cast<std::uint16_t>(pick(random, 0, layers - 1u)), any32(), any32(), any32(), any32()});
  }
  for (auto left = pick(random, 0, 3); left != 0; --left) {
    Launch launch;
    launch.first_instruction = static_cast<std::uint32_t>(program.instructions.size());
    launch.instruction_count = static_cast<std::uint32_t>(pick(random, 0, 20));
    for (std::uint32_t i = 0; i < launch.instruction_count; ++i) {
      program.instructions.push_back(random_instruction(random, layers, tiles));
    }
    for (auto& tokens : launch.initial_tokens)
      tokens = static_cast<std::uint16_t>(pick(random, 0, 1) * random());
    for (auto n = pick(random, 0, 2); n != 0; --n)
      launch.inputs.push_back(random_tensor(random, program.host_bytes));
    for (auto n = pick(random, 0, 2); n != 0; --n)
      launch.outputs.push_back(random_tensor(random, program.host_bytes));
    program.launches.push_back(launch);
  }
  if (!program.launches.empty() && pick(random, 0, 3) == 0) {  // launches that are no partition of the stream
    program.launches.front().instruction_count /= 2;
  }
  program.constants = random_bytes(random, 200);
  program.graph = random_bytes(random, 200);
  program.instruction_address = program.constants.size() + pick(random, 0, 64);
  program.device_bytes = program.instruction_address + program.instructions.size() * kInstructionBytes + 10;
  return program;
}

}  // namespace nnp::isa::test

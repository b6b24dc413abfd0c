// SPDX-License-Identifier: Apache-2.0
// Sections in fixed order, each a name of four letters and its bytes; one writer and one reader a section,
// side by side.
#include "isa/program/program_bytes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <stdexcept>

#include "isa/program/byte_stream.h"

namespace nnp::isa {
namespace {

// Smallest sizes of table records in the file: what a count is checked against before anything is allocated.
constexpr std::size_t kLayerRecord = 8 + 8 + 1 + 8 + 8 + 8, kTileRecord = 18,
                      kTensorRecord = 8 + 8 + 1 + 4 + 8 + 8;
constexpr std::size_t kLaunchRecord = 4 + 4 + 2 * kTokenCounters + 8 + 8, kStringRecord = 8;

/// Four letters as a number.
constexpr std::uint32_t section(const char (&name)[5]) {
  std::uint32_t id = 0;
  for (unsigned i = 0; i < 4; ++i)
    id |= static_cast<std::uint32_t>(static_cast<unsigned char>(name[i])) << (8 * i);
  return id;
}

void put_section_head(ByteWriter& payload, std::uint32_t id, std::uint64_t bytes) {
  payload.put(id);
  payload.put(bytes);
}
void put_section(ByteWriter& payload, std::uint32_t id, std::span<const std::uint8_t> bytes) {
  payload.put(id);
  payload.put_array(bytes);
}

std::vector<std::uint8_t> head_bytes(const Program& program) {
  ByteWriter out;
  out.put(program.network);
  out.put(program.chip);
  out.put(program.precision);
  out.put(program.batch);
  out.put(program.sub_batch);
  out.put(program.arch_hash);
  out.put(program.instruction_address);
  out.put(program.device_bytes);
  out.put(program.host_bytes);
  return out.take();
}

void read_head(ByteReader& in, Program& program) {
  program.network = in.get_string();
  program.chip = in.get_string();
  program.precision = in.get<Precision>();
  program.batch = in.get<std::uint32_t>();
  program.sub_batch = in.get<std::uint32_t>();
  program.arch_hash = in.get<std::uint64_t>();
  program.instruction_address = in.get<Address>();
  program.device_bytes = in.get<Bytes>();
  program.host_bytes = in.get<Bytes>();
}

std::vector<std::uint8_t> layer_bytes(const Program& program) {
  ByteWriter out;
  out.put(static_cast<std::uint64_t>(program.layers.size()));
  for (const LayerInfo& layer : program.layers) {
    out.put(layer.name);
    out.put(layer.op);
    out.put(static_cast<std::uint8_t>(layer.on_host));
    out.put(layer.macs);
    out.put(layer.weight_bytes);
    out.put(static_cast<std::uint64_t>(layer.onnx_nodes.size()));
    for (const std::string& node : layer.onnx_nodes) out.put(node);
  }
  return out.take();
}

void read_layers(ByteReader& in, Program& program) {
  for (std::uint64_t left = in.get_count(kLayerRecord); left != 0; --left) {
    LayerInfo& layer = program.layers.emplace_back();
    layer.name = in.get_string();
    layer.op = in.get_string();
    layer.on_host = in.get<std::uint8_t>() != 0;
    layer.macs = in.get<std::uint64_t>();
    layer.weight_bytes = in.get<Bytes>();
    for (std::uint64_t nodes = in.get_count(kStringRecord); nodes != 0; --nodes) {
      layer.onnx_nodes.push_back(in.get_string());
    }
  }
}

std::vector<std::uint8_t> tile_bytes(const Program& program) {
  ByteWriter out;
  out.put(static_cast<std::uint64_t>(program.tiles.size()));
  for (const TileInfo& tile : program.tiles) {
    out.put(tile.layer);
    for (const std::uint32_t value : {tile.m0, tile.n0, tile.m, tile.n}) out.put(value);
  }
  return out.take();
}

void read_tiles(ByteReader& in, Program& program) {
  for (std::uint64_t left = in.get_count(kTileRecord); left != 0; --left) {
    TileInfo& tile = program.tiles.emplace_back();
    tile.layer = in.get<std::uint16_t>();
    for (std::uint32_t* value : {&tile.m0, &tile.n0, &tile.m, &tile.n}) *value = in.get<std::uint32_t>();
  }
}

void put_tensors(ByteWriter& out, const std::vector<HostTensor>& tensors) {
  out.put(static_cast<std::uint64_t>(tensors.size()));
  for (const HostTensor& tensor : tensors) {
    out.put(tensor.value);
    out.put_vector(tensor.shape);
    out.put(tensor.type);
    out.put(tensor.pixel_bytes);
    out.put(tensor.host_address);
    out.put(tensor.bytes);
  }
}

void read_tensors(ByteReader& in, std::vector<HostTensor>& tensors) {
  for (std::uint64_t left = in.get_count(kTensorRecord); left != 0; --left) {
    HostTensor& tensor = tensors.emplace_back();
    tensor.value = in.get_string();
    tensor.shape = in.get_vector<std::int64_t>();
    tensor.type = in.get<ElementType>();
    tensor.pixel_bytes = in.get<std::uint32_t>();
    tensor.host_address = in.get<Address>();
    tensor.bytes = in.get<Bytes>();
  }
}

std::vector<std::uint8_t> launch_bytes(const Program& program) {
  ByteWriter out;
  out.put(static_cast<std::uint64_t>(program.launches.size()));
  for (const Launch& launch : program.launches) {
    out.put(launch.first_instruction);
    out.put(launch.instruction_count);
    for (const std::uint16_t tokens : launch.initial_tokens) out.put(tokens);
    put_tensors(out, launch.inputs);
    put_tensors(out, launch.outputs);
  }
  return out.take();
}

void read_launches(ByteReader& in, Program& program) {
  for (std::uint64_t left = in.get_count(kLaunchRecord); left != 0; --left) {
    Launch& launch = program.launches.emplace_back();
    launch.first_instruction = in.get<std::uint32_t>();
    launch.instruction_count = in.get<std::uint32_t>();
    for (std::uint16_t& tokens : launch.initial_tokens) tokens = in.get<std::uint16_t>();
    read_tensors(in, launch.inputs);
    read_tensors(in, launch.outputs);
  }
}

std::vector<std::uint8_t> code_bytes(const Program& program) {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(program.instructions.size() * kInstructionBytes);
  for (const Instruction& instruction : program.instructions) {
    for (const std::byte byte : encode(instruction)) bytes.push_back(std::to_integer<std::uint8_t>(byte));
  }
  return bytes;
}

void read_code(std::span<const std::uint8_t> bytes, Program& program) {
  if (bytes.size() % kInstructionBytes != 0)
    throw std::invalid_argument("half an instruction at the end of the stream");
  program.instructions.reserve(bytes.size() / kInstructionBytes);
  std::array<std::byte, kInstructionBytes> encoded;
  for (std::size_t at = 0; at < bytes.size(); at += kInstructionBytes) {
    std::memcpy(encoded.data(), bytes.data() + at, kInstructionBytes);
    try {
      program.instructions.push_back(decode(encoded));
    } catch (const std::invalid_argument& error) {
      throw std::invalid_argument(fmt::format("instruction {}: {}", at / kInstructionBytes, error.what()));
    }
  }
}

std::span<const std::uint8_t> take_section(ByteReader& payload, const char (&name)[5]) {
  if (payload.get<std::uint32_t>() != section(name))
    throw std::invalid_argument(fmt::format("no section {}", name));
  return payload.get_bytes();
}

template <typename Read>
void read_section(ByteReader& payload, const char (&name)[5], Program& program, Read read) {
  ByteReader in(take_section(payload, name));
  read(in, program);
  if (!in.at_end()) throw std::invalid_argument(fmt::format("section {} is longer than its tables", name));
}

/// Weights are read as numbers where they lie: they must lie as their type asks.
bool is_aligned(std::span<const std::uint8_t> constants, const Program& program) {
  std::uintptr_t alignment = 1;
  for (const Instruction& instruction : program.instructions)
    if (instruction.opcode == Opcode::matmul || instruction.opcode == Opcode::conv)
      alignment = std::max<std::uintptr_t>(alignment, stationary_bytes(instruction.flags));
  return reinterpret_cast<std::uintptr_t>(constants.data()) % alignment == 0;
}

ByteImage image(std::span<const std::uint8_t> bytes, const std::shared_ptr<const MappedFile>& file,
                bool aligned) {
  if (!file) return std::vector<std::uint8_t>(bytes.begin(), bytes.end());
  return aligned ? ByteImage(file, bytes) : file->copy_of(bytes);
}

}  // namespace

ProgramPieces::ProgramPieces(const Program& program) : constants_(program.constants), graph_(program.graph) {
  ByteWriter tables, graph;
  put_section(tables, section("HEAD"), head_bytes(program));
  put_section(tables, section("LAYR"), layer_bytes(program));
  put_section(tables, section("TILE"), tile_bytes(program));
  put_section(tables, section("LNCH"), launch_bytes(program));
  put_section(tables, section("CODE"), code_bytes(program));
  put_section_head(tables, section("CNST"), constants_.size());
  put_section_head(graph, section("GRPH"), graph_.size());
  tables_ = tables.take(), graph_head_ = graph.take();
}

std::vector<std::uint8_t> program_bytes(const Program& program) {
  std::vector<std::uint8_t> bytes;
  const ProgramPieces pieces(program);
  for (const auto piece : pieces.in_order()) bytes.insert(bytes.end(), piece.begin(), piece.end());
  return bytes;
}

Program program_from_bytes(std::span<const std::uint8_t> bytes,
                           const std::shared_ptr<const MappedFile>& file) {
  ByteReader payload(bytes);
  Program program;
  read_section(payload, "HEAD", program, read_head);
  read_section(payload, "LAYR", program, read_layers);
  read_section(payload, "TILE", program, read_tiles);
  read_section(payload, "LNCH", program, read_launches);
  read_code(take_section(payload, "CODE"), program);
  const auto constants = take_section(payload, "CNST");
  program.constants = image(constants, file, is_aligned(constants, program));
  program.graph = image(take_section(payload, "GRPH"), file, true);
  if (!payload.at_end()) throw std::invalid_argument("bytes follow the last section");
  return program;
}

}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// The .nnp file: a header of magic, version, CRC-32 and payload length, then the payload: sections, each a
// name and its bytes, in fixed order. The magic's line ends show a transfer that rewrote them. All numbers
// are little endian.
#include "isa/program/program_file.h"

#include <fmt/format.h>

#include <array>
#include <boost/crc.hpp>
#include <fstream>
#include <random>

#include "isa/instruction/instruction_table.h"
#include "isa/program/byte_stream.h"
#include "isa/program/tables.h"

namespace nnp::isa {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 8> kMagic = {'\x89', 'N', 'N', 'P', '\r', '\n', '\x1a', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 24;  // magic, version, crc, payload bytes

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

void put_section(ByteWriter& payload, std::uint32_t id, const std::vector<std::uint8_t>& bytes) {
  payload.put(id);
  payload.put_vector(bytes);
}

std::vector<std::uint8_t> head_bytes(const Program& program) {
  ByteWriter out;
  out.put(program.network);
  out.put(program.chip);
  out.put(program.precision);
  out.put(program.batch);
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

void read_code(const std::vector<std::uint8_t>& bytes, Program& program) {
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

std::vector<std::uint8_t> payload_of(const Program& program) {
  ByteWriter payload;
  put_section(payload, section("HEAD"), head_bytes(program));
  put_section(payload, section("LAYR"), layer_bytes(program));
  put_section(payload, section("TILE"), tile_bytes(program));
  put_section(payload, section("LNCH"), launch_bytes(program));
  put_section(payload, section("CODE"), code_bytes(program));
  put_section(payload, section("CNST"), program.constants);
  put_section(payload, section("GRPH"), program.graph);
  return payload.take();
}

std::vector<std::uint8_t> take_section(ByteReader& payload, const char (&name)[5]) {
  if (payload.get<std::uint32_t>() != section(name))
    throw std::invalid_argument(fmt::format("no section {}", name));
  return payload.get_vector<std::uint8_t>();
}

template <typename Read>
void read_section(ByteReader& payload, const char (&name)[5], Program& program, Read read) {
  const std::vector<std::uint8_t> bytes = take_section(payload, name);
  ByteReader in(bytes);
  read(in, program);
  if (!in.at_end()) throw std::invalid_argument(fmt::format("section {} is longer than its tables", name));
}

Program program_of(std::span<const std::uint8_t> bytes) {
  ByteReader payload(bytes);
  Program program;
  read_section(payload, "HEAD", program, read_head);
  read_section(payload, "LAYR", program, read_layers);
  read_section(payload, "TILE", program, read_tiles);
  read_section(payload, "LNCH", program, read_launches);
  read_code(take_section(payload, "CODE"), program);
  program.constants = take_section(payload, "CNST");
  program.graph = take_section(payload, "GRPH");
  if (!payload.at_end()) throw std::invalid_argument("bytes follow the last section");
  return program;
}

std::uint32_t crc_of(std::span<const std::uint8_t> bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw FileError(fmt::format("{}: {}", path.string(), why));
}

std::string joined_faults(const Program& program) {
  const std::vector<std::string> faults = check_tables(program);
  return fmt::format("{}", fmt::join(faults, "; "));
}

/// The payload, its header already judged.
std::vector<std::uint8_t> read_payload(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) refuse(path, "is a directory");
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse(path, fs::exists(path, error) ? "cannot be opened for reading" : "no such file");
  const std::uint64_t file_bytes = fs::file_size(path, error);
  if (error) refuse(path, "is not a regular file");

  std::vector<std::uint8_t> head(kHeaderBytes);
  in.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
  const auto found = static_cast<std::size_t>(in.gcount());
  if (found < kMagic.size() || std::memcmp(head.data(), kMagic.data(), kMagic.size()) != 0) {
    refuse(path, "is not a program file (.nnp)");
  }
  if (found < kHeaderBytes) refuse(path, "is truncated: the header is not complete");
  ByteReader header(std::span<const std::uint8_t>(head).subspan(kMagic.size()));
  const auto version = header.get<std::uint32_t>();
  const auto crc = header.get<std::uint32_t>();
  const auto payload_bytes = header.get<std::uint64_t>();
  if (version != kVersion) {
    refuse(path, fmt::format("has format version {}; this release reads version {}{}", version, kVersion,
                             version > kVersion ? ": a newer release wrote it" : ""));
  }
  if (payload_bytes != file_bytes - kHeaderBytes) {
    refuse(path, fmt::format("is {}: {} bytes of {}",
                             payload_bytes > file_bytes - kHeaderBytes ? "truncated" : "too long",
                             file_bytes - kHeaderBytes, payload_bytes));
  }
  std::vector<std::uint8_t> payload(payload_bytes);
  in.read(reinterpret_cast<char*>(payload.data()), static_cast<std::streamsize>(payload_bytes));
  if (static_cast<std::uint64_t>(in.gcount()) != payload_bytes) refuse(path, "cannot be read to its end");
  if (crc_of(payload) != crc) refuse(path, "is damaged: its checksum does not match");
  return payload;
}

/// Removes the temporary file unless it was renamed to its place.
struct TemporaryFile {
  fs::path path;
  ~TemporaryFile() {
    std::error_code ignored;
    fs::remove(path, ignored);
  }
};

}  // namespace

void write_program(const Program& program, const fs::path& path) {
  if (const std::string faults = joined_faults(program); !faults.empty()) {
    refuse(path, "not written, the program is inconsistent: " + faults);
  }
  const std::vector<std::uint8_t> payload = payload_of(program);
  ByteWriter header;
  for (const char c : kMagic) header.put(c);
  header.put(kVersion);
  header.put(crc_of(payload));
  header.put(static_cast<std::uint64_t>(payload.size()));
  const std::vector<std::uint8_t> head = header.take();

  TemporaryFile temporary{path};
  temporary.path += fmt::format(".{:08x}.tmp", std::random_device{}());
  std::ofstream out(temporary.path, std::ios::binary);
  if (!out) refuse(path, fmt::format("cannot create {}", temporary.path.string()));
  out.write(reinterpret_cast<const char*>(head.data()), static_cast<std::streamsize>(head.size()));
  out.write(reinterpret_cast<const char*>(payload.data()), static_cast<std::streamsize>(payload.size()));
  out.close();
  if (!out) refuse(path, "cannot be written to its end (is the disk full?)");
  std::error_code error;
  fs::rename(temporary.path, path, error);
  if (error) refuse(path, fmt::format("cannot be replaced: {}", error.message()));
}

Program read_program(const fs::path& path) {
  const std::vector<std::uint8_t> payload = read_payload(path);
  Program program;
  try {
    program = program_of(payload);
  } catch (const std::out_of_range& error) {
    refuse(path, fmt::format("is inconsistent: {}", error.what()));
  } catch (const std::invalid_argument& error) {
    refuse(path, fmt::format("is inconsistent: {}", error.what()));
  }
  if (const std::string faults = joined_faults(program); !faults.empty())
    refuse(path, "is inconsistent: " + faults);
  return program;
}

}  // namespace nnp::isa

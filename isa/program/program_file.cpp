// SPDX-License-Identifier: Apache-2.0
// The .nnp file: a header of magic, version, CRC-32 and payload length, then the payload: sections, each a
// name and its bytes, in fixed order. The magic's line ends show a transfer that rewrote them. All numbers
// are little endian.
#include "isa/program/program_file.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <fstream>
#include <random>

#include "isa/program/byte_stream.h"
#include "isa/program/program_bytes.h"
#include "isa/program/tables.h"

namespace nnp::isa {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 8> kMagic = {'\x89', 'N', 'N', 'P', '\r', '\n', '\x1a', '\n'};
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 24;  // magic, version, crc, payload bytes

std::uint32_t crc_of(std::span<const std::uint8_t> bytes) {
  return static_cast<std::uint32_t>(crc32_z(0, bytes.data(), bytes.size()));
}

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw FileError(fmt::format("{}: {}", path.string(), why));
}

std::string joined_faults(const Program& program) {
  const std::vector<std::string> faults = check_tables(program);
  return fmt::format("{}", fmt::join(faults, "; "));
}

/// The payload, its header already judged. Only what the stream holds is allocated.
std::vector<std::uint8_t> read_payload(std::istream& in, std::uint64_t file_bytes, const fs::path& path) {
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
  const std::vector<std::uint8_t> payload = program_bytes(program);
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
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) refuse(path, "no such file");
  if (fs::is_directory(status)) refuse(path, "is a directory");
  if (!fs::is_regular_file(status)) refuse(path, "is not a regular file");
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse(path, "cannot be opened for reading");
  return read_program(in, path);
}

Program read_program(std::istream& in, const fs::path& path) {
  in.seekg(0, std::ios::end);
  const std::streamoff file_bytes = in.tellg();
  in.seekg(0);
  if (!in || file_bytes < 0) refuse(path, "its size cannot be told");
  const std::vector<std::uint8_t> payload = read_payload(in, static_cast<std::uint64_t>(file_bytes), path);
  Program program;
  try {
    program = program_from_bytes(payload);
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

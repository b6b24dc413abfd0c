// SPDX-License-Identifier: Apache-2.0
// The .nnp file: a header of magic, version, CRC-32 and payload length, then the payload: sections, each a
// name and its bytes, in fixed order. The magic's line ends show a transfer that rewrote them. All numbers
// are little endian.
#include "isa/program/program_file.h"

#include <fmt/format.h>

#include <array>
#include <fstream>
#include <memory>
#include <random>

#include "isa/program/byte_stream.h"
#include "isa/program/checksum.h"
#include "isa/program/program_bytes.h"
#include "isa/program/tables.h"

namespace nnp::isa {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 8> kMagic = {'\x89', 'N', 'N', 'P', '\r', '\n', '\x1a', '\n'};
constexpr std::uint32_t kVersion = 2;
constexpr std::size_t kHeaderBytes = 24;  // magic, version, crc, payload bytes

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw FileError(fmt::format("{}: {}", path.string(), why));
}

std::string joined_faults(const Program& program) {
  const std::vector<std::string> faults = check_tables(program);
  return fmt::format("{}", fmt::join(faults, "; "));
}

struct Header {
  std::uint32_t crc;
  std::uint64_t payload_bytes;
};

/// Of the file's first bytes, or of all that there are.
Header judged_header(std::span<const std::uint8_t> head, std::uint64_t file_bytes, const fs::path& path) {
  if (head.size() < kMagic.size() || std::memcmp(head.data(), kMagic.data(), kMagic.size()) != 0) {
    refuse(path, "is not a program file (.nnp)");
  }
  if (head.size() < kHeaderBytes) refuse(path, "is truncated: the header is not complete");
  ByteReader in(head.subspan(kMagic.size()));
  const auto version = in.get<std::uint32_t>();
  const Header header{in.get<std::uint32_t>(), in.get<std::uint64_t>()};
  if (version != kVersion) {
    refuse(path, fmt::format("has format version {}; this release reads version {}{}", version, kVersion,
                             version > kVersion ? ": a newer release wrote it" : ""));
  }
  if (header.payload_bytes != file_bytes - kHeaderBytes) {
    refuse(path, fmt::format("is {}: {} bytes of {}",
                             header.payload_bytes > file_bytes - kHeaderBytes ? "truncated" : "too long",
                             file_bytes - kHeaderBytes, header.payload_bytes));
  }
  return header;
}

void check_crc(std::uint32_t found, const Header& header, const fs::path& path) {
  if (found != header.crc) refuse(path, "is damaged: its checksum does not match");
}

/// Bytes that are read over anyway: not zeroed.
struct Payload {
  std::unique_ptr<std::uint8_t[]> bytes;
  std::size_t size;
  std::span<const std::uint8_t> span() const { return {bytes.get(), size}; }
};

/// The payload, its header already judged. Only what the stream holds is allocated.
Payload read_payload(std::istream& in, std::uint64_t file_bytes, const fs::path& path) {
  std::array<std::uint8_t, kHeaderBytes> head;
  in.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
  const Header header =
      judged_header(std::span(head).first(static_cast<std::size_t>(in.gcount())), file_bytes, path);
  Payload payload{std::make_unique_for_overwrite<std::uint8_t[]>(header.payload_bytes), header.payload_bytes};
  in.read(reinterpret_cast<char*>(payload.bytes.get()), static_cast<std::streamsize>(header.payload_bytes));
  if (static_cast<std::uint64_t>(in.gcount()) != header.payload_bytes)
    refuse(path, "cannot be read to its end");
  check_crc(crc32_on(0, payload.span()), header, path);
  return payload;
}

/// The payload where the file is mapped, none of its pages kept.
std::span<const std::uint8_t> mapped_payload(const MappedFile& file, const fs::path& path) {
  const Header header = judged_header(file.bytes(), file.bytes().size(), path);
  const auto payload = file.bytes().subspan(kHeaderBytes);
  std::uint32_t crc = 0;
  file.for_each_piece(payload, [&](auto piece) { crc = crc32_on(crc, piece); });
  check_crc(crc, header, path);
  return payload;
}

/// The program that `read` reads, or the reason why there is none.
template <typename Read>
Program consistent(const fs::path& path, Read read) {
  Program program;
  try {
    program = read();
  } catch (const std::out_of_range& error) {
    refuse(path, fmt::format("is inconsistent: {}", error.what()));
  } catch (const std::invalid_argument& error) {
    refuse(path, fmt::format("is inconsistent: {}", error.what()));
  }
  if (const std::string faults = joined_faults(program); !faults.empty())
    refuse(path, "is inconsistent: " + faults);
  return program;
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
  const ProgramPieces pieces(program);
  std::uint32_t crc = 0;
  std::uint64_t payload_bytes = 0;
  for (const auto piece : pieces.in_order()) crc = crc32_on(crc, piece), payload_bytes += piece.size();
  ByteWriter header;
  for (const char c : kMagic) header.put(c);
  header.put(kVersion);
  header.put(crc);
  header.put(payload_bytes);
  const std::vector<std::uint8_t> head = header.take();

  TemporaryFile temporary{path};
  temporary.path += fmt::format(".{:08x}.tmp", std::random_device{}());
  std::ofstream out(temporary.path, std::ios::binary);
  if (!out) refuse(path, fmt::format("cannot create {}", temporary.path.string()));
  const auto write = [&](std::span<const std::uint8_t> bytes) {
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  write(head);
  for (const auto piece : pieces.in_order()) write(piece);
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
  if (const auto file = MappedFile::open(path)) {
    const auto payload = mapped_payload(*file, path);
    return consistent(path, [&] { return program_from_bytes(payload, file); });
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) refuse(path, "cannot be opened for reading");
  return read_program(in, path);
}

Program read_program(std::istream& in, const fs::path& path) {
  in.seekg(0, std::ios::end);
  const std::streamoff file_bytes = in.tellg();
  in.seekg(0);
  if (!in || file_bytes < 0) refuse(path, "its size cannot be told");
  const Payload payload = read_payload(in, static_cast<std::uint64_t>(file_bytes), path);
  return consistent(path, [&] { return program_from_bytes(payload.span()); });
}

}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/npy.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <fstream>
#include <optional>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kMostElements = std::int64_t{1} << 34;

struct Header {
  std::string type;  // "<f4"
  bool column_major = false;
  ir::Shape shape;
};

/// The text after `'key':` in the header's Python dictionary, blanks skipped.
std::optional<std::string_view> value_of(std::string_view dictionary, std::string_view key) {
  const std::size_t at = dictionary.find(fmt::format("'{}'", key));
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t colon = dictionary.find(':', at + key.size() + 2);
  if (colon == std::string_view::npos) return std::nullopt;
  const std::size_t begin = dictionary.find_first_not_of(' ', colon + 1);
  return begin == std::string_view::npos ? std::nullopt : std::optional(dictionary.substr(begin));
}

std::optional<ir::Shape> parse_shape(std::string_view text) {
  if (!text.starts_with('(')) return std::nullopt;
  const std::size_t end = text.find(')');
  if (end == std::string_view::npos) return std::nullopt;
  ir::Shape shape;
  std::int64_t size = -1, elements = 1;
  for (const char c : text.substr(1, end - 1)) {
    if (c >= '0' && c <= '9') {
      size = (size < 0 ? 0 : size) * 10 + (c - '0');
      if (size > kMostElements) return std::nullopt;
    } else if (c == ',') {
      if (size < 0) return std::nullopt;
      shape.push_back(size), size = -1;
    } else if (c != ' ') {
      return std::nullopt;
    }
  }
  if (size >= 0) shape.push_back(size);
  for (const std::int64_t dimension : shape) {
    elements *= dimension;
    if (elements > kMostElements) return std::nullopt;
  }
  return shape;
}

std::optional<Header> parse_header(std::string_view dictionary) {
  const auto type = value_of(dictionary, "descr"), order = value_of(dictionary, "fortran_order"),
             shape = value_of(dictionary, "shape");
  if (!type || !order || !shape || !type->starts_with('\'')) return std::nullopt;
  const std::size_t quote = type->find('\'', 1);
  const auto sizes = parse_shape(*shape);
  if (quote == std::string_view::npos || !sizes) return std::nullopt;
  return Header{std::string(type->substr(1, quote - 1)), order->starts_with("True"), *sizes};
}

/// Element by element from the file's type to the tensor's.
template <typename From, typename To>
ir::Tensor converted(const ir::Shape& shape, std::istream& file, const std::string& path) {
  std::vector<From> values(static_cast<std::size_t>(ir::element_count(shape)));
  file.read(reinterpret_cast<char*>(values.data()),
            static_cast<std::streamsize>(values.size() * sizeof(From)));
  if (!file) throw FileFault(fmt::format("{}: shorter than its shape says", path));
  ir::Tensor tensor(ir::kDTypeOf<To>, shape);
  auto data = tensor.data<To>();
  for (std::size_t i = 0; i < values.size(); ++i) data[i] = static_cast<To>(values[i]);
  return tensor;
}

ir::Tensor read_values(const Header& header, std::istream& file, const std::string& path) {
  const std::string& type = header.type;
  if (type == "<f4") return converted<float, float>(header.shape, file, path);
  if (type == "<f8") return converted<double, float>(header.shape, file, path);
  if (type == "<i8") return converted<std::int64_t, std::int64_t>(header.shape, file, path);
  if (type == "<i4") return converted<std::int32_t, std::int64_t>(header.shape, file, path);
  if (type == "<u4") return converted<std::uint32_t, std::int64_t>(header.shape, file, path);
  if (type == "<i2") return converted<std::int16_t, std::int64_t>(header.shape, file, path);
  if (type == "<u2") return converted<std::uint16_t, std::int64_t>(header.shape, file, path);
  if (type == "|i1") return converted<std::int8_t, std::int64_t>(header.shape, file, path);
  if (type == "|u1" || type == "|b1") return converted<std::uint8_t, std::int64_t>(header.shape, file, path);
  throw FileFault(fmt::format(
      "{}: element type '{}' is not supported; allowed are float32, float64 and little-endian whole numbers",
      path, type));
}

const char* descriptor(ir::DType type) {
  switch (type) {
    case ir::DType::f32:
      return "<f4";
    case ir::DType::i64:
      return "<i8";
    case ir::DType::i32:
      return "<i4";
    case ir::DType::s16:
      return "<i2";
    case ir::DType::s8:
      return "|i1";
    case ir::DType::u8:
      return "|u1";
    case ir::DType::b8:
      return "|b1";
    case ir::DType::u16:
      return "<u2";
    case ir::DType::u32:
      return "<u4";
    case ir::DType::u64:
      return "<u8";
    case ir::DType::f16:
      return "<f2";
    case ir::DType::bf16:
      return "<V2";  // numpy has no name for it
    case ir::DType::f64:
      return "<f8";
  }
  return "|V1";
}

}  // namespace

ir::Tensor read_npy(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw FileFault(
        fmt::format("{}: {}", path.string(),
                    std::filesystem::exists(path, error) ? "not a regular file" : "no such file"));
  std::ifstream file(path, std::ios::binary);
  if (!file) throw FileFault(fmt::format("{}: cannot be read", path.string()));
  unsigned char start[12] = {};  // magic, version, header length in 2 bytes (version 1) or 4
  file.read(reinterpret_cast<char*>(start), 8);
  if (!file || std::string_view(reinterpret_cast<char*>(start), kMagic.size()) != kMagic || start[6] < 1 ||
      start[6] > 3)
    throw FileFault(fmt::format("{}: not a .npy file", path.string()));
  file.read(reinterpret_cast<char*>(start + 8), start[6] == 1 ? 2 : 4);
  const std::uint32_t length =
      start[8] | start[9] << 8 | start[10] << 16 | static_cast<std::uint32_t>(start[11]) << 24;
  if (!file || length > 65536) throw FileFault(fmt::format("{}: damaged .npy header", path.string()));
  std::string dictionary(length, ' ');
  file.read(dictionary.data(), length);
  const auto header = file ? parse_header(dictionary) : std::nullopt;
  if (!header) throw FileFault(fmt::format("{}: damaged .npy header", path.string()));
  if (header->column_major)
    throw FileFault(
        fmt::format("{}: the array is in Fortran order; save numpy.ascontiguousarray(array)", path.string()));
  const auto here = static_cast<std::uintmax_t>(file.tellg());
  if (std::filesystem::file_size(path) - here < static_cast<std::uintmax_t>(ir::element_count(header->shape)))
    throw FileFault(fmt::format("{}: shorter than its shape says", path.string()));
  return read_values(*header, file, path.string());
}

void write_npy(const ir::Tensor& tensor, const std::filesystem::path& path) {
  std::string shape = fmt::format("{}", fmt::join(tensor.shape(), ", "));
  if (tensor.shape().size() == 1) shape += ',';
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   descriptor(tensor.type()), shape);
  constexpr std::size_t kBefore = 10, kAlign = 64;  // the data begin at a multiple of 64 bytes
  header.append(kAlign - (kBefore + header.size() + 1) % kAlign, ' ');
  header += '\n';
  std::ofstream file(path, std::ios::binary);
  const auto length = static_cast<std::uint16_t>(header.size());
  file << kMagic << '\x01' << '\x00' << static_cast<char>(length & 0xFF) << static_cast<char>(length >> 8)
       << header;
  file.write(reinterpret_cast<const char*>(tensor.bytes().data()),
             static_cast<std::streamsize>(tensor.bytes().size()));
  file.close();
  if (!file) throw FileFault(fmt::format("{}: cannot be written", path.string()));
}

const char* numpy_name(ir::DType type) {
  switch (type) {
    case ir::DType::f32:
      return "float32";
    case ir::DType::i64:
      return "int64";
    case ir::DType::i32:
      return "int32";
    case ir::DType::s16:
      return "int16";
    case ir::DType::bf16:
      return "bfloat16";
    case ir::DType::s8:
      return "int8";
    case ir::DType::u8:
      return "uint8";
    case ir::DType::b8:
      return "bool";
    case ir::DType::u16:
      return "uint16";
    case ir::DType::u32:
      return "uint32";
    case ir::DType::u64:
      return "uint64";
    case ir::DType::f16:
      return "float16";
    case ir::DType::f64:
      return "float64";
  }
  return "unknown";
}

}  // namespace nnp::cli

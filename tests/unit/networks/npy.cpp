// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/npy.h"

#include <cstring>
#include <sstream>
#include <stdexcept>

#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {

Tensor read_npy(const std::filesystem::path& path) {
  const std::string bytes = bytes_of(path);
  if (bytes.size() < 10 || !bytes.starts_with("\x93NUMPY\x01"))
    throw std::runtime_error(path.string() + " is not .npy version 1");
  const std::size_t header_size =
      static_cast<unsigned char>(bytes[8]) + 256u * static_cast<unsigned char>(bytes[9]);
  const std::string header = bytes.substr(10, header_size);
  const std::string data = bytes.substr(10 + header_size);

  Tensor tensor;
  std::istringstream shape(header.substr(header.find("'shape': (") + 10));
  for (std::int64_t size = 0; shape >> size; shape.ignore(1)) tensor.shape.push_back(size);
  const auto is = [&header](const char* type) { return header.find(type) != std::string::npos; };
  if (is("'|u1'")) {
    for (const char c : data) tensor.values.push_back(static_cast<unsigned char>(c));
  } else if (is("'|i1'")) {
    for (const char c : data) tensor.values.push_back(static_cast<signed char>(c));
  } else if (is("'<f4'")) {
    tensor.values.resize(data.size() / sizeof(float));
    std::memcpy(tensor.values.data(), data.data(), tensor.values.size() * sizeof(float));
  } else {
    throw std::runtime_error(path.string() + ": " + header);
  }
  return tensor;
}

}  // namespace nnp::models::test

// SPDX-License-Identifier: Apache-2.0
// A program's instructions as a device fetches them.
#pragma once

#include <cstring>
#include <vector>

#include "isa/program/program_file.h"

namespace nnp::executor {

inline std::vector<std::uint8_t> stream_bytes(const isa::Program& program) {
  std::vector<std::uint8_t> stream(program.instructions.size() * isa::kInstructionBytes);
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const auto bytes = isa::encode(program.instructions[i]);
    std::memcpy(stream.data() + i * bytes.size(), bytes.data(), bytes.size());
  }
  return stream;
}

}  // namespace nnp::executor

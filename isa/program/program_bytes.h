// SPDX-License-Identifier: Apache-2.0
// A Program as bytes and back: the payload of a .nnp file, without the file's header and checksum.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "isa/program/program.h"

namespace nnp::isa {

/// The bytes of a program, piece behind piece: constants and graph where the program has them, which must
/// live as long. Equal programs have equal bytes.
class ProgramPieces {
 public:
  explicit ProgramPieces(const Program&);
  using Piece = std::span<const std::uint8_t>;
  std::array<Piece, 4> in_order() const { return {tables_, constants_, graph_head_, graph_}; }

 private:
  std::vector<std::uint8_t> tables_, graph_head_;
  Piece constants_, graph_;
};
std::vector<std::uint8_t> program_bytes(const Program&);

/// Throws std::out_of_range where bytes are missing and std::invalid_argument where they make no sense;
/// whether the tables meet is check_tables()'s question. Constants and graph stay where they are in `file`,
/// of which the bytes are a part, if there is one.
Program program_from_bytes(std::span<const std::uint8_t>, const std::shared_ptr<const MappedFile>& file = {});

}  // namespace nnp::isa

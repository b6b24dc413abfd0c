// SPDX-License-Identifier: Apache-2.0
// A Program as bytes and back: the payload of a .nnp file, without the file's header and checksum.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isa/program/program.h"

namespace nnp::isa {

/// Equal programs have equal bytes.
std::vector<std::uint8_t> program_bytes(const Program&);
/// Throws std::out_of_range where bytes are missing and std::invalid_argument where they make no sense;
/// whether the tables meet is check_tables()'s question. Constants and graph stay where they are in `file`,
/// of which the bytes are a part, if there is one.
Program program_from_bytes(std::span<const std::uint8_t>, const std::shared_ptr<const MappedFile>& file = {});

}  // namespace nnp::isa

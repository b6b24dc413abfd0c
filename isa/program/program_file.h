// SPDX-License-Identifier: Apache-2.0
// The .nnp file: magic, version, sections, CRC-32. A damaged or foreign file is refused with a reason.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <stdexcept>

#include "isa/program/program.h"

namespace nnp::isa {

struct FileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Writes to a temporary neighbour and renames it: a reader never sees half a file. Throws FileError.
void write_program(const Program&, const std::filesystem::path&);
/// Throws FileError: cannot open, not a program file, version of another release, damaged (checksum), inconsistent tables.
Program read_program(const std::filesystem::path&);
/// The same from a stream that can seek; the path only names it in messages.
Program read_program(std::istream&, const std::filesystem::path&);

}  // namespace nnp::isa

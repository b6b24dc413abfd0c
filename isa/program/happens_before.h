// SPDX-License-Identifier: Apache-2.0
// Is every pair of conflicting accesses ordered by queue order and tokens? Bytes of a read must have a token path from
// their writer, and an overwrite one from every reader before it. Stream order is the meaning of the program: the
// earlier instruction of a conflicting pair must come first.
#pragma once

#include <string>
#include <vector>

#include "isa/program/program.h"

namespace nnp::isa {

struct Race {
  std::uint32_t earlier = 0, later = 0;  // instruction indices
  std::string message;                   // both instructions as text, their layers, the bytes
};

/// At most `limit` races of one launch, in stream order of the later instruction; also reports (as a Race with
/// earlier == later) a wait that can never be satisfied, a counter that can pass 65535 and an access past the end of a
/// memory. A launch with such a wait gets no further check. Throws std::invalid_argument for an illegal instruction.
std::vector<Race> check_happens_before(const Program&, const Launch&, const ArchSpec&, std::size_t limit = 16);

}  // namespace nnp::isa

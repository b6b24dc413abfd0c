// SPDX-License-Identifier: Apache-2.0
// How finely work is cut, so that layers overlap: a queue waits for whole instructions, so what is one
// instruction is one wait. Lines are whatever the caller counts: output lines, positions, bytes.
#pragma once

#include <cstdint>
#include <vector>

#include "isa/arch/arch_spec.h"

namespace nnp::compiler {

/// What an instruction of the vector unit costs besides its work, in cycles: the CFGs, WAIT and SIGNAL that
/// may go with it, its issue and its pipeline. Chips have 8 to 20; one with a longer pipeline is the slower
/// at a word.
inline constexpr std::int64_t kInstructionCycles = 16;
/// The share of that in an instruction is at most one in so many.
inline constexpr std::int64_t kLeastShare = 40;

/// Fewest lines of a vector instruction's piece: no chip's unit takes more than a word of the buffer a cycle.
/// `bytes_a_line`: of the operand that takes most.
std::int64_t least_vector_lines(Bytes bytes_a_line, const isa::ArchSpec&);

/// Fewest bytes of a host transfer's piece: a cut costs a packet more each way, 2 x 24 bytes of header and
/// framing (PCI Express base specification 6.0, 2.2), 1.2 % of this.
inline constexpr Bytes kLeastTransferBytes = 4096;

/// Cuts `lines` into pieces of at least `least`, as many as there can be, and returns where each ends. A
/// piece ends where its source becomes complete, at the places in `ready` (ascending), if those are no
/// closer.
std::vector<std::int64_t> piece_ends(std::int64_t lines, std::int64_t least,
                                     const std::vector<std::int64_t>& ready = {});

}  // namespace nnp::compiler

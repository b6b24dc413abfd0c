// SPDX-License-Identifier: Apache-2.0
// The rows of A that a MATMUL or CONV multiplies, out of the buffer.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/units/engine/engine.h"

namespace nnp::sim {

/// Bytes of one activation of the instruction.
std::size_t activation_bytes(const Job& job);

/// A CONV's row of A (implicit im2col): kernel elements [k_start, k_start + k) of output position `position`,
/// activation_bytes() each. What lies outside the image is the pad value.
void gather_row(const Job& job, std::int64_t position, const ChipState& state, std::uint8_t* to);

/// All of A, [m][k], as numbers; not of reals.
std::vector<std::int16_t> activations(const Job& job, const ChipState& state);

}  // namespace nnp::sim

// SPDX-License-Identifier: Apache-2.0
// The space of a layer's tilings: a grid of it that a search goes through, and single ones drawn at random.
#pragma once

#include <random>
#include <vector>

#include "compiler/tiling/mac_tiling.h"

namespace nnp::compiler {

/// How fine the grid is: sizes along each of a tiling's three directions, evenly spaced in the logarithm of
/// the number of parts.
struct Grid {
  std::size_t bands = 10, slices = 6, tiles = 8;
};

/// Legal tilings (fault_of() empty), the coarsest first; none where none fits. Sizes are even: `parts` equal
/// parts but for the last. The chosen tiling of choose_tiling() is always among them.
std::vector<MacTiling> candidates(const MacProblem&, const isa::ArchSpec&, const Grid& = {});

/// Matrix instructions of a layer that is cut so.
std::int64_t matrix_instructions(const MacShape&, const MacTiling&, const isa::ArchSpec&);

/// A legal tiling, each size uniform over its logarithm, of at most `most_instructions` matrix instructions
/// (so that simulating it ends soon); nullopt where a thousand draws found none.
std::optional<MacTiling> random_tiling(const MacProblem&, const isa::ArchSpec&, std::mt19937_64&,
                                       std::int64_t most_instructions);

}  // namespace nnp::compiler

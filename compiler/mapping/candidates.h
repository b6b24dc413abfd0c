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

/// A legal tiling, its number of parts in each direction log-uniform; nullopt when `tries` drawn ones were
/// not legal.
std::optional<MacTiling> random_tiling(const MacProblem&, const isa::ArchSpec&, std::mt19937_64&,
                                       unsigned tries = 1000);

}  // namespace nnp::compiler

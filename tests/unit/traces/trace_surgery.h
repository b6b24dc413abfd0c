// SPDX-License-Identifier: Apache-2.0
// Damages trace files: plainly, so that checksums catch it, and with every checksum, index and tail made
// right again, so that the code behind them is reached.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "traces/format/container.h"

namespace nnp::test {

using Random = std::mt19937_64;

struct Mutant {
  std::string bytes, story;  // the file, and what was done to it
};

/// One of the ways to damage `whole`, a good trace file; the same random numbers give the same mutant.
Mutant mutated(const std::string& whole, Random& random);

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// Random legal instructions and programs for the round-trip properties; the same seed gives the same program.
#pragma once

#include <random>

#include "isa/program/program.h"

namespace nnp::isa::test {

using Random = std::mt19937_64;

/// Uniform in [low, high].
std::uint64_t pick(Random&, std::uint64_t low, std::uint64_t high);

/// Any opcode, each field of random width; layers below `layers`, tags of tiles below `tiles`.
Instruction random_instruction(Random&, std::uint16_t layers = 0xFFFF, std::uint32_t tiles = 1u << 24);

/// A program whose tables meet.
Program random_program(Random&);

}  // namespace nnp::isa::test

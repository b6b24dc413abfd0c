// SPDX-License-Identifier: Apache-2.0
// Random legal launches at the level of instructions, for property tests of the chip: all queues, small
// memories in which operands often meet, odd strides and tiles, and more tokens than the order of operands
// needs.
#pragma once

#include <cstdint>

#include "isa/program/program.h"
#include "models/chips/chip_spec.h"

namespace nnp::test {

/// One launch of 8 to 40 operations that ends with SYNC, IRQ, HALT. Orders between queues are the compiler's
/// own tokens, and further ones on counters that are left, of which some begin with tokens and some are fed
/// by several queues. `constants` are the device memory before the launch; nothing writes the weights among
/// them. The same seed gives the same launch. The chip fetches from device memory, is weight stationary, and
/// has at least 4 KiB of buffer.
isa::Program random_launch(std::uint64_t seed, const models::ChipSpec& chip);

/// The same without the last signal that somebody waits for: it can never end.
isa::Program without_a_signal(isa::Program program);

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// What must hold of any launch, whatever runs it: stepped = leap in cycles, statistics and every record; the
// order of units and injected stalls change no value; a launch that cannot end says so.
//
// The same check passes on the simulator and finds each fault of tests/planted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "isa/program/program.h"
#include "models/chips/chip_spec.h"
#include "sim/kernel/stalls.h"

namespace nnp::test {

/// By which observation a breach was found.
enum class Observation : std::uint8_t {
  no_end,      // a launch that must end was found dead, or went on past every bound
  no_death,    // a launch that cannot end was not found dead at once
  assertion,   // a check within the simulator failed
  order,       // another order of units, same engine: other cycles or records
  cycles,      // stepped against leap
  statistics,  // the same cycles
  records,     // the same statistics: states, spans or memory commands
  values       // contents of a memory at the end
};
const char* to_string(Observation);

struct Breach {
  Observation by;
  std::string what;
};

/// Of one run by leap.
Cycles cycles_of(const isa::Program& launch, const models::ChipSpec& chip, const sim::StallOptions& stalls);

/// Runs the launch by leap and stepped, with and without stalls, with units in two orders each; and once more
/// without one signal. `seed` picks orders and stalls.
std::optional<Breach> breached_engine_law(const isa::Program& launch, const models::ChipSpec& chip,
                                          std::uint64_t seed);

}  // namespace nnp::test

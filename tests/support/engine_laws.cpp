// SPDX-License-Identifier: Apache-2.0
#include "tests/support/engine_laws.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/chip/chip.h"
#include "tests/support/event_log.h"
#include "tests/support/random_launch.h"

namespace nnp::test {
namespace {

using sim::Engine;

// Longer than any of these launches by far.
constexpr sim::Picoseconds kBound = 2'000'000'000;  // 2 ms

struct Run {
  enum class End : std::uint8_t { interrupt, dead, bound, fault } end = End::interrupt;
  std::string message;
  device::RunStatistics statistics;
  EventLog log;
  std::vector<std::uint8_t> values;  // device memory, buffer, host memory, accumulators
};

void append(std::vector<std::uint8_t>& to, const void* from, std::size_t bytes) {
  const auto* first = static_cast<const std::uint8_t*>(from);
  to.insert(to.end(), first, first + bytes);
}

Run run(const isa::Program& program, const models::ChipSpec& spec, Engine engine, std::uint64_t shuffle,
        const sim::StallOptions& stalls) {
  Run result;
  sim::ChipOptions options;
  options.engine = engine, options.shuffle = shuffle, options.stalls = stalls;
  options.trace = &result.log, options.trace_commands = true;
  sim::Chip chip(spec, options);
  sim::ChipState& state = chip.state();
  state.device_memory.resize(program.device_bytes);
  state.host_memory.resize(program.host_bytes);
  std::copy(program.constants.begin(), program.constants.end(),
            state.device_memory.at(0, program.constants.size()));
  std::copy_n(program.constants.begin(), std::min<Bytes>(program.host_bytes, program.constants.size()),
              state.host_memory.at(0, program.host_bytes));
  for (std::size_t i = 0; i < program.instructions.size(); ++i) {
    const auto bytes = isa::encode(program.instructions[i]);
    std::copy_n(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size(),
                state.device_memory.at(program.instruction_address + i * bytes.size(), bytes.size()));
  }
  const isa::Launch& launch = program.launches.front();
  chip.begin_inference();
  try {
    chip.start_launch({program.instruction_address, launch.instruction_count, 0, launch.initial_tokens});
    if (!chip.run_until(kBound)) result.end = Run::End::bound, result.message = "still running after 2 ms";
  } catch (const sim::DeadlockError& error) {
    result.end = Run::End::dead, result.message = error.what();
  } catch (const std::exception& error) {
    result.end = Run::End::fault, result.message = error.what();
  }
  result.statistics = chip.statistics();
  result.statistics.unit_ticks = 0;  // the one figure in which the engines differ
  append(result.values, state.device_memory.at(0, program.device_bytes), program.device_bytes);
  append(result.values, state.buffer.at(0, state.buffer.size()), state.buffer.size());
  append(result.values, state.host_memory.at(0, program.host_bytes), program.host_bytes);
  append(result.values, state.accumulators.data(), state.accumulators.size() * sizeof(std::int32_t));
  return result;
}

/// nullopt when the run reached its interrupt.
std::optional<Breach> unfinished(const Run& run, const char* which) {
  if (run.end == Run::End::interrupt) return std::nullopt;
  return Breach{run.end == Run::End::fault ? Observation::assertion : Observation::no_end,
                fmt::format("{}: {}", which, run.message)};
}

std::optional<Breach> difference(const Run& left, const Run& right, const char* which) {
  const auto breach = [&](Observation by, std::string what) {
    return Breach{by, fmt::format("{}: {}", which, std::move(what))};
  };
  const std::string records = first_difference(left.log, right.log);
  if (left.statistics.cycles != right.statistics.cycles)
    return breach(Observation::cycles, fmt::format("{} cycles against {}; {}", left.statistics.cycles,
                                                   right.statistics.cycles, records));
  if (left.statistics != right.statistics) return breach(Observation::statistics, records);
  if (!records.empty()) return breach(Observation::records, records);
  if (left.values != right.values) return breach(Observation::values, "a memory's contents");
  return std::nullopt;
}

/// leap with its units in one order against stepped with them in another; where they differ, a third run says
/// whether the order alone does it.
std::optional<Breach> engines_differ(const Run& leap, const isa::Program& program,
                                     const models::ChipSpec& chip, std::uint64_t shuffle,
                                     const sim::StallOptions& stalls) {
  const Run stepped = run(program, chip, Engine::stepped, shuffle, stalls);
  if (auto breach = unfinished(stepped, "stepped")) return breach;
  auto breach = difference(leap, stepped, "leap against stepped");
  if (!breach) return breach;
  const Run shuffled = run(program, chip, Engine::leap, shuffle, stalls);
  if (auto other = difference(leap, shuffled, "units in another order"))
    return Breach{Observation::order, other->what};
  return breach;
}

std::optional<Breach> outlives_its_death(const isa::Program& dead, const models::ChipSpec& chip) {
  for (const Engine engine : {Engine::leap, Engine::stepped}) {
    const Run result = run(dead, chip, engine, 0, {});
    const char* which = engine == Engine::leap ? "leap" : "stepped";
    if (result.end == Run::End::fault)
      return Breach{Observation::assertion, fmt::format("{}: {}", which, result.message)};
    if (result.end != Run::End::dead)
      return Breach{Observation::no_death, fmt::format("{}: a signal is missing, but {}", which,
                                                       result.message.empty() ? "it ended" : result.message)};
  }
  return std::nullopt;
}

}  // namespace

const char* to_string(Observation observation) {
  constexpr const char* names[] = {"no end", "no death",   "assertion", "order",
                                   "cycles", "statistics", "records",   "values"};
  return names[static_cast<std::size_t>(observation)];
}

Cycles cycles_of(const isa::Program& launch, const models::ChipSpec& chip, const sim::StallOptions& stalls) {
  return run(launch, chip, Engine::leap, 0, stalls).statistics.cycles;
}

std::optional<Breach> breached_engine_law(const isa::Program& launch, const models::ChipSpec& chip,
                                          std::uint64_t seed) {
  const Run leap = run(launch, chip, Engine::leap, 0, {});
  if (auto breach = unfinished(leap, "leap")) return breach;
  if (auto breach = engines_differ(leap, launch, chip, 2 * seed + 1, {})) return breach;
  const sim::StallOptions stalls{seed, static_cast<std::uint32_t>(50 + seed % 4 * 150), 1 + seed % 37};
  const Run stalled = run(launch, chip, Engine::leap, 2 * seed + 2, stalls);
  if (auto breach = unfinished(stalled, "leap with stalls")) return breach;
  if (leap.values != stalled.values) return Breach{Observation::values, "stalls change a memory's contents"};
  if (auto breach = engines_differ(stalled, launch, chip, 2 * seed + 3, stalls)) {
    breach->what = "with stalls, " + breach->what;
    return breach;
  }
  const isa::Program dead = without_a_signal(launch);
  return dead == launch ? std::nullopt : outlives_its_death(dead, chip);
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// The trace driver with a list of places instead of a file, the clocks it took, and the rule checker's word
// on its commands.
#pragma once

#include <vector>

#include "sim/units/dram/trace_driver.h"
#include "tests/support/dram_places.h"

namespace nnp::sim::test {

struct TraceRun {
  TraceResult result;
  std::vector<DramCommand> commands;
};

/// Places are those of the map row:bank:bankgroup:column, whatever the configuration's map is.
inline TraceRequest at(const DramConfig& config, const Place& place, bool write = false) {
  return {address_of(config, place), write};
}

inline TraceRun run_trace(const DramConfig& config, const std::vector<TraceRequest>& requests,
                          std::uint32_t window = 0, Engine engine = Engine::leap) {
  TraceRun run;
  TraceDriver driver(config, engine);
  driver.set_command_observer([&](const DramCommand& command) { run.commands.push_back(command); });
  std::size_t next = 0;
  run.result = driver.run(
      [&](TraceRequest& request) {
        if (next == requests.size()) return false;
        request = requests[next++];
        return true;
      },
      window);
  return run;
}

/// Share of the clocks in which the data bus moved data.
inline double utilisation(const TraceResult& result) {
  return static_cast<double>(result.statistics.data_cycles) / static_cast<double>(result.cycles);
}
inline Cycles waited(const TraceResult& result, BusWait wait) {
  return result.statistics.bus_waits[static_cast<std::size_t>(wait)];
}
inline double wait_share(const TraceResult& result, BusWait wait) {
  return static_cast<double>(waited(result, wait)) / static_cast<double>(result.cycles);
}

}  // namespace nnp::sim::test

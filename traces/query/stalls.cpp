// SPDX-License-Identifier: Apache-2.0
#include "traces/query/stalls.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace nnp::traces {

std::vector<Stall> stalls(const TraceFile& file, const Filter& filter) {
  std::map<std::tuple<std::uint16_t, sim::Cause, std::uint16_t>, Stall> sums;
  for (std::uint16_t unit = 0; unit < file.info().units.size(); ++unit) {
    if (!filter.takes_unit(unit)) continue;
    for (const sim::StateRecord& record : file.states(unit)) {
      if (record.state.state != sim::State::wait ||
          !filter.takes(unit, record.state.layer, record.state.cause))
        continue;
      Stall& sum = sums[{unit, record.state.cause, record.state.resource}];
      sum.cycles += record.length;
      if (sum.count++ == 0 || record.length > sum.longest.length) sum.longest = record;
    }
  }
  std::vector<Stall> list;
  for (auto& [key, sum] : sums) {
    std::tie(sum.unit, sum.cause, sum.resource) = key;
    list.push_back(sum);
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const Stall& a, const Stall& b) { return a.cycles > b.cycles; });
  return list;
}

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
// Device memory as what loads, weights and stores share, in equal parts while they all want it: each has as
// much in flight as its window, and the memory serves what it is asked for in order (dma/memory_port.h,
// dram/ideal_memory.cpp). Everything is counted in cycles of service: bytes over the memory's rate.
#pragma once

#include <algorithm>

namespace nnp::compiler {

struct SharedMemory {
  double now = 0;                // served up to here
  double loads = 0, stores = 0;  // that wait
  double asked = 0;              // all loads so far
  double weights_left = 0;       // of the layer, not served
  double weights_early = 0;      // served before it was their turn

  void load(double service) { loads += service, asked += service; }
  void store(double service) { stores += service; }
  void instructions(double service) { now += service; }

  /// Nobody asks for weights until `time`.
  void idle_until(double time) {
    while (now < time && loads + stores > 0) {
      const double sharers = loads > 0 && stores > 0 ? 2 : 1;
      const double least = sharers == 2 ? std::min(loads, stores) : std::max(loads, stores);
      const double slice = std::min(time - now, least * sharers);
      const double each = slice >= least * sharers ? least : slice / sharers;
      loads = std::max(0.0, loads - each), stores = std::max(0.0, stores - each);
      now += slice;
    }
    now = std::max(now, time);
  }

  /// When so much service for weights is done that may begin at `from`; 0 if it was early.
  double weights(double from, double service) {
    const double early = std::min(service, weights_early);
    weights_early -= early, service -= early, weights_left -= service;
    if (service <= 0) return 0;
    if (from > now) idle_until(from);
    const double of_loads = std::min(loads, service), of_stores = std::min(stores, service);
    loads -= of_loads, stores -= of_stores;
    return now += service + of_loads + of_stores;
  }

  /// When the loads up to `upto` (of `asked`) are done, while weights come early, up to `most_early`; 0 if
  /// they are.
  double wait_for_load(double upto, double most_early) {
    const double left = upto - (asked - loads);
    if (left <= 0) return 0;
    const double early = std::max(0.0, std::min({left, most_early - weights_early, weights_left}));
    const double of_stores = std::min(left, stores);
    weights_early += early, weights_left -= early;
    loads -= left, stores -= of_stores;
    return now += left + early + of_stores;
  }
};

}  // namespace nnp::compiler

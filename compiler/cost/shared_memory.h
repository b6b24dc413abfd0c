// SPDX-License-Identifier: Apache-2.0
// Device memory as what loads, weights and stores share, in equal parts while they all want it: each has as
// much in flight as its window, and the memory serves what it is asked for in order (dma/memory_port.h,
// dram/ideal_memory.cpp). Where no scheduler stands between, a load that fits its window comes as one: behind
// the stores that were asked for before it, in front of the others. Everything is counted in cycles of
// service: bytes over the memory's rate.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace nnp::compiler {

struct SharedMemory {
  double now = 0;                            // served up to here
  double loads = 0, stores = 0;              // that wait
  double later_stores = 0, later_from = 0;   // and those of the latest store, which starts only then
  double latest_store = 0, latest_span = 1;  // all of the latest store; how long it is asked for
  double asked = 0, stores_asked = 0;        // all so far
  double window = 0;                         // a load comes as one up to here; 0: the memory schedules
  double in_line_from = 0;                   // start of the load that came so
  double weights_left = 0;                   // of the layer, not served
  double weights_early = 0;                  // served before it was their turn

  void load(double service) { loads += service, asked += service; }
  /// Its engine asks for it from `from` on, for so many cycles if nothing holds it up.
  void store(double service, double from, double span) {
    latest_store = service, latest_span = std::max(1.0, span);
    stores += later_stores, stores_asked += service;
    later_stores = service, later_from = from;
  }
  void instructions(double service) { now += service; }

  /// Nobody asks for weights until `time`.
  void idle_until(double time) {
    double nothing = 1;
    serve({&loads, &stores}, nothing, time);
    now = std::max(now, time);
  }

  /// When so much service for weights is done that may begin at `from`; 0 if it was early.
  double weights(double from, double service) {
    const double early = std::min(service, weights_early);
    weights_early -= early, service -= early, weights_left -= service;
    if (service <= 0) return 0;
    if (from > now) idle_until(from);
    serve({&service, &loads, &stores}, service);
    return now;
  }

  /// When the loads up to `upto` (of `asked`) are done, the last of which start at `from`, while weights come
  /// early, up to `most_early`; 0 if they are.
  double wait_for_load(double from, double upto, double most_early) {
    double left = upto - (asked - loads);
    if (left <= 0) return 0;
    double early = std::max(0.0, std::min(most_early - weights_early, weights_left));
    loads -= left, weights_early += early, weights_left -= early;
    if (from > now) {
      double nothing = 1;
      serve({&early, &stores}, nothing, from);
      now = std::max(now, from);
    }
    if (window > 0) {
      if (from != in_line_from) serve_stores_before(from);
      in_line_from = from;
      double as_one = std::min(left, window);
      left -= as_one;
      serve({&as_one, &early}, as_one);
    }
    serve({&left, &early, &stores}, left);
    weights_early -= early, weights_left += early;  // what did not come yet
    return now;
  }

  /// When the stores up to `upto` (of `stores_asked`) are done, as things stand; 0 if they are.
  double when_stored(double upto) const {
    const double left = upto - (stores_asked - all_stores());
    return left > 1e-6 ? now + left + std::min(left, loads) : 0;
  }
  double all_stores() const { return stores + later_stores; }

 private:
  /// The latest store may still be asked for then.
  void serve_stores_before(double time) {
    const double unasked = latest_store * std::clamp(1 - (time - later_from) / latest_span, 0.0, 1.0);
    const double before = std::max(0.0, stores - unasked);
    stores -= before, now += before;
  }

  /// Serves what is wanted in equal parts until `target` is 0 or it is `until`.
  void serve(std::initializer_list<double*> wants, const double& target,
             double until = std::numeric_limits<double>::infinity()) {
    while (target > 0 && now < until) {
      if (later_stores > 0 && now >= later_from) stores += later_stores, later_stores = 0;
      double sharers = 0, least = std::numeric_limits<double>::infinity();
      for (const double* want : wants)
        if (*want > 0) sharers += 1, least = std::min(least, *want);
      if (sharers == 0 && later_stores <= 0) return;
      const double next = later_stores > 0 ? std::min(until, later_from) : until;
      const double each = sharers == 0 ? 0 : std::min(least, (next - now) / sharers);
      for (double* want : wants)
        if (*want > 0) *want = *want - each < 1e-9 ? 0 : *want - each;
      now = sharers == 0 || each * sharers >= next - now ? next : now + each * sharers;
    }
  }
};

}  // namespace nnp::compiler

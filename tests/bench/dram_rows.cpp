// SPDX-License-Identifier: Apache-2.0
// The memory controller alone, as `nnpsim dram` drives it but for the file: reads one after the other, and
// reads and writes anywhere.
#include <fmt/format.h>

#include "sim/units/dram/trace_driver.h"
#include "tests/bench/rows.h"

namespace nnp::bench {
namespace {

constexpr std::uint64_t kRequests = 1'000'000;

enum class Order : std::uint8_t { sequential, random, mixed };

const char* to_string(Order order) {
  return order == Order::sequential ? "sequential" : order == Order::random ? "random" : "mixed";
}

/// Pseudo-random, the same on every host (Knuth's MMIX generator; its high bits).
class Addresses {
 public:
  explicit Addresses(Order order, Bytes capacity, Bytes access)
      : order_(order), capacity_(capacity), access_(access) {}
  bool next(sim::TraceRequest& request) {
    if (sent_ == kRequests) return false;
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    request.address = order_ == Order::sequential ? sent_ * access_ % capacity_ : (state_ >> 20) % capacity_;
    request.write = order_ == Order::mixed && (state_ >> 60) % 4 == 0;
    ++sent_;
    return true;
  }

 private:
  Order order_;
  Bytes capacity_, access_;
  std::uint64_t sent_ = 0, state_ = 1;
};

Json measure(const sim::DramConfig& config, Order order) {
  Json result = in_child([&]() -> Json {
    Cycles cycles = 0;
    const double seconds = best_seconds([&] {
      Addresses addresses(order, config.capacity_bytes(), config.access_bytes());
      sim::TraceDriver driver(config);
      cycles = driver.run([&](sim::TraceRequest& request) { return addresses.next(request); }).cycles;
    });
    return {{"cycles", cycles}, {"timing_s", seconds}};
  });
  result["rate_of"] = "requests";
  result["rate_per_s"] = static_cast<double>(kRequests) / result["timing_s"].get<double>();
  result["timing_peak_bytes"] = result["peak_rss_bytes"];
  result["weight_bytes"] = 0, result["activation_bytes"] = 0;
  return result;
}

}  // namespace

std::vector<Row> dram_rows() {
  std::vector<Row> rows;
  for (const char* map : {"row:bank:bankgroup:column", "row:column:bank:bankgroup",
                          "bank:bankgroup:row:column", "row:bank^row:column[6:1]:bankgroup:column[0]"})
    for (const Order order : {Order::sequential, Order::random, Order::mixed}) {
      sim::DramConfig config = sim::make_dram_config("ddr4_2400");
      config.address_map = map;
      const double goal = order == Order::sequential ? 5e6 : 2e6;
      rows.push_back({fmt::format("dram/{}/{}", map, to_string(order)),
                      "dram",
                      fmt::format("DDR4-2400 alone, {}, {}", map,
                                  order == Order::mixed ? "random, a quarter writes" : to_string(order)),
                      {{}, {}, goal, 50e6},
                      [=] { return measure(config, order); }});
    }
  return rows;
}

}  // namespace nnp::bench

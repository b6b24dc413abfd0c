// SPDX-License-Identifier: Apache-2.0
// A host link with one sender and nothing around it.
#pragma once

#include <string>
#include <vector>

#include "sim/units/pcie/pcie_link.h"

namespace nnp::test {

class LinkBench {
 public:
  explicit LinkBench(const models::PcieSpec& spec, std::uint64_t frequency_khz = 1'000'000)
      : domain_("core", frequency_khz, sim::Engine::leap), link_(domain_, spec), answers_(domain_) {
    link_.connect_answers({&answers_});
  }
  /// Sends in `cycle`; returns the cycle in which the answer is seen, once all requests so far are answered.
  Cycle send(Cycle cycle, bool to_device, Bytes bytes, Address host = 0) {
    link_.send({to_device, static_cast<std::uint32_t>(bytes), 0, 0, host});
    domain_.run_cycle(cycle);
    Cycle seen = 0;
    while (!answers_.empty()) {
      seen = answers_.next(0);
      answers_.pop();
    }
    return seen;
  }
  sim::ClockDomain& domain() { return domain_; }
  sim::PcieLink& link() { return link_; }

 private:
  sim::ClockDomain domain_;
  sim::PcieLink link_;
  sim::Bridge<sim::PcieAnswer> answers_;
};

inline std::string name_of(const models::PcieSpec& p) {
  return fmt::format("gen {} x{}, payload {}, read request {}, boundary {}, address bits {}", p.generation,
                     p.lanes, p.max_payload_bytes, p.max_read_request_bytes, p.read_completion_boundary_bytes,
                     p.address_bits);
}

}  // namespace nnp::test

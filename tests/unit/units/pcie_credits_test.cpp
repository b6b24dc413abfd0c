// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. Starved credits bound the throughput: credits x what one carries, each round trip.
#include <gtest/gtest.h>

#include "tests/support/link_bench.h"
#include "tests/support/pcie_laws.h"
#include "tests/support/validation/pcie.h"

namespace nnp {
namespace {

using test::LinkBench;

constexpr Bytes kTransfer = 1 << 25;  // long enough for the first round trip not to show

double measured(const models::PcieSpec& pcie, bool to_device) {
  LinkBench bench(pcie);
  const Cycle seen = bench.send(0, to_device, kTransfer);
  return static_cast<double>(kTransfer) / (static_cast<double>(seen) * 1e-9);
}

TEST(PcieCredits, LeaveTheBandwidthAloneWhereThereAreEnough) {
  for (const std::uint32_t generation : {1u, 3u, 6u}) {
    models::PcieSpec pcie;
    pcie.generation = generation, pcie.latency_s = 100e-9;
    pcie.posted_header_credits = pcie.nonposted_header_credits = pcie.completion_header_credits = 2032;
    pcie.posted_data_credits = pcie.completion_data_credits = 32752;
    EXPECT_NEAR(measured(pcie, false) / test::pcie_write_bandwidth(pcie), 1, 0.005) << test::name_of(pcie);
    EXPECT_NEAR(measured(pcie, true) / test::pcie_read_bandwidth(pcie), 1, 0.005) << test::name_of(pcie);
  }
}

TEST(PcieCredits, OfEachClassBoundTheThroughput) {
  for (const test::PcieCase& starved : test::pcie_credits())
    EXPECT_LE(starved.error(), test::kPcieBound)
        << starved.measured << " instead of " << starved.law << " B/s: " << starved.name;
}

}  // namespace
}  // namespace nnp

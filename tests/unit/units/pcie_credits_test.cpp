// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. Starved credits bound the throughput: credits x what one carries, each round trip.
#include <gtest/gtest.h>

#include "tests/support/pcie_laws.h"
#include "tests/unit/units/link_bench.h"

namespace nnp {
namespace {

using test::LinkBench;

constexpr Bytes kTransfer = 1 << 25;  // long enough for the first round trip not to show

// A loop of `credits` packets: each returns its credit `loop` seconds after it began.
double bound(double credits, double bytes_each, double loop) { return credits * bytes_each / loop; }

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

TEST(PcieCredits, PostedHeadersBoundWrites) {
  for (const std::uint32_t generation : {1u, 3u, 6u})
    for (const std::uint32_t credits : {1u, 2u, 7u}) {
      models::PcieSpec pcie;
      pcie.generation = generation, pcie.posted_header_credits = credits;
      const double loop =
          test::pcie_seconds(pcie, 256 + test::pcie_request_overhead(pcie)) + 2 * pcie.latency_s;
      EXPECT_NEAR(
          measured(pcie, false) / std::min(bound(credits, 256, loop), test::pcie_write_bandwidth(pcie)), 1,
          0.005)
          << test::name_of(pcie) << ", " << credits << " posted headers";
    }
}

TEST(PcieCredits, PostedDataBoundsWrites) {
  for (const std::uint32_t packets : {1u, 3u}) {
    models::PcieSpec pcie;
    pcie.posted_data_credits = packets * 256 / 16 + 15;  // one short of another packet
    const double loop =
        test::pcie_seconds(pcie, 256 + test::pcie_request_overhead(pcie)) + 2 * pcie.latency_s;
    EXPECT_NEAR(measured(pcie, false) / bound(packets, 256, loop), 1, 0.005) << packets << " packets";
  }
}

TEST(PcieCredits, NonpostedHeadersBoundReads) {
  for (const std::uint32_t credits : {1u, 4u}) {
    models::PcieSpec pcie;
    pcie.nonposted_header_credits = credits;
    const double loop = test::pcie_seconds(pcie, test::pcie_request_overhead(pcie)) + 2 * pcie.latency_s;
    EXPECT_NEAR(measured(pcie, true) / bound(credits, 512, loop), 1, 0.005)
        << credits << " non-posted headers";
  }
}

TEST(PcieCredits, CompletionHeadersAndDataBoundReads) {
  for (const bool data : {false, true})
    for (const std::uint32_t packets : {1u, 5u}) {
      models::PcieSpec pcie;
      (data ? pcie.completion_data_credits : pcie.completion_header_credits) = data ? packets * 16 : packets;
      const double loop =
          test::pcie_seconds(pcie, 256 + test::pcie_completion_overhead(pcie)) + 2 * pcie.latency_s;
      EXPECT_NEAR(measured(pcie, true) / bound(packets, 256, loop), 1, 0.005)
          << packets << (data ? " payloads of completion data" : " completion headers");
    }
}

}  // namespace
}  // namespace nnp

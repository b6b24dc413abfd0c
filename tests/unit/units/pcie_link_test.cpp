// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. Packets of the host link: how many, how large, and when the last one is there.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/link_bench.h"
#include "tests/support/pcie_laws.h"
#include "tests/support/validation/pcie.h"

namespace nnp {
namespace {

using test::LinkBench;

TEST(PcieLink, AnswersASingleAlignedReadAtTheEdgeOfItsFormula) {
  for (std::uint64_t seed = 0; seed < test::kPcieSingles; ++seed) {
    const test::PcieSingle read = test::pcie_single_read(seed);
    EXPECT_EQ(read.seen, read.law) << read.name;
  }
}

TEST(PcieLink, AnswersASinglePostedWriteWhenItsLastByteHasLeft) {
  for (std::uint64_t seed = 0; seed < test::kPcieSingles; ++seed) {
    const test::PcieSingle write = test::pcie_single_write(seed);
    EXPECT_EQ(write.seen, write.law) << write.name;
  }
}

TEST(PcieLink, RingsADoorbellInOneWriteOfFourBytesAndTheLatency) {
  for (const std::uint32_t bits : {32u, 64u}) {
    models::PcieSpec pcie;
    pcie.address_bits = bits;
    const Bytes bytes = 4 + test::pcie_request_overhead(pcie);
    EXPECT_EQ(LinkBench(pcie).link().message_time(),
              static_cast<sim::Picoseconds>(std::ceil(test::pcie_seconds(pcie, bytes) * 1e12)) + 500'000);
  }
}

// The rule of section 2.3.1.1, cut by cut: an unaligned read's first completion ends at the boundary.
TEST(PcieLink, CutsAnUnalignedReadAtTheCompletionBoundaryFirst) {
  struct Case {
    Address host;
    Bytes bytes;
    std::uint64_t packets;  // requests and completions
  };
  models::PcieSpec pcie;
  pcie.max_payload_bytes = 128, pcie.max_read_request_bytes = 512;
  for (const Case& c : {Case{0, 512, 1 + 4},          // 4 x 128
                        Case{64, 448, 1 + 4},         // 128, 128, 128, 64: aligned to 64
                        Case{4, 508, 1 + 5},          // 60, then 448
                        Case{60, 4, 1 + 1},           // ends at the boundary
                        Case{60, 8, 1 + 2},           // one word on each side
                        Case{508, 8, 2 * (1 + 1)},    // two requests: no request crosses 512
                        Case{0, 1024, 2 * (1 + 4)}})  // more than a read request
  {
    LinkBench bench(pcie);
    bench.send(0, true, c.bytes, c.host);
    const std::string name = fmt::format("{} bytes at {}", c.bytes, c.host);
    EXPECT_EQ(bench.link().statistics().tlps, c.packets) << name;
  }
}

TEST(PcieLink, ConservesBytesOnTheWire) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const models::PcieSpec pcie = test::random_pcie(seed);
    LinkBench bench(pcie);
    Bytes read = 0, written = 0, padding = 0;
    for (Cycle cycle = 0; cycle < 40; ++cycle) {
      const bool to_device = random() % 2;
      const Bytes bytes = 1 + random() % 9000;
      const Address host = random() % 10000;
      (to_device ? read : written) += bytes;
      padding += 3 + 3;  // at most: a double word's rest on each side of a request
      bench.send(cycle, to_device, bytes, host);
    }
    const sim::PcieStatistics& statistics = bench.link().statistics();
    EXPECT_EQ(statistics.to_device_bytes, read) << "seed " << seed;
    EXPECT_EQ(statistics.from_device_bytes, written) << "seed " << seed;
    // wire bytes = data + padding to double words + each packet's overhead; overheads differ by direction.
    const Bytes least = read + written + statistics.tlps * test::pcie_completion_overhead(pcie);
    const Bytes most = read + written + padding + statistics.tlps * test::pcie_request_overhead(pcie);
    const Bytes wire = statistics.down_bytes + statistics.up_bytes;
    EXPECT_GE(wire, least) << "seed " << seed;
    EXPECT_LE(wire, most) << "seed " << seed;
  }
}

TEST(PcieLink, LoadsInBulkWithThePacketsOfOneReadAfterTheOther) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const models::PcieSpec pcie = test::random_pcie(seed);
    const Bytes bytes = seed == 0 ? 0 : 1 + random() % 100'000 * (seed % 2) + random() % 5'000;
    LinkBench bulk(pcie), single(pcie);
    bulk.link().bulk_time(bytes);
    for (Bytes sent = 0, cycle = 0; sent < bytes; sent += pcie.max_read_request_bytes)
      single.send(cycle++, true, std::min<Bytes>(bytes - sent, pcie.max_read_request_bytes), sent);
    const sim::PcieStatistics &all = bulk.link().statistics(), &each = single.link().statistics();
    EXPECT_EQ(all.tlps, each.tlps) << "seed " << seed;
    EXPECT_EQ(all.to_device_bytes, each.to_device_bytes) << "seed " << seed;
    EXPECT_EQ(all.down_bytes, each.down_bytes) << "seed " << seed;
    EXPECT_EQ(all.up_bytes, each.up_bytes) << "seed " << seed;
  }
}

TEST(PcieLink, SendsExactlyTheBytesOfTheFormulaWhereEverythingIsAligned) {
  for (std::uint64_t seed = 0; seed < test::kPcieAligned; ++seed) {
    const test::PcieAligned sent = test::pcie_aligned(seed);
    EXPECT_EQ(sent.measured.down_bytes, sent.down) << sent.name;
    EXPECT_EQ(sent.measured.up_bytes, sent.up) << sent.name;
    EXPECT_EQ(sent.measured.tlps, sent.packets) << sent.name;
  }
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. Packets of the host link: how many, how large, and when the last one is there.
#include <gtest/gtest.h>

#include <random>

#include "tests/support/pcie_laws.h"
#include "tests/unit/units/link_bench.h"

namespace nnp {
namespace {

using test::LinkBench;

models::PcieSpec random_spec(std::mt19937_64& random) {
  const auto pick = [&](std::initializer_list<std::uint32_t> values) {
    return *(values.begin() + random() % values.size());
  };
  models::PcieSpec pcie;
  pcie.generation = pick({1, 2, 3, 4, 5, 6});
  pcie.lanes = pick({1, 2, 4, 8, 16});
  pcie.address_bits = pick({32, 64});
  pcie.max_payload_bytes = pick({128, 256, 512, 1024, 2048, 4096});
  pcie.max_read_request_bytes = pick({128, 256, 512, 1024, 2048, 4096});
  pcie.read_completion_boundary_bytes = pick({64, 128});
  pcie.latency_s = pick({1, 150, 500, 1000}) * 1e-9;
  return pcie;
}

// First edge strictly after a time of the formula, a picosecond's rounding up included.
Cycle edge_after(Cycle sent, double seconds, std::uint64_t frequency_khz) {
  const auto start = static_cast<double>((sent + 1) * 1'000'000'000ull / frequency_khz);
  const double end = start + std::ceil(seconds * 1e12 - 1e-3);
  auto cycle = static_cast<Cycle>(end * static_cast<double>(frequency_khz) * 1e-9);
  while (static_cast<double>(cycle * 1'000'000'000ull / frequency_khz) <= end) ++cycle;
  while (cycle > 0 && static_cast<double>((cycle - 1) * 1'000'000'000ull / frequency_khz) > end) --cycle;
  return cycle;
}

TEST(PcieLink, AnswersASingleAlignedReadAtTheEdgeOfItsFormula) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    const models::PcieSpec pcie = random_spec(random);
    const std::uint64_t khz =
        std::initializer_list<std::uint64_t>{1'000'000, 700'000, 333'333}.begin()[seed % 3];
    LinkBench bench(pcie, khz);
    const Bytes bytes = 4 * (1 + random() % (pcie.max_read_request_bytes / 4));
    const Cycle sent = random() % 1000;
    const Cycle seen = bench.send(sent, true, bytes, random() % 64 * 4096);
    // Request and completions are rounded up to a picosecond each.
    const double request =
        std::ceil(test::pcie_seconds(pcie, test::pcie_request_overhead(pcie)) * 1e12 - 1e-3) * 1e-12;
    const double data =
        test::pcie_read_seconds(pcie, bytes) - test::pcie_seconds(pcie, test::pcie_request_overhead(pcie));
    EXPECT_EQ(seen, edge_after(sent, request + data, khz))
        << "seed " << seed << ": " << test::name_of(pcie) << ", " << bytes << " bytes at " << khz << " kHz";
  }
}

TEST(PcieLink, AnswersASinglePostedWriteWhenItsLastByteHasLeft) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    const models::PcieSpec pcie = random_spec(random);
    LinkBench bench(pcie);
    const Bytes bytes = 4 * (1 + random() % (pcie.max_payload_bytes / 4));
    const Cycle sent = random() % 1000;
    EXPECT_EQ(
        bench.send(sent, false, bytes),
        edge_after(sent, test::pcie_seconds(pcie, bytes + test::pcie_request_overhead(pcie)), 1'000'000))
        << "seed " << seed << ": " << test::name_of(pcie) << ", " << bytes << " bytes";
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
    const models::PcieSpec pcie = random_spec(random);
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

TEST(PcieLink, SendsExactlyTheBytesOfTheFormulaWhereEverythingIsAligned) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const models::PcieSpec pcie = random_spec(random);
    LinkBench bench(pcie);
    const Bytes reads = 1 + random() % 20, read_bytes = pcie.max_read_request_bytes;
    const Bytes writes = 1 + random() % 20, write_bytes = pcie.max_payload_bytes;
    bench.send(0, true, reads * read_bytes);
    bench.send(1, false, writes * write_bytes);
    const auto& statistics = bench.link().statistics();
    const Bytes completions = reads * test::pcie_completions(pcie, read_bytes);
    EXPECT_EQ(statistics.down_bytes, reads * read_bytes + completions * test::pcie_completion_overhead(pcie))
        << test::name_of(pcie);
    EXPECT_EQ(statistics.up_bytes,
              (reads + writes) * test::pcie_request_overhead(pcie) + writes * write_bytes)
        << test::name_of(pcie);
    EXPECT_EQ(statistics.tlps, reads + completions + writes) << test::name_of(pcie);
  }
}

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// The link alone: credits, single requests, bytes on the wire.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tests/support/link_bench.h"
#include "tests/support/pcie_laws.h"
#include "tests/support/validation/pcie.h"

namespace nnp::test {
namespace {

constexpr Bytes kTransfer = 1 << 25;  // long enough for the first round trip not to show

double throughput(const models::PcieSpec& pcie, bool to_device) {
  LinkBench bench(pcie);
  const Cycle seen = bench.send(0, to_device, kTransfer);
  return static_cast<double>(kTransfer) / (static_cast<double>(seen) * 1e-9);
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

/// A class of credits. Each comes back when its packet's bytes on the lanes and the two latencies are over.
struct Pool {
  const char* name;
  std::uint32_t models::PcieSpec::*credits;
  bool to_device;
  std::uint32_t each, spare;  // credits that a packet takes; more that are too few for another packet
  double bytes;               // of data that a packet brings
  Bytes (*on_lanes)(const models::PcieSpec&);
  std::vector<std::uint32_t> generations, packets;
};
Bytes write_on_lanes(const models::PcieSpec& pcie) { return 256 + pcie_request_overhead(pcie); }
Bytes completion_on_lanes(const models::PcieSpec& pcie) { return 256 + pcie_completion_overhead(pcie); }
const Pool kPools[] = {{"posted headers",
                        &models::PcieSpec::posted_header_credits,
                        false,
                        1,
                        0,
                        256,
                        write_on_lanes,
                        {1, 3, 6},
                        {1, 2, 7}},
                       {"payloads of posted data",
                        &models::PcieSpec::posted_data_credits,
                        false,
                        16,
                        15,
                        256,
                        write_on_lanes,
                        {3},
                        {1, 3}},
                       {"non-posted headers",
                        &models::PcieSpec::nonposted_header_credits,
                        true,
                        1,
                        0,
                        512,
                        pcie_request_overhead,
                        {3},
                        {1, 4}},
                       {"completion headers",
                        &models::PcieSpec::completion_header_credits,
                        true,
                        1,
                        0,
                        256,
                        completion_on_lanes,
                        {3},
                        {1, 5}},
                       {"payloads of completion data",
                        &models::PcieSpec::completion_data_credits,
                        true,
                        16,
                        0,
                        256,
                        completion_on_lanes,
                        {3},
                        {1, 5}}};

}  // namespace

std::vector<PcieCase> pcie_credits() {
  std::vector<PcieCase> cases;
  for (const Pool& pool : kPools)
    for (const std::uint32_t generation : pool.generations)
      for (const std::uint32_t packets : pool.packets) {
        models::PcieSpec pcie;
        pcie.generation = generation;
        pcie.*pool.credits = packets * pool.each + pool.spare;
        const double round = pcie_seconds(pcie, pool.on_lanes(pcie)) + 2 * pcie.latency_s;
        const double lanes = pool.to_device ? pcie_read_bandwidth(pcie) : pcie_write_bandwidth(pcie);
        cases.push_back({fmt::format("{} {}, {}", packets, pool.name, name_of(pcie)),
                         throughput(pcie, pool.to_device), std::min(packets * pool.bytes / round, lanes)});
      }
  return cases;
}

models::PcieSpec random_pcie(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  return random_spec(random);
}

PcieSingle pcie_single_read(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const models::PcieSpec pcie = random_spec(random);
  const std::uint64_t khz =
      std::initializer_list<std::uint64_t>{1'000'000, 700'000, 333'333}.begin()[seed % 3];
  LinkBench bench(pcie, khz);
  const Bytes bytes = 4 * (1 + random() % (pcie.max_read_request_bytes / 4));
  const Cycle sent = random() % 1000;
  const Cycle seen = bench.send(sent, true, bytes, random() % 64 * 4096);
  // Request and completions are rounded up to a picosecond each.
  const double request_exact = pcie_seconds(pcie, pcie_request_overhead(pcie));
  const double request = std::ceil(request_exact * 1e12 - 1e-3) * 1e-12;
  const double data = pcie_read_seconds(pcie, bytes) - request_exact;
  return {fmt::format("seed {}: {}, {} bytes at {} kHz", seed, name_of(pcie), bytes, khz), seen,
          edge_after(sent, request + data, khz)};
}

PcieSingle pcie_single_write(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const models::PcieSpec pcie = random_spec(random);
  LinkBench bench(pcie);
  const Bytes bytes = 4 * (1 + random() % (pcie.max_payload_bytes / 4));
  const Cycle sent = random() % 1000;
  const Cycle seen = bench.send(sent, false, bytes);
  return {fmt::format("seed {}: {}, {} bytes", seed, name_of(pcie), bytes), seen,
          edge_after(sent, pcie_seconds(pcie, bytes + pcie_request_overhead(pcie)), 1'000'000)};
}

PcieAligned pcie_aligned(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const models::PcieSpec pcie = random_spec(random);
  LinkBench bench(pcie);
  const Bytes reads = 1 + random() % 20, read_bytes = pcie.max_read_request_bytes;
  const Bytes writes = 1 + random() % 20, write_bytes = pcie.max_payload_bytes;
  bench.send(0, true, reads * read_bytes);
  bench.send(1, false, writes * write_bytes);
  const Bytes completions = reads * pcie_completions(pcie, read_bytes);
  return {fmt::format("seed {}: {}, {} reads, {} writes", seed, name_of(pcie), reads, writes),
          bench.link().statistics(), reads * read_bytes + completions * pcie_completion_overhead(pcie),
          (reads + writes) * pcie_request_overhead(pcie) + writes * write_bytes,
          reads + completions + writes};
}

bool PcieAligned::equal() const {
  return measured.down_bytes == down && measured.up_bytes == up && measured.tlps == packets;
}

}  // namespace nnp::test

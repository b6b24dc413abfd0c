// SPDX-License-Identifier: Apache-2.0
// Rung: unit. A crossbar cuts what lies on several channels into a request for each block.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "sim/units/dma/crossbar.h"
#include "sim/units/dma/transfer_log.h"
#include "sim/units/engine/chip_state.h"

namespace nnp::sim {
namespace {

struct Arrived {
  std::size_t channel;
  Cycle ready;
  Address address;
  Bytes bytes;
  std::uint32_t transfer;
  bool operator==(const Arrived&) const = default;
};

/// A crossbar to channels of a clock of 1 GHz, as the core's.
struct Rig {
  Rig(std::size_t count, Bytes block_bytes, Bytes capacity, Cycles latency) {
    std::vector<Bridge<MemoryRequest>*> all;
    for (std::size_t i = 0; i < count; ++i)
      bridges.push_back(std::make_unique<Bridge<MemoryRequest>>(memory)), all.push_back(bridges.back().get());
    crossbar = std::make_unique<Crossbar>(core, all, block_bytes, capacity, latency);
  }
  std::vector<Arrived> arrived() {
    std::vector<Arrived> found;
    for (std::size_t i = 0; i < bridges.size(); ++i)
      while (!bridges[i]->empty()) {
        const Cycle ready = bridges[i]->first();
        const MemoryRequest request = bridges[i]->pop();
        found.push_back({i, ready, request.address, request.bytes, request.transfer});
      }
    return found;
  }
  ClockDomain core{"core", 1'000'000, Engine::leap}, memory{"memory", 1'000'000, Engine::leap};
  std::vector<std::unique_ptr<Bridge<MemoryRequest>>> bridges;
  std::unique_ptr<Crossbar> crossbar;
};

TEST(Crossbar, CutsARequestAtBlocks) {
  Rig rig(3, 256, 1 << 20, 5);
  rig.crossbar->send({200, 700, false, 0, 9, 40});
  rig.core.run_cycle(7);
  // Ten cycles later, and visible at the next edge: 56 bytes of block 0, blocks 1 and 2, the rest of block 3.
  EXPECT_EQ(rig.arrived(),
            (std::vector<Arrived>{
                {0, 18, 200, 56, 40}, {0, 18, 256, 132, 43}, {1, 18, 0, 256, 41}, {2, 18, 0, 256, 42}}));
}

// Byte a of device memory lies in block a / block, on channel block % channels.
TEST(Crossbar, SendsEachByteToItsPlaceOnce) {
  std::mt19937_64 random(3);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  for (int i = 0; i < 300; ++i) {
    const std::size_t channels = 1 + below(9);
    const Bytes block = 1 + below(70), capacity = 1 + below(3000);
    const Address address = below(capacity);
    const auto bytes = static_cast<std::uint32_t>(1 + below(capacity - address));
    SCOPED_TRACE(
        fmt::format("{} bytes at {} over {} channels in blocks of {}", bytes, address, channels, block));
    Rig rig(channels, block, capacity, below(4));
    StateTrack track(0, nullptr);
    TransferLog log(track, nullptr);
    rig.crossbar->send(
        {address, bytes, false, 0, 0, log.sent(0, {}, address, bytes, false, rig.crossbar->block())});
    const std::uint32_t end = log.sent(0, {}, 0, 1, false);  // the number behind its last
    rig.core.run_cycle(0);
    std::vector<int> seen(bytes);
    std::vector<int> numbers(end);
    for (const Arrived& request : rig.arrived()) {
      ASSERT_EQ(request.address / block, (request.address + request.bytes - 1) / block) << "in one block";
      ASSERT_LT(request.transfer, end);
      ++numbers[request.transfer];
      for (Bytes at = request.address; at < request.address + request.bytes; ++at)
        ++seen.at((at / block * channels + request.channel) * block + at % block - address);
    }
    EXPECT_EQ(seen, std::vector<int>(bytes, 1));
    EXPECT_EQ(numbers, std::vector<int>(end, 1)) << "each has a number of its own";
  }
}

TEST(Crossbar, RefusesWhatEndsPastTheMemory) {
  Rig rig(2, 64, 1000, 1);
  EXPECT_THROW(rig.crossbar->send({990, 11, false, 0, 0, 0}), AddressError);
  EXPECT_THROW(rig.crossbar->send({1000, 1, false, 0, 0, 0}), AddressError);
  EXPECT_NO_THROW(rig.crossbar->send({990, 10, false, 0, 0, 0}));
}

}  // namespace
}  // namespace nnp::sim

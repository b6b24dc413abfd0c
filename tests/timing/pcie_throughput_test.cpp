// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. DMA throughput through the whole chip: programs of one H2D or D2H, doorbell to
// interrupt. The law holds within 0.5 % whichever limits, the lanes or the reads in flight.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/support/pcie_laws.h"
#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;

/// A chip whose memory never limits: what is measured is the link.
models::ChipSpec link_chip(std::uint32_t generation, std::uint32_t lanes) {
  models::ChipSpec chip = test::plain_chip(8, 8);
  chip.arch.device_memory_bytes = chip.memory.capacity = 16 << 20;
  chip.dma.window_bytes = 1 << 20;
  chip.pcie.generation = generation, chip.pcie.lanes = lanes;
  chip.pcie.outstanding_reads = 1024;
  return chip;
}

Cycles cycles(const models::ChipSpec& chip, Opcode opcode, Bytes bytes, Address host = 4096) {
  compiler::StreamBuilder builder;
  builder.emit(Queue::hdma, opcode,
               {{field::host, static_cast<std::int64_t>(host)},
                {field::device, 0},
                {field::host_bytes, static_cast<std::int64_t>(bytes)}});
  return test::run_timing(chip, builder).statistics.cycles;
}

/// Bytes a second, the difference of two transfers: what comes once, doorbell to first byte, cancels out.
double throughput(const models::ChipSpec& chip, Opcode opcode, Bytes bytes) {
  const Cycles more = cycles(chip, opcode, 2 * bytes) - cycles(chip, opcode, bytes);
  return static_cast<double>(bytes) /
         (static_cast<double>(more) * 1e-6 / static_cast<double>(chip.core_frequency_khz) * 1e3);
}

std::string name_of(const models::ChipSpec& chip) {
  const models::PcieSpec& pcie = chip.pcie;
  return fmt::format(
      "nnpsim --set pcie.generation={} pcie.lanes={} pcie.max_payload={} pcie.max_read_request={} "
      "pcie.outstanding_reads={} pcie.latency={}",
      pcie.generation, pcie.lanes, pcie.max_payload_bytes, pcie.max_read_request_bytes,
      pcie.outstanding_reads, pcie.latency_s);
}

struct Worst {
  double error = 0;
  std::string where;
  void see(double measured, double law, const std::string& name) {
    const double off = std::abs(measured / law - 1);
    if (off >= error) error = off, where = name;
    EXPECT_LE(off, 0.005) << measured << " instead of " << law << " B/s: " << name;
  }
};

constexpr std::uint32_t kLanes[] = {1, 2, 4, 8, 16};

class PcieGeneration : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(All, PcieGeneration, testing::Values(1, 2, 3, 4, 5, 6));

TEST_P(PcieGeneration, ThroughputOfReadsIsTheLanesLessHeadersForAllWidthsAndSizes) {
  Worst worst;
  for (const std::uint32_t lanes : kLanes)
    for (const std::uint32_t payload : {128, 256, 1024, 4096})
      for (const std::uint32_t request : {128, 512, 4096}) {
        models::ChipSpec chip = link_chip(GetParam(), lanes);
        chip.pcie.max_payload_bytes = payload, chip.pcie.max_read_request_bytes = request;
        worst.see(throughput(chip, Opcode::h2d, 1 << 19), test::pcie_read_bandwidth(chip.pcie),
                  name_of(chip));
      }
  RecordProperty("worst_error_percent", fmt::format("{:.3f} at {}", worst.error * 100, worst.where));
}

TEST_P(PcieGeneration, ThroughputOfWritesIsTheLanesLessHeadersForAllWidthsAndSizes) {
  Worst worst;
  for (const std::uint32_t lanes : kLanes)
    for (const std::uint32_t payload : {128, 256, 1024, 4096}) {
      models::ChipSpec chip = link_chip(GetParam(), lanes);
      chip.pcie.max_payload_bytes = payload;
      worst.see(throughput(chip, Opcode::d2h, 1 << 19), test::pcie_write_bandwidth(chip.pcie), name_of(chip));
    }
  RecordProperty("worst_error_percent", fmt::format("{:.3f} at {}", worst.error * 100, worst.where));
}

// Little's law: what is in flight over the time from one read to the next in its place.
TEST_P(PcieGeneration, ThroughputOfFewReadsInFlightIsWhatIsInFlightPerRoundTrip) {
  Worst worst;
  for (const std::uint32_t lanes : {1u, 4u, 16u})
    for (const std::uint32_t request : {128, 512, 4096})
      for (const std::uint32_t reads : {1, 2, 8, 64}) {
        models::ChipSpec chip = link_chip(GetParam(), lanes);
        chip.pcie.max_read_request_bytes = request, chip.pcie.outstanding_reads = reads;
        chip.pcie.latency_s = 500e-9;
        // The request is presented at the edge after its cycle; the answer is seen at the edge strictly
        // after its time.
        const double ns = std::floor(test::pcie_read_seconds(chip.pcie, request) * 1e9 + 1e-9) + 2;
        const double window = reads * request / (ns * 1e-9);
        worst.see(throughput(chip, Opcode::h2d, 1 << 19),
                  std::min(window, test::pcie_read_bandwidth(chip.pcie)), name_of(chip));
      }
  RecordProperty("worst_error_percent", fmt::format("{:.3f} at {}", worst.error * 100, worst.where));
}

TEST(PcieThroughput, OfStarvedCreditsIsWhatTheyCarryPerRoundTrip) {
  Worst worst;
  for (const std::uint32_t generation : {1u, 3u, 6u})
    for (const std::uint32_t credits : {1u, 4u, 16u}) {
      models::ChipSpec chip = link_chip(generation, 16);
      chip.pcie.latency_s = 500e-9;
      chip.pcie.posted_header_credits = credits;
      const double loop = test::pcie_seconds(chip.pcie, 256 + test::pcie_request_overhead(chip.pcie)) + 1e-6;
      worst.see(throughput(chip, Opcode::d2h, 1 << 19),
                std::min(credits * 256 / loop, test::pcie_write_bandwidth(chip.pcie)), name_of(chip));
    }
  RecordProperty("worst_error_percent", fmt::format("{:.3f} at {}", worst.error * 100, worst.where));
}

// A write is as large as a payload allows however its data trickles out of memory.
TEST(PcieThroughput, FillsEveryPacketOfAWrite) {
  for (const std::uint32_t payload : {128u, 256u, 1024u, 4096u}) {
    models::ChipSpec chip = link_chip(3, 16);
    chip.pcie.max_payload_bytes = payload;
    const auto tlps = [&](Bytes bytes, Address host) {
      compiler::StreamBuilder builder;
      builder.emit(Queue::hdma, Opcode::d2h,
                   {{field::host, static_cast<std::int64_t>(host)},
                    {field::device, 0},
                    {field::host_bytes, static_cast<std::int64_t>(bytes)}});
      return test::run_timing(chip, builder).statistics.pcie.tlps;
    };
    const auto fetch = tlps(0, 4096);
    EXPECT_EQ(tlps(65536, 4096) - fetch, 65536 / payload) << "payload " << payload;
    EXPECT_EQ(tlps(65536, 4096 + 64) - fetch, 65536 / payload + 1) << "payload " << payload << ", unaligned";
  }
}

// What the link takes is held back by what it has not sent: no more than the staging memory leaves the
// buffer.
// Memory is read no further ahead than the window: a slow link holds it back to the end.
TEST(PcieThroughput, OfTheLinkHoldsBackTheReadsOfMemory) {
  models::ChipSpec chip = link_chip(1, 1);
  chip.dma.window_bytes = 4096;
  compiler::StreamBuilder builder;
  builder.emit(Queue::hdma, Opcode::d2h,
               {{field::host, 4096}, {field::device, 0}, {field::host_bytes, 65536}});
  const auto run = test::run_timing(chip, builder);
  Cycle last_read = 0, first_read = kNever;
  for (const auto& record : run.of("dram0"))  // the ideal memory's clock is 1 GHz, as the core's
    if (record.state.state == sim::State::busy) {
      first_read = std::min(first_read, record.start);
      last_read = record.start + record.length;
    }
  const double seconds = (65536 - 4096) / test::pcie_write_bandwidth(chip.pcie);
  EXPECT_NEAR(static_cast<double>(last_read - first_read) / (seconds * 1e9), 1, 0.02);
}

TEST(PcieThroughput, DoesNotDependOnTheEngine) {
  for (const Opcode opcode : {Opcode::h2d, Opcode::d2h}) {
    models::ChipSpec chip = link_chip(3, 4);
    chip.pcie.outstanding_reads = 3, chip.pcie.posted_header_credits = 2;
    compiler::StreamBuilder a, b;
    for (auto* builder : {&a, &b})
      builder->emit(Queue::hdma, opcode,
                    {{field::host, 4100}, {field::device, 20}, {field::host_bytes, 9001}});
    EXPECT_EQ(test::run_timing(chip, a, sim::Engine::leap).statistics.cycles,
              test::run_timing(chip, b, sim::Engine::stepped).statistics.cycles);
  }
}

TEST(SharedMemory, LeavesNothingToMoveBetweenHostAndDeviceMemory) {
  for (const bool shared : {false, true}) {
    models::ChipSpec chip = test::plain_chip(8, 8);
    chip.pcie.shared_memory = shared;
    compiler::StreamBuilder builder;
    for (const isa::Opcode opcode : {isa::Opcode::h2d, isa::Opcode::d2h})
      builder.emit(isa::Queue::hdma, opcode,
                   {{isa::field::host, 0}, {isa::field::device, 0}, {isa::field::host_bytes, 1 << 20}});
    const auto run = test::run_timing(chip, builder);
    const auto& pcie = run.statistics.pcie;
    // What remains are instructions, doorbell and interrupt.
    EXPECT_EQ(pcie.to_device_bytes < 4096 && pcie.from_device_bytes < 4096, shared);
    EXPECT_EQ(run.statistics.dram.write_bytes == 0, shared);
    const Cycles host_dma = run.sum("host_dma", sim::State::busy) + run.sum("host_dma", sim::State::wait);
    if (shared)
      EXPECT_LE(host_dma, 4u) << "an issue cycle each, the second waits for the first";
    else
      EXPECT_GT(host_dma, 1000u);
  }
}

}  // namespace
}  // namespace nnp

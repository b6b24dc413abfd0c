// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. DMA throughput through the whole chip: programs of one H2D or D2H, doorbell to
// interrupt. The law holds within 0.5 % whichever limits, the lanes or the reads in flight; the cases are
// those of docs/validation/pcie.md.
#include <gtest/gtest.h>

#include <algorithm>

#include "isa/instruction/instruction_table.h"
#include "tests/support/pcie_laws.h"
#include "tests/support/small_program.h"
#include "tests/support/validation/pcie.h"

namespace nnp {
namespace {

namespace field = isa::field;
using isa::Opcode;
using isa::Queue;

void expect_the_law(const std::vector<test::PcieCase>& cases) {
  for (const test::PcieCase& each : cases)
    EXPECT_LE(each.error(), test::kPcieBound)
        << each.measured << " instead of " << each.law << " B/s: " << each.name;
}

class PcieGeneration : public testing::TestWithParam<std::uint32_t> {};
INSTANTIATE_TEST_SUITE_P(All, PcieGeneration, testing::Values(1, 2, 3, 4, 5, 6));

TEST_P(PcieGeneration, ThroughputOfReadsIsTheLanesLessHeadersForAllWidthsAndSizes) {
  expect_the_law(test::pcie_reads(GetParam()));
}

TEST_P(PcieGeneration, ThroughputOfWritesIsTheLanesLessHeadersForAllWidthsAndSizes) {
  expect_the_law(test::pcie_writes(GetParam()));
}

TEST_P(PcieGeneration, ThroughputOfFewReadsInFlightIsWhatIsInFlightPerRoundTrip) {
  expect_the_law(test::pcie_few_reads(GetParam()));
}

TEST(PcieThroughput, OfStarvedCreditsIsWhatTheyCarryPerRoundTrip) {
  expect_the_law(test::pcie_few_posted_headers());
}

// A write is as large as a payload allows however its data trickles out of memory.
TEST(PcieThroughput, FillsEveryPacketOfAWrite) {
  for (const std::uint32_t payload : {128u, 256u, 1024u, 4096u}) {
    models::ChipSpec chip = test::link_chip(3, 16);
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
  models::ChipSpec chip = test::link_chip(1, 1);
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

/// Cycles that `more` further bytes take, in runs of 3 that lie `stride` apart on the device; 0: contiguous.
Cycles cycles_of(const models::ChipSpec& chip, Opcode opcode, bool to_buffer, Bytes more,
                 std::int64_t stride) {
  const auto cycles = [&](Bytes bytes) {
    compiler::StreamBuilder builder;
    builder.emit(Queue::hdma, opcode,
                 {{field::host, 4096},
                  {field::device, 0},
                  {field::host_bytes, static_cast<std::int64_t>(bytes)},
                  {field::host_run, stride == 0 ? 0 : 3},
                  {field::host_stride, stride}},
                 {}, to_buffer ? isa::kFlagToBuffer : std::uint8_t{0});
    return test::run_timing(chip, builder).statistics.cycles;
  };
  return cycles(3072 + more) - cycles(3072);
}

// A slow link limits: its packets carry the packed bytes alone. The buffer takes a word of whole strides a
// cycle, and each of its streams is asked for a cycle ahead.
TEST(PcieThroughput, OfRunsIsTheLinksOfTheirBytesAloneUntilTheBufferTakesItsStridesNoFaster) {
  for (const Opcode opcode : {Opcode::h2d, Opcode::d2h})
    for (const bool to_buffer : {false, true}) {
      const models::ChipSpec chip = test::link_chip(1, 1);
      const auto packed = static_cast<double>(cycles_of(chip, opcode, to_buffer, 6144, 0));
      EXPECT_NEAR(static_cast<double>(cycles_of(chip, opcode, to_buffer, 6144, 16)) / packed, 1, 0.02)
          << isa::info(opcode).mnemonic << (to_buffer ? " to buffer" : "");
    }
  const models::ChipSpec chip = test::link_chip(6, 16);
  const double words = 6144.0 / 3 * 16 / chip.arch.buffer_word_bytes;
  EXPECT_NEAR(static_cast<double>(cycles_of(chip, Opcode::h2d, true, 6144, 16)) / words, 1, 0.1);
}

// The link does not stand still between instructions: many small ones take as long as one.
TEST(PcieThroughput, OfInstructionsInARowIsThatOfOne) {
  for (const Opcode opcode : {Opcode::h2d, Opcode::d2h})
    for (const bool to_buffer : {false, true}) {
      models::ChipSpec chip = test::link_chip(3, 4);
      chip.pcie.latency_s = 500e-9;
      const auto cycles = [&](std::int64_t pieces) {
        compiler::StreamBuilder builder;
        for (std::int64_t i = 0; i < pieces; ++i)
          builder.emit(Queue::hdma, opcode,
                       {{field::host, 4096 + i * 49152 / pieces},
                        {field::device, i * 49152 / pieces},
                        {field::host_bytes, 49152 / pieces}},
                       {}, to_buffer ? isa::kFlagToBuffer : std::uint8_t{0});
        return static_cast<double>(test::run_timing(chip, builder).statistics.cycles);
      };
      EXPECT_NEAR(cycles(12) / cycles(1), 1, 0.03)
          << isa::info(opcode).mnemonic << (to_buffer ? " to buffer" : "");
    }
}

TEST(PcieThroughput, DoesNotDependOnTheEngine) {
  for (const Opcode opcode : {Opcode::h2d, Opcode::d2h}) {
    models::ChipSpec chip = test::link_chip(3, 4);
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

// SPDX-License-Identifier: Apache-2.0
// Throughput through the whole chip.
#include <fmt/format.h>

#include <algorithm>

#include "tests/support/pcie_laws.h"
#include "tests/support/small_program.h"
#include "tests/support/validation/pcie.h"

namespace nnp::test {
namespace {

namespace field = isa::field;
using isa::Opcode;

constexpr std::uint32_t kLanes[] = {1, 2, 4, 8, 16};
constexpr Bytes kTransfer = 1 << 19;

Cycles cycles(const models::ChipSpec& chip, Opcode opcode, Bytes bytes) {
  compiler::StreamBuilder builder;
  builder.emit(
      isa::Queue::hdma, opcode,
      {{field::host, 4096}, {field::device, 0}, {field::host_bytes, static_cast<std::int64_t>(bytes)}});
  return run_timing(chip, builder).statistics.cycles;
}

PcieCase measure(const models::ChipSpec& chip, Opcode opcode, double law) {
  const models::PcieSpec& pcie = chip.pcie;
  const Cycles more = cycles(chip, opcode, 2 * kTransfer) - cycles(chip, opcode, kTransfer);
  return {fmt::format("nnpsim --set pcie.generation={} pcie.lanes={} pcie.max_payload={} "
                      "pcie.max_read_request={} pcie.outstanding_reads={} pcie.latency={}",
                      pcie.generation, pcie.lanes, pcie.max_payload_bytes, pcie.max_read_request_bytes,
                      pcie.outstanding_reads, pcie.latency_s),
          static_cast<double>(kTransfer) /
              (static_cast<double>(more) * 1e-6 / static_cast<double>(chip.core_frequency_khz) * 1e3),
          law};
}

}  // namespace

models::ChipSpec link_chip(std::uint32_t generation, std::uint32_t lanes) {
  models::ChipSpec chip = plain_chip(8, 8);
  chip.arch.device_memory_bytes = chip.memory.capacity = 16 << 20;
  chip.dma.window_bytes = 1 << 20;
  chip.pcie.generation = generation, chip.pcie.lanes = lanes;
  chip.pcie.outstanding_reads = 1024;
  return chip;
}

std::vector<PcieCase> pcie_reads(std::uint32_t generation) {
  std::vector<PcieCase> cases;
  for (const std::uint32_t lanes : kLanes)
    for (const std::uint32_t payload : {128, 256, 1024, 4096})
      for (const std::uint32_t request : {128, 512, 4096}) {
        models::ChipSpec chip = link_chip(generation, lanes);
        chip.pcie.max_payload_bytes = payload, chip.pcie.max_read_request_bytes = request;
        cases.push_back(measure(chip, Opcode::h2d, pcie_read_bandwidth(chip.pcie)));
      }
  return cases;
}

std::vector<PcieCase> pcie_writes(std::uint32_t generation) {
  std::vector<PcieCase> cases;
  for (const std::uint32_t lanes : kLanes)
    for (const std::uint32_t payload : {128, 256, 1024, 4096}) {
      models::ChipSpec chip = link_chip(generation, lanes);
      chip.pcie.max_payload_bytes = payload;
      cases.push_back(measure(chip, Opcode::d2h, pcie_write_bandwidth(chip.pcie)));
    }
  return cases;
}

std::vector<PcieCase> pcie_few_reads(std::uint32_t generation) {
  std::vector<PcieCase> cases;
  for (const std::uint32_t lanes : {1u, 4u, 16u})
    for (const std::uint32_t request : {128, 512, 4096})
      for (const std::uint32_t reads : {1, 2, 8, 64}) {
        models::ChipSpec chip = link_chip(generation, lanes);
        chip.pcie.max_read_request_bytes = request, chip.pcie.outstanding_reads = reads;
        chip.pcie.latency_s = 500e-9;
        // The request is presented at the edge after its cycle; the answer is seen at the edge strictly
        // after its time.
        const double ns = std::floor(pcie_read_seconds(chip.pcie, request) * 1e9 + 1e-9) + 2;
        const double window = reads * request / (ns * 1e-9);
        cases.push_back(measure(chip, Opcode::h2d, std::min(window, pcie_read_bandwidth(chip.pcie))));
      }
  return cases;
}

std::vector<PcieCase> pcie_few_posted_headers() {
  std::vector<PcieCase> cases;
  for (const std::uint32_t generation : {1u, 3u, 6u})
    for (const std::uint32_t credits : {1u, 4u, 16u}) {
      models::ChipSpec chip = link_chip(generation, 16);
      chip.pcie.latency_s = 500e-9;
      chip.pcie.posted_header_credits = credits;
      const double loop = pcie_seconds(chip.pcie, 256 + pcie_request_overhead(chip.pcie)) + 1e-6;
      cases.push_back(
          measure(chip, Opcode::d2h, std::min(credits * 256 / loop, pcie_write_bandwidth(chip.pcie))));
    }
  return cases;
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "models/chips/idealise.h"

namespace nnp::models {
namespace {

// The best values that a chip file takes too, so that every answer can be had again by --set.
constexpr std::uint32_t kManyBanks = 1024, kDeepQueue = 4096, kShortestWay = 1;
constexpr double kBandwidth = 100e12, kShortestAnswer = 1e-12, kShortestLink = 1e-9;
constexpr Bytes kLargeFetchBuffer = Bytes{1} << 24;

void idealise_memory(ChipSpec& chip) {
  MemorySpec& memory = chip.memory;
  memory.preset = "ideal";
  memory.timing.clear();
  memory.ideal_bandwidth_bytes_per_s = kBandwidth;
  memory.ideal_latency_s = kShortestAnswer;
  memory.crossbar_latency_cycles = kShortestWay;
}

void idealise_link(ChipSpec& chip) {
  PcieSpec& link = chip.pcie;
  link.generation = 6, link.lanes = 16, link.outstanding_reads = 1024;
  link.max_payload_bytes = link.max_read_request_bytes = 4096;
  link.latency_s = kShortestLink;
  link.posted_header_credits = link.posted_data_credits = link.nonposted_header_credits = 0;
  link.completion_header_credits = link.completion_data_credits = 0;  // without limit
}

void idealise_front_end(ChipSpec& chip) {
  chip.front_end.dispatch_cycles = 1;
  chip.front_end.queue_depth = kDeepQueue;
  chip.front_end.fetch_buffer_bytes = kLargeFetchBuffer;
}

}  // namespace

const std::vector<ResourceInfo>& resources() {
  static const std::vector<ResourceInfo> list{
      {Resource::dram, "dram", "device memory of 100 TB/s that answers within a cycle"},
      {Resource::pcie, "pcie",
       "the fastest link (generation 6, 16 lanes), one nanosecond long, without credits"},
      {Resource::sram, "sram", "so many banks that streams never meet, read in one cycle"},
      {Resource::issue, "issue", "an instruction a cycle, queues and fetch buffer that never fill"},
      {Resource::array_fill, "array_fill",
       "loads, the way through the array and the drain take no time; only streams do"}};
  return list;
}

void idealise(ChipSpec& chip, Resource resource) {
  switch (resource) {
    case Resource::dram:
      idealise_memory(chip);
      break;
    case Resource::pcie:
      idealise_link(chip);
      break;
    case Resource::sram:
      chip.buffer.banks = kManyBanks;
      chip.buffer.read_latency_cycles = 1;
      break;
    case Resource::issue:
      idealise_front_end(chip);
      break;
    case Resource::array_fill:
      chip.array.ideal_fill = true;
      break;
  }
}

}  // namespace nnp::models

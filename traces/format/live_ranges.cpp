// SPDX-License-Identifier: Apache-2.0
#include "traces/format/live_ranges.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "isa/program/access.h"
#include "traces/format/codec_columns.h"

namespace nnp::traces {
namespace {

/// The buffer cut into intervals, each with its writer and its last reader so far.
class Buffer {
 public:
  void read(Address begin, Address end, std::uint32_t instruction) {
    cut(begin), cut(end);
    for (auto at = intervals_.lower_bound(begin); at != intervals_.end() && at->first < end; ++at)
      at->second.last_reader = instruction;
  }
  void write(Address begin, Address end, std::uint32_t instruction) {
    if (begin >= end) return;
    cut(begin), cut(end);
    auto at = intervals_.lower_bound(begin);
    while (at != intervals_.end() && at->first < end) close(*at), at = intervals_.erase(at);
    intervals_[begin] = {end, instruction, instruction};
  }
  std::vector<LiveRange> take() {
    for (const auto& interval : intervals_) close(interval);
    intervals_.clear();
    return std::move(ranges_);
  }

 private:
  struct Interval {
    Address end = 0;
    std::uint32_t writer = 0, last_reader = 0;
  };
  void cut(Address at) {
    auto after = intervals_.upper_bound(at);
    if (after == intervals_.begin()) return;
    auto& [begin, interval] = *std::prev(after);
    if (begin == at || interval.end <= at) return;
    intervals_[at] = interval;
    interval.end = at;
  }
  void close(const std::pair<const Address, Interval>& interval) {
    const auto& [begin, content] = interval;
    ranges_.push_back({content.writer, content.last_reader, content.end - begin, begin});
  }
  std::map<Address, Interval> intervals_;  // by begin, disjoint
  std::vector<LiveRange> ranges_;
};

}  // namespace

std::vector<LiveRange> live_ranges(const isa::Program& program, const isa::ArchSpec& arch) {
  Buffer buffer;
  for (const isa::Launch& launch : program.launches) {
    std::array<std::array<isa::Descriptor, 2>, isa::kQueues> descriptors{};
    for (std::uint32_t i = 0; i < launch.instruction_count; ++i) {
      const std::uint32_t index = launch.first_instruction + i;
      const isa::Instruction& instruction = program.instructions[index];
      isa::Descriptor& descriptor =
          descriptors[static_cast<std::size_t>(instruction.queue)][isa::descriptor_set(instruction)];
      if (instruction.opcode == isa::Opcode::cfg) {
        isa::apply_cfg(instruction, descriptor);
        continue;
      }
      const auto accesses = isa::accesses(instruction, descriptor, arch);
      for (const bool write : {false, true})
        for (const isa::Access& access : accesses)
          if (access.space == isa::Space::buffer && access.write == write)
            write ? buffer.write(access.begin, access.end, index)
                  : buffer.read(access.begin, access.end, index);
    }
  }
  std::vector<LiveRange> ranges = buffer.take();
  std::sort(ranges.begin(), ranges.end(), [](const LiveRange& a, const LiveRange& b) {
    return std::tie(a.writer, a.begin) < std::tie(b.writer, b.begin);
  });
  return ranges;
}

RawChunk encode(std::span<const LiveRange> ranges) {
  std::vector<ColumnWriter> c(4);
  for (const LiveRange& range : ranges) {
    c[0].put_delta(range.writer), c[1].put(range.last_reader - range.writer);
    c[2].put_delta(range.begin), c[3].put(range.bytes);
  }
  RawChunk chunk;
  chunk.payload = join(c);
  chunk.head.type = ChunkType::live_ranges;
  chunk.head.records = static_cast<std::uint32_t>(ranges.size());
  return chunk;
}

std::vector<LiveRange> decode_live_ranges(const ChunkHead& head, const std::vector<std::uint8_t>& payload) {
  auto c = columns_of(head, payload, 4);
  std::vector<LiveRange> ranges(head.records);
  for (LiveRange& range : ranges) {
    range.writer = narrow<std::uint32_t>(c[0].take_delta());
    range.last_reader = narrow<std::uint32_t>(range.writer + c[1].take());
    range.begin = c[2].take_delta(), range.bytes = c[3].take();
  }
  return ranges;
}

}  // namespace nnp::traces

// SPDX-License-Identifier: Apache-2.0
// Who wrote each byte of a space last, and who has read it since. Because order is transitive, a new access
// need only be compared with these: whoever came before them is before it too.
#pragma once

#include <array>
#include <cstdint>
#include <map>

#include "isa/instruction/opcode.h"
#include "isa/program/access.h"

namespace nnp::isa {

class AccessHistory {
 public:
  static constexpr std::uint32_t kNobody = 0xFFFFFFFF;

  struct Part {
    Address end = 0;
    std::uint32_t writer = kNobody;
    std::array<std::uint32_t, kQueues> readers;  // since the write, the last of each queue
    Part(Address end_, std::uint32_t writer_) : end(end_), writer(writer_) { readers.fill(kNobody); }
  };

  /// Notes an access by `instruction` of `queue`, and calls conflict(other, other_wrote, begin, end) for each
  /// earlier access that it must come after.
  template <typename Conflict>
  void note(const Access& access, std::uint32_t instruction, Queue queue, Conflict conflict) {
    if (access.begin >= access.end) return;
    cut(access.begin);
    cut(access.end);
    auto part = parts_.lower_bound(access.begin);
    Address done = access.begin;
    while (done < access.end) {
      const bool gap = part == parts_.end() || part->first > done;
      if (gap && access.write) {
        done = part == parts_.end() ? access.end : std::min(part->first, access.end);
        continue;
      }
      if (gap) {
        const Address end = part == parts_.end() ? access.end : std::min(part->first, access.end);
        part = parts_.emplace_hint(part, done, Part(end, kNobody));
      }
      compare(*part, access.write, conflict);
      part->second.readers[static_cast<std::size_t>(queue)] = instruction;
      done = part->second.end;
      ++part;
    }
    if (access.write) {
      parts_.erase(parts_.lower_bound(access.begin), parts_.lower_bound(access.end));
      parts_.emplace(access.begin, Part(access.end, instruction));
    }
  }

 private:
  template <typename Conflict>
  static void compare(const std::pair<const Address, Part>& part, bool write, Conflict& conflict) {
    const auto& [begin, state] = part;
    if (state.writer != kNobody) conflict(state.writer, true, begin, state.end);
    if (!write) return;
    for (const std::uint32_t reader : state.readers) {
      if (reader != kNobody) conflict(reader, false, begin, state.end);
    }
  }

  /// Makes `at` a border between parts.
  void cut(Address at) {
    auto after = parts_.upper_bound(at);
    if (after == parts_.begin()) return;
    auto part = std::prev(after);
    if (part->first == at || part->second.end <= at) return;
    parts_.emplace_hint(after, at, part->second);
    part->second.end = at;
  }

  std::map<Address, Part> parts_;  // by first address; parts do not overlap
};

}  // namespace nnp::isa

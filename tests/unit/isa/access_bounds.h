// SPDX-License-Identifier: Apache-2.0
// What an enumeration of the elements that an instruction touches is held against accesses() with.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "isa/program/access.h"

namespace nnp::isa {

struct Bounds {
  std::int64_t begin = INT64_MAX, end = INT64_MIN;
  void touch(std::int64_t at, std::int64_t bytes) {
    begin = std::min(begin, at);
    end = std::max(end, at + bytes);
  }
  bool empty() const { return begin >= end; }
};

/// The single access of a space and direction; fails the test when there are several.
inline std::optional<Access> only(const std::vector<Access>& found, Space space, bool write) {
  std::optional<Access> one;
  for (const Access& access : found) {
    if (access.space != space || access.write != write) continue;
    EXPECT_FALSE(one) << "two accesses of one kind";
    one = access;
  }
  return one;
}

inline void expect_bounds(const std::vector<Access>& found, Space space, bool write, const Bounds& bounds) {
  const auto access = only(found, space, write);
  ASSERT_EQ(access.has_value(), !bounds.empty());
  if (!access) return;
  EXPECT_EQ(static_cast<std::int64_t>(access->begin), bounds.begin);
  EXPECT_EQ(static_cast<std::int64_t>(access->end), bounds.end);
}

inline constexpr std::int64_t kBase = 1 << 20;

inline Instruction make(Opcode opcode, Queue queue,
                        std::initializer_list<std::pair<const Field*, std::int64_t>> fields) {
  Instruction instruction;
  instruction.opcode = opcode;
  instruction.queue = queue;
  for (const auto& [field, value] : fields) instruction.set(*field, value);
  return instruction;
}

}  // namespace nnp::isa

// SPDX-License-Identifier: Apache-2.0
// The hash that ties a program to the chips it may run on.
#include "isa/arch/arch_spec.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

namespace nnp::isa {
namespace {

TEST(ArchSpec, EveryFieldChangesTheHash) {
  const std::vector<std::function<void(ArchSpec&)>> changes = {
      [](ArchSpec&) {},
      [](ArchSpec& a) { a.array_kind = ArrayKind::output_stationary; },
      [](ArchSpec& a) { a.array_kind = ArrayKind::input_stationary; },
      [](ArchSpec& a) { a.array_kind = ArrayKind::adder_tree; },
      [](ArchSpec& a) { a.array_rows = 1; },
      [](ArchSpec& a) { a.array_cols = 1; },
      [](ArchSpec& a) { a.most_rows = 1; },
      [](ArchSpec& a) { a.weight_fetch = WeightFetch::padded; },
      [](ArchSpec& a) { a.weight_align_bytes = 128; },
      [](ArchSpec& a) { a.weight_fifo_tiles = 1; },
      [](ArchSpec& a) { a.residency = Residency::layer; },
      [](ArchSpec& a) { a.accumulator_rows = 1; },
      [](ArchSpec& a) { a.unified_buffer_bytes = 1; },
      [](ArchSpec& a) { a.buffer_word_bytes = 1; },
      [](ArchSpec& a) { a.channel_align_bytes = 1; },
      [](ArchSpec& a) { a.device_memory_bytes = 1; },
      [](ArchSpec& a) { a.precisions = {Precision::int8}; },
      [](ArchSpec& a) { a.precisions = {Precision::int8x16}; },
      [](ArchSpec& a) {
        a.precisions = {Precision::int8, Precision::int8x16};
      },
  };
  std::set<std::uint64_t> hashes;
  for (const auto& change : changes) {
    ArchSpec arch;
    change(arch);
    hashes.insert(hash(arch));
  }
  EXPECT_EQ(hashes.size(), changes.size());
}

TEST(ArchSpec, TheOrderOfPrecisionsDoesNotChangeTheHash) {
  ArchSpec a, b;
  a.precisions = {Precision::int8, Precision::bf16};
  b.precisions = {Precision::bf16, Precision::int8, Precision::bf16};
  EXPECT_EQ(hash(a), hash(b));
}

}  // namespace
}  // namespace nnp::isa

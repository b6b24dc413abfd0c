// SPDX-License-Identifier: Apache-2.0
// A batch that goes through the network in parts, and convolutions whose instructions take positions of
// several images: legal, and what the naive reference computes of the whole batch.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/codegen/codegen.h"
#include "compiler/mapping/candidates.h"
#include "compiler/tiling/sub_batch.h"
#include "tests/support/naive_run.h"

namespace nnp {
namespace {

class BatchInParts : public testing::TestWithParam<std::uint64_t> {};

TEST_P(BatchInParts, IsLegalAndComputesWhatTheWholeBatchDoes) {
  const char* only = std::getenv("NNPSIM_SEED");
  const std::uint64_t seed = only == nullptr ? GetParam() : std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(fmt::format(
      "reproduce: NNPSIM_SEED={} test_batch_in_parts --gtest_filter='Seeds/BatchInParts.*/0'", seed));
  std::mt19937_64 random(seed);
  const std::int64_t part = 1 + static_cast<std::int64_t>(random() % 3),
                     batch = part * (1 + static_cast<std::int64_t>(random() % 4));
  auto made = test::make_case(test::random_batched_network(seed, batch), test::random_chip(seed), seed);
  const isa::ArchSpec& arch = made.chip.arch;
  ir::Graph graph = made.graph;
  compiler::schedule(graph);
  const std::string fault = compiler::fault_of_parts(graph, batch);
  if (!fault.empty()) GTEST_SKIP() << fault << "\n" << ir::print(graph);
  compiler::CodegenOptions options{
      made.chip.name, isa::Precision::int8, static_cast<std::uint32_t>(batch), {}};
  options.mapping.sub_batch = part;
  const compiler::PlacedPart placed(graph, arch, options.batch, part);
  for (const ir::Node& node : placed.graph().nodes) {
    const auto problem = compiler::mac_problem(placed.graph(), node, placed.plan(), arch);
    if (!problem) continue;
    if (const auto tiling = compiler::random_tiling(*problem, arch, random, 2000))
      options.mapping.mac[node.name] = *tiling;
  }
  made.program = compiler::generate(graph, arch, options);
  test::expect_ordered_and_naive(made);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BatchInParts, testing::Range<std::uint64_t>(0, 150));

}  // namespace
}  // namespace nnp

// SPDX-License-Identifier: Apache-2.0
// However a layer is cut, its values are the same and its code is a legal mapping. A failure prints the seed:
// NNPSIM_SEED=n runs it alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/mapping/candidates.h"
#include "tests/support/mapping_law.h"
#include "tests/support/naive_run.h"

namespace nnp {
namespace {

class RandomMappings : public testing::TestWithParam<std::uint64_t> {};

TEST_P(RandomMappings, AreLegalAndComputeWhatTheNaiveReferenceComputes) {
  const char* only = std::getenv("NNPSIM_SEED");
  const std::uint64_t seed = only == nullptr ? GetParam() : std::strtoull(only, nullptr, 10);
  SCOPED_TRACE(fmt::format(
      "reproduce: NNPSIM_SEED={} test_random_mappings --gtest_filter='Seeds/RandomMappings.*/0'", seed));
  std::mt19937_64 random(seed);
  auto made = test::make_case(seed % 3 == 0   ? test::random_grouped_convolutions(seed)
                              : seed % 3 == 1 ? test::random_products(seed)
                                              : test::random_network(seed),
                              test::random_chip(seed), seed);
  const isa::ArchSpec& arch = made.chip.arch;
  ir::Graph graph = made.graph;
  compiler::schedule(graph);
  const compiler::MemoryPlan plan = compiler::place_values(graph, arch);
  compiler::CodegenOptions options{made.chip.name, isa::Precision::int8, 1, {}};
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto problem = compiler::mac_problem(graph, graph.nodes[i], plan, arch);
    if (!problem) continue;
    const auto tiling = compiler::random_tiling(*problem, arch, random, 2000);
    if (!tiling) continue;
    options.mapping.mac[graph.nodes[i].name] = *tiling;
    const auto broken = test::broken_mapping_rules(compiler::generate_layer(graph, i, plan, arch, options),
                                                   graph, graph.nodes[i], plan, arch);
    EXPECT_TRUE(broken.empty()) << graph.nodes[i].name << ": " << broken.front();
  }
  made.program = compiler::generate(graph, arch, options);
  test::expect_ordered_and_naive(made);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomMappings, testing::Range<std::uint64_t>(0, 150));

}  // namespace
}  // namespace nnp

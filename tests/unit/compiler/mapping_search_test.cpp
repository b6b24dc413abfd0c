// SPDX-License-Identifier: Apache-2.0
// The search: what it looks at is legal, it takes the cheapest, the evaluator has the last word, and neither
// threads nor repetition change the answer.
#include "compiler/mapping/search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "compiler/mapping/by_model.h"
#include "tests/support/random_network.h"

namespace nnp::compiler {
namespace {

struct Network {
  ir::Graph graph;
  isa::ArchSpec arch;
  MemoryPlan plan;
  explicit Network(std::uint64_t seed)
      : graph(test::random_network(seed)), arch(test::random_chip(seed).arch) {
    arch.unified_buffer_bytes = Bytes{1} << 20;
    arch.accumulator_rows = std::max(arch.accumulator_rows, 64u);
    schedule(graph);
    plan = place_values(graph, arch);
  }
  std::vector<LayerChoice> search(const SearchOptions& options) const {
    return search_mappings(graph, plan, arch, {}, options);
  }
};

/// Made up: least with tiles of five positions and narrow slices.
Prediction distance(const MacProblem&, const MacTiling& t, ir::DType) {
  return {1000 * std::abs(static_cast<double>(t.tile_m - 5)) + static_cast<double>(t.slice_n), 0};
}

/// A program costs its instructions, or the other way round.
class Counter : public Evaluator {
 public:
  explicit Counter(bool more_is_better) : more_is_better_(more_is_better) {}
  Cycles cycles(const isa::Program& program) override {
    ++asked;
    return more_is_better_ ? 1'000'000 - program.instructions.size() : program.instructions.size();
  }
  std::atomic<int> asked{0};

 private:
  bool more_is_better_;
};

TEST(MappingSearch, LooksAtLegalTilingsOnlyAndAtTheDefault) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Network network(seed);
    for (const ir::Node& node : network.graph.nodes) {
      const auto problem = mac_problem(network.graph, node, network.plan, network.arch);
      if (!problem) continue;
      const auto list = candidates(*problem, network.arch);
      for (std::size_t i = 0; i < list.size(); ++i) {
        EXPECT_EQ(fault_of(*problem, list[i], network.arch), "") << "seed " << seed;
        EXPECT_EQ(std::ranges::count(list, list[i]), 1) << "seed " << seed;
      }
      const auto otherwise = choose_tiling(*problem, network.arch);
      EXPECT_EQ(std::ranges::count(list, otherwise.value_or(MacTiling{})), otherwise ? 1 : 0)
          << "seed " << seed;
    }
  }
}

TEST(MappingSearch, ByModelTakesWhatThePredictionFindsCheapest) {
  const Network network(3);
  const auto choices = network.search({Effort::model, distance, nullptr, 1});
  ASSERT_FALSE(choices.empty());
  for (const LayerChoice& choice : choices) {
    ASSERT_FALSE(choice.ranking.empty());
    ASSERT_LE(choice.ranking.size(), choice.looked_at);
    for (std::size_t i = 1; i < choice.ranking.size(); ++i)
      EXPECT_LE(choice.ranking[i - 1].predicted.cycles, choice.ranking[i].predicted.cycles);
    EXPECT_EQ(best_of({choice}, {}).mac.at(choice.layer), choice.ranking.front().tiling);
  }
}

TEST(MappingSearch, PredictsNothingThatIsLeftBehindByItsLeastCost) {
  const Network network(3);
  int predicted = 0;
  const Predictor counted = [&](const MacProblem& problem, const MacTiling& tiling, ir::DType type) {
    ++predicted;
    return distance(problem, tiling, type);
  };
  const auto all = network.search({Effort::model, counted, nullptr, 1});
  const int of_all = std::exchange(predicted, 0);
  const auto few = network.search({Effort::model, counted, nullptr, 1, 0, distance});
  EXPECT_LT(predicted, of_all / 2);
  ASSERT_EQ(few.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(few[i].looked_at, all[i].looked_at);
    ASSERT_EQ(few[i].ranking.size(), all[i].ranking.size());
    for (std::size_t k = 0; k < all[i].ranking.size(); ++k)
      EXPECT_EQ(few[i].ranking[k].tiling, all[i].ranking[k].tiling) << all[i].layer << ", rank " << k;
  }
}

TEST(MappingSearch, OfTheCostModelNeedsNoMoreThanItsLeastAndRanksTheSame) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const Network network(seed);
    models::ChipSpec chip = test::random_chip(seed);
    chip.arch = network.arch;
    const SearchOptions pruned = search_by_model(chip, Effort::model, nullptr, 1);
    SearchOptions whole = pruned;
    whole.least = nullptr;
    const auto some = network.search(pruned), all = network.search(whole);
    ASSERT_EQ(some.size(), all.size());
    for (std::size_t i = 0; i < all.size(); ++i)
      for (std::size_t k = 0; k < all[i].ranking.size(); ++k)
        EXPECT_EQ(some[i].ranking.at(k).tiling, all[i].ranking[k].tiling)
            << "seed " << seed << ", layer " << all[i].layer << ", rank " << k;
  }
}

TEST(MappingSearch, BySimulationTakesWhatTheEvaluatorFindsCheapestOfTheBestPredicted) {
  const Network network(3);
  Counter few(false), many(true);
  const auto fewest = network.search({Effort::simulate, distance, &few, 1});
  const auto most = network.search({Effort::simulate, distance, &many, 1});
  ASSERT_EQ(fewest.size(), most.size());
  EXPECT_GT(few.asked, 0);
  bool differ = false;
  for (std::size_t i = 0; i < fewest.size(); ++i) {
    for (const Candidate& candidate : fewest[i].ranking) {
      ASSERT_TRUE(candidate.simulated);
      EXPECT_GE(*candidate.simulated, *fewest[i].ranking.front().simulated);
    }
    differ |= fewest[i].ranking.front().tiling != most[i].ranking.front().tiling;
  }
  EXPECT_TRUE(differ);
}

TEST(MappingSearch, GivesTheSameAnswerWithManyThreads) {
  const Network network(3);
  const auto chosen = [&](unsigned jobs) {
    Counter counter(false);
    return best_of(network.search({Effort::thorough, distance, &counter, jobs}), {});
  };
  EXPECT_EQ(chosen(1), chosen(4));
}

TEST(MappingSearch, LeavesFixedLayersAlone) {
  const Network network(3);
  const auto all = network.search({Effort::model, distance, nullptr, 1});
  CodegenOptions fixed;
  fixed.mapping.mac[all.front().layer] = all.front().ranking.back().tiling;
  const auto rest = search_mappings(network.graph, network.plan, network.arch, fixed,
                                    {Effort::model, distance, nullptr, 1});
  EXPECT_EQ(rest.size() + 1, all.size());
  const Mapping mapping = best_of(rest, fixed.mapping);
  EXPECT_EQ(mapping.mac.at(all.front().layer), all.front().ranking.back().tiling);
  EXPECT_EQ(mapping.mac.size(), all.size());
}

TEST(MappingSearch, ThrowsWhatAnEvaluatorThrowsAfterItsThreadsAreDone) {
  class Faulty : public Evaluator {
    Cycles cycles(const isa::Program&) override { throw std::runtime_error("no"); }
  } faulty;
  EXPECT_THROW(Network(3).search({Effort::simulate, distance, &faulty, 4}), std::runtime_error);
}

}  // namespace
}  // namespace nnp::compiler

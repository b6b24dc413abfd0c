// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <queue>
#include <tuple>

#include "compiler/mapping/problem_key.h"
#include "compiler/mapping/workers.h"

namespace nnp::compiler {
namespace {

/// How wide an effort looks: the grid, how many of the best predicted are ranked, and whether they are timed.
struct Width {
  Grid grid;
  std::size_t ranked;
  bool timed;
};
Width width_of(Effort effort) {
  switch (effort) {
    case Effort::model:
      return {{10, 6, 8}, 8, false};
    case Effort::simulate:
      return {{10, 6, 8}, 8, true};
    case Effort::thorough:
      return {{24, 12, 20}, 64, true};
  }
  return {};
}

/// In whole cycles: what the last bits of a host's arithmetic say decides nothing.
long long cost(double cycles, double memory) { return std::llround(cycles + kMemoryPrice * memory); }
long long cost(const Prediction& prediction) { return cost(prediction.cycles, prediction.memory); }
long long cost_of(const Candidate& candidate) {
  return candidate.simulated ? cost(static_cast<double>(*candidate.simulated), candidate.predicted.memory)
                             : cost(candidate.predicted);
}

/// The lowest few of the costs seen.
class Lowest {
 public:
  explicit Lowest(std::size_t few) : few_(few) {}
  void add(long long cost) {
    costs_.push(cost);
    if (costs_.size() > few_) costs_.pop();
  }
  bool excludes(long long cost) const { return costs_.size() == few_ && cost > costs_.top(); }

 private:
  std::size_t few_;
  std::priority_queue<long long> costs_;
};

class Searcher {
 public:
  Searcher(const ir::Graph& graph, const MemoryPlan& plan, const isa::ArchSpec& arch,
           const CodegenOptions& fixed, const SearchOptions& options)
      : graph_(graph),
        plan_(plan),
        arch_(arch),
        fixed_(fixed),
        options_(options),
        width_(width_of(options.effort)) {}

  std::vector<LayerChoice> run() {
    std::vector<LayerChoice> choices;
    std::map<std::string, std::size_t> first_of;  // by problem: index into choices
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const ir::Node& node = graph_.nodes[i];
      const auto problem = mac_problem(graph_, node, plan_, arch_);
      if (!problem || fixed_.mapping.mac.contains(node.name)) continue;
      const auto [same, is_new] = first_of.try_emplace(problem_key(graph_, node, *problem), choices.size());
      choices.push_back(is_new ? rank(i, *problem) : choices[same->second]);
      choices.back().layer = node.name;
    }
    return choices;
  }

 private:
  LayerChoice rank(std::size_t node, const MacProblem& problem) {
    const ir::DType type = graph_.values[graph_.nodes[node].inputs[0]].type;
    const std::vector<MacTiling> tilings = candidates(problem, arch_, width_.grid);
    LayerChoice choice{{}, best_predicted(problem, tilings, type), tilings.size()};
    if (!width_.timed) return choice;
    in_parallel(options_.jobs, choice.ranking.size(),
                [&](std::size_t i) { choice.ranking[i].simulated = time(node, choice.ranking[i].tiling); });
    sort(choice.ranking);
    return choice;
  }

  /// In the order of what they cost at least, up to those that cost more than the best few really do.
  std::vector<Candidate> best_predicted(const MacProblem& problem, const std::vector<MacTiling>& tilings,
                                        ir::DType type) const {
    std::vector<std::pair<long long, std::size_t>> open;  // least cost, index
    for (std::size_t i = 0; i < tilings.size(); ++i)
      open.emplace_back(options_.least ? cost(options_.least(problem, tilings[i], type)) : 0, i);
    std::ranges::sort(open);
    Lowest best(width_.ranked);
    std::map<std::size_t, Candidate> predicted;  // by index
    for (const auto& [least, i] : open) {
      if (best.excludes(least)) break;
      const Prediction prediction = options_.predict(problem, tilings[i], type);
      predicted.emplace(i, Candidate{tilings[i], prediction, std::nullopt});
      best.add(cost(prediction));
    }
    std::vector<Candidate> ranking;
    for (auto& [i, candidate] : predicted) ranking.push_back(std::move(candidate));
    sort(ranking);
    ranking.resize(std::min(ranking.size(), width_.ranked));
    return ranking;
  }

  Cycles time(std::size_t node, const MacTiling& tiling) const {
    CodegenOptions options = fixed_;
    options.mapping.mac[graph_.nodes[node].name] = tiling;
    return options_.evaluator->cycles(generate_layer(graph_, node, plan_, arch_, options));
  }

  /// Ties keep the order of candidates().
  static void sort(std::vector<Candidate>& ranking) { std::ranges::stable_sort(ranking, {}, cost_of); }

  const ir::Graph& graph_;
  const MemoryPlan& plan_;
  const isa::ArchSpec& arch_;
  const CodegenOptions& fixed_;
  const SearchOptions& options_;
  Width width_;
};

}  // namespace

const char* to_string(Effort effort) {
  switch (effort) {
    case Effort::model:
      return "model";
    case Effort::simulate:
      return "simulate";
    case Effort::thorough:
      return "thorough";
  }
  return "";
}

std::vector<LayerChoice> search_mappings(const ir::Graph& graph, const MemoryPlan& plan,
                                         const isa::ArchSpec& arch, const CodegenOptions& fixed,
                                         const SearchOptions& options) {
  return Searcher(graph, plan, arch, fixed, options).run();
}

Mapping best_of(const std::vector<LayerChoice>& choices, Mapping fixed) {
  for (const LayerChoice& choice : choices)
    if (!choice.ranking.empty()) fixed.mac.try_emplace(choice.layer, choice.ranking.front().tiling);
  return fixed;
}

}  // namespace nnp::compiler

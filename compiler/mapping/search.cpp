// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/search.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "compiler/mapping/problem_key.h"
#include "compiler/mapping/workers.h"

namespace nnp::compiler {
namespace {

/// How wide an effort looks: the grid, and how many of the best predicted are timed.
struct Width {
  Grid grid;
  std::size_t timed;
};
Width width_of(Effort effort) {
  switch (effort) {
    case Effort::model:
      return {{10, 6, 8}, 0};
    case Effort::simulate:
      return {{10, 6, 8}, 8};
    case Effort::thorough:
      return {{24, 12, 20}, 64};
  }
  return {};
}

/// In whole cycles: what the last bits of a host's arithmetic say decides nothing.
long long cost(const Candidate& candidate) {
  const double alone =
      candidate.simulated ? static_cast<double>(*candidate.simulated) : candidate.predicted.cycles;
  return std::llround(alone + kMemoryPrice * candidate.predicted.memory);
}

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
    LayerChoice choice;
    for (const MacTiling& tiling : candidates(problem, arch_, width_.grid))
      choice.ranking.push_back({tiling, options_.predict(problem, tiling, type), std::nullopt});
    choice.looked_at = choice.ranking.size();
    sort(choice.ranking);
    if (width_.timed == 0 || choice.ranking.empty()) return choice;
    choice.ranking.resize(std::min(choice.ranking.size(), width_.timed));
    in_parallel(options_.jobs, choice.ranking.size(),
                [&](std::size_t i) { choice.ranking[i].simulated = time(node, choice.ranking[i].tiling); });
    sort(choice.ranking);
    return choice;
  }

  Cycles time(std::size_t node, const MacTiling& tiling) const {
    CodegenOptions options = fixed_;
    options.mapping.mac[graph_.nodes[node].name] = tiling;
    return options_.evaluator->cycles(generate_layer(graph_, node, plan_, arch_, options));
  }

  /// Ties keep the order of candidates().
  static void sort(std::vector<Candidate>& ranking) { std::ranges::stable_sort(ranking, {}, cost); }

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

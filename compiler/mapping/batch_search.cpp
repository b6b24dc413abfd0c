// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/batch_search.h"

#include <algorithm>
#include <limits>

#include "compiler/tiling/sub_batch.h"

namespace nnp::compiler {
namespace {

class BatchSearch {
 public:
  BatchSearch(const ir::Graph& graph, const isa::ArchSpec& arch, const CodegenOptions& fixed,
              const SearchOptions& options)
      : graph_(graph), arch_(arch), fixed_(fixed), options_(options) {}

  Mapping run() {
    if (!has_a_choice()) return mapping_of(fixed_.mapping.sub_batch, options_);
    SearchOptions by_prediction = options_;
    by_prediction.effort = Effort::model;
    std::int64_t best = fixed_.batch;
    double fewest = std::numeric_limits<double>::infinity();
    Mapping chosen;
    const std::size_t always_spilled = spilled(PlacedPart(graph_, arch_, fixed_.batch, 1)).size();
    for (std::int64_t part = fixed_.batch; part >= 1; --part) {
      if (fixed_.batch % part != 0) continue;
      const PlacedPart placed(graph_, arch_, fixed_.batch, part);
      const auto choices = search_mappings(placed.graph(), placed.plan(), arch_, fixed_, by_prediction);
      const double cycles = predicted(placed, choices) * static_cast<double>(fixed_.batch / part);
      if (cycles < fewest) fewest = cycles, best = part, chosen = best_of(choices, {});
      if (spilled(placed).size() <= always_spilled) break;
    }
    best = best == fixed_.batch ? 0 : best;
    if (options_.effort != Effort::model) return mapping_of(best, options_);
    chosen.sub_batch = best;
    return chosen;
  }

 private:
  bool has_a_choice() const {
    return fixed_.batch > 1 && fixed_.mapping == Mapping{} && arch_.residency == isa::Residency::network &&
           options_.bytes_per_cycle > 0 && fault_of_parts(graph_, fixed_.batch).empty();
  }

  Mapping mapping_of(std::int64_t sub_batch, const SearchOptions& options) const {
    CodegenOptions of_part = fixed_;
    of_part.mapping.sub_batch = sub_batch;
    const PlacedPart placed(graph_, arch_, fixed_.batch, sub_batch);
    return best_of(search_mappings(placed.graph(), placed.plan(), arch_, of_part, options), of_part.mapping);
  }

  bool in_memory(const PlacedPart& placed, ir::ValueId id) const {
    if (id == ir::kNoValue || placed.graph().values[id].constant) return false;
    const Placement& place = placed.plan().values[id];
    return place.on_chip && !place.in_buffer && !place.passing;
  }

  /// Nodes that read or make a value that is in device memory.
  std::vector<const ir::Node*> spilled(const PlacedPart& placed) const {
    std::vector<const ir::Node*> nodes;
    for (const ir::Node& node : placed.graph().nodes) {
      const auto there = [&](ir::ValueId id) { return in_memory(placed, id); };
      if (!node.on_host &&
          (std::ranges::any_of(node.inputs, there) || std::ranges::any_of(node.outputs, there)))
        nodes.push_back(&node);
    }
    return nodes;
  }

  double predicted(const PlacedPart& placed, const std::vector<LayerChoice>& choices) const {
    double cycles = 0;
    for (const LayerChoice& choice : choices)
      if (!choice.ranking.empty()) cycles += choice.ranking.front().predicted.cycles;
    for (const ir::Node* node : spilled(placed)) {
      if (mac_problem(placed.graph(), *node, placed.plan(), arch_) || shares_storage(placed.graph(), *node))
        continue;
      if (placed.plan().tail_at(static_cast<std::size_t>(node - placed.graph().nodes.data())) != nullptr)
        continue;
      Bytes bytes = 0;
      for (const auto* ids : {&node->inputs, &node->outputs})
        for (const ir::ValueId id : *ids)
          if (in_memory(placed, id)) bytes += layout_of(placed.graph().values[id], arch_).bytes();
      cycles += static_cast<double>(bytes) / options_.bytes_per_cycle;
    }
    return cycles;
  }

  const ir::Graph& graph_;
  const isa::ArchSpec& arch_;
  const CodegenOptions& fixed_;
  const SearchOptions& options_;
};

}  // namespace

Mapping map_network(const ir::Graph& scheduled, const isa::ArchSpec& arch, const CodegenOptions& fixed,
                    const SearchOptions& options) {
  return BatchSearch(scheduled, arch, fixed, options).run();
}

}  // namespace nnp::compiler

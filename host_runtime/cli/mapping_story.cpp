// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/mapping_story.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "compiler/mapping/mapping_file.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/mapping_choice.h"
#include "host_runtime/cli/table.h"

namespace nnp::cli {
namespace {

constexpr std::size_t kShown = 6;  // runners-up in the text

nlohmann::ordered_json json_of(const compiler::Candidate& candidate) {
  const compiler::MacTiling& tiling = candidate.tiling;
  nlohmann::ordered_json object{{"P", tiling.band_lines},
                                {"M", tiling.slice_n},
                                {"PQ", tiling.tile_m},
                                {"buffers", tiling.input_buffers},
                                {"predicted_cycles", candidate.predicted.cycles},
                                {"alone_cycles", nullptr}};
  if (candidate.simulated) object["alone_cycles"] = *candidate.simulated;
  return object;
}

}  // namespace

std::optional<MappingStory> mapping_story(const compiler::CompiledNetwork& network, std::size_t layer,
                                          const MappingChoice& choice, const models::ChipSpec& chip) {
  const compiler::PlacedPart part(network.quantised, chip.arch, network.program.batch,
                                  network.mapping.sub_batch);
  const ir::Graph& graph = part.graph();
  const compiler::MemoryPlan& plan = part.plan();
  const ir::Node& node = graph.nodes[layer];
  const auto problem = compiler::mac_problem(graph, node, plan, chip.arch);
  if (!problem) return std::nullopt;

  MappingStory story;
  const auto where = [](bool resident) { return resident ? "the buffer" : "device memory"; };
  story.places = fmt::format("  input comes from {}, output goes to {}\n", where(problem->in_resident),
                             where(problem->out_resident));
  if (const compiler::FusedTail* tail = plan.tail_taking(node.outputs[0])) {
    const std::string& name = graph.nodes[tail->node].name;
    story.places +=
        tail->adds()
            ? fmt::format("  behind each tile the sum of layer {}: {} comes from {}, its sum goes out\n",
                          name, graph.values[tail->other].name, where(!problem->shape.loads_addend))
            : fmt::format("  behind the tiles the pool of layer {}: its results go out\n", name);
  }
  story.tiling = network.mapping.mac.at(node.name);
  story.loops = compiler::loop_nest(problem->shape, story.tiling, chip.arch);
  compiler::CodegenOptions others{chip.name, network.program.precision, network.program.batch,
                                  network.mapping};
  others.mapping.mac.erase(node.name);
  MappingChoice timed = choice;
  timed.search = std::max(choice.search, compiler::Effort::simulate);
  auto found = search(part, others, timed, chip);
  story.looked_at = found.front().looked_at;
  story.ranking = std::move(found.front().ranking);
  story.given =
      !choice.file.empty() &&
      std::ranges::find(story.ranking, story.tiling, &compiler::Candidate::tiling) == story.ranking.end();
  return story;
}

std::string text_of(const MappingStory& story) {
  std::string text = "Mapping\n";
  for (const std::string& line : story.loops) text += fmt::format("  {}\n", line);
  text += fmt::format(
      "\n  {} mappings were looked at by formula, the best {} timed, the layer alone. They are ranked by "
      "that and\n"
      "  {:.0f} % of the cycles that they keep device memory busy, which neighbours want too:\n",
      count_text(story.looked_at), story.ranking.size(), 100 * compiler::kMemoryPrice);
  Table table({{"P"}, {"M"}, {"PQ"}, {"buffers"}, {"predicted"}, {"alone"}, {"", Table::Align::left}});
  for (std::size_t i = 0; i < std::min(kShown, story.ranking.size()); ++i) {
    const auto& [tiling, predicted, simulated] = story.ranking[i];
    table.add({count_text(static_cast<std::uint64_t>(tiling.band_lines)),
               count_text(static_cast<std::uint64_t>(tiling.slice_n)),
               count_text(static_cast<std::uint64_t>(tiling.tile_m)), fmt::format("{}", tiling.input_buffers),
               count_text(static_cast<std::uint64_t>(predicted.cycles)),
               simulated ? count_text(*simulated) : "-", tiling == story.tiling ? "in this run" : ""});
  }
  text += table.text();
  const bool shown =
      std::ranges::find(story.ranking, story.tiling, &compiler::Candidate::tiling) != story.ranking.end();
  if (!shown)
    text += fmt::format("  This run has P {}, M {}, PQ {}, buffers {}{}.\n", story.tiling.band_lines,
                        story.tiling.slice_n, story.tiling.tile_m, story.tiling.input_buffers,
                        story.given ? ", from the mapping file" : ", which the formula ranks first");
  return text;
}

nlohmann::ordered_json json_of(const MappingStory& story) {
  nlohmann::ordered_json ranking = nlohmann::ordered_json::array();
  for (const compiler::Candidate& candidate : story.ranking) ranking.push_back(json_of(candidate));
  return {{"P", story.tiling.band_lines}, {"M", story.tiling.slice_n},
          {"PQ", story.tiling.tile_m},    {"buffers", story.tiling.input_buffers},
          {"loops", story.loops},         {"looked_at", story.looked_at},
          {"ranking", std::move(ranking)}};
}

}  // namespace nnp::cli

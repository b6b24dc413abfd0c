// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/layer_story.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "host_runtime/cli/bound_text.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/figures.h"

namespace nnp::cli {
namespace {

std::string shape_text(const ir::Graph& graph, ir::ValueId id) {
  const ir::Value& value = graph.values[id];
  return fmt::format("{} [{}]", to_string(value.type), fmt::join(value.shape, ", "));
}

std::string shape_lines(const ir::Graph& graph, const ir::Node& node) {
  std::string text;
  for (const ir::ValueId id : node.inputs)
    if (id != ir::kNoValue)
      text +=
          fmt::format("  {:<9}{}\n", graph.values[id].constant ? "constant" : "input", shape_text(graph, id));
  for (const ir::ValueId id : node.outputs)
    if (id != ir::kNoValue) text += fmt::format("  {:<9}{}\n", "output", shape_text(graph, id));
  return text;
}

/// Matrix instructions as the program has them.
struct Instructions {
  std::uint64_t count = 0, most_m = 0, most_k = 0, most_n = 0;
};
Instructions instructions_of(const isa::Program& program, std::size_t layer) {
  Instructions all;
  for (const isa::Instruction& instruction : program.instructions) {
    if (instruction.layer != layer || instruction.queue != isa::Queue::matrix ||
        (instruction.opcode != isa::Opcode::matmul && instruction.opcode != isa::Opcode::conv))
      continue;
    ++all.count;
    all.most_m = std::max(all.most_m, instruction.get(isa::field::mx_m));
    all.most_k = std::max(all.most_k, instruction.get(isa::field::mx_k));
    all.most_n = std::max(all.most_n, instruction.get(isa::field::mx_n));
  }
  return all;
}

}  // namespace

std::size_t layer_named(const std::vector<isa::LayerInfo>& layers, const std::string& name) {
  std::vector<std::string> names;
  for (const isa::LayerInfo& layer : layers) names.push_back(layer.name);
  if (const auto found = std::ranges::find(names, name); found != names.end())
    return static_cast<std::size_t>(found - names.begin());
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (std::ranges::find(layers[i].onnx_nodes, name) != layers[i].onnx_nodes.end()) return i;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error == std::errc() && end == name.data() + name.size() && number < layers.size()) return number;
  throw UsageError(fmt::format("--layer: no layer '{}'{}", name, instead_of(name, names, "Layers")));
}

std::string layer_story(const RunRecord& run, const compiler::CompiledNetwork& network,
                        const std::optional<MappingStory>& mapping, std::size_t layer) {
  const isa::LayerInfo& info = run.layers[layer];
  const ir::Graph& graph = network.quantised;
  const ir::Node& node = graph.nodes[layer];
  std::string text = fmt::format("{} ({}), layer {} of {} on {}\n\nShape\n{}", info.name, info.op, layer,
                                 run.network, run.chip.name, shape_lines(graph, node));
  if (info.on_host) return text + "\nIt runs on the host: the chip spends no cycle on it.\n";
  const Instructions all = instructions_of(network.program, layer);
  if (all.count > 0) {
    text += "\nTiles\n";
    if (mapping) text += mapping->places;
    text +=
        fmt::format("  {} matrix instruction{}, each of at most {} positions x {} columns, {} terms deep\n",
                    count_text(all.count), all.count == 1 ? "" : "s", count_text(all.most_m),
                    count_text(all.most_n), count_text(all.most_k));
    if (mapping) text += "\n" + text_of(*mapping);
  }
  if (!run.bounds || run.bounds->layers[layer].cycles == 0)
    return text + "\nIt is another name for bytes that are there already: no instruction.\n";
  return text + "\n" + layer_gap_text(run, layer);
}

}  // namespace nnp::cli

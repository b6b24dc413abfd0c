// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/cost_layers.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "compiler/compile.h"
#include "compiler/passes/passes.h"
#include "compiler/tiling/column_tiles.h"
#include "host_runtime/executor/launch_timer.h"
#include "host_runtime/reference/reference.h"
#include "models/networks/zoo.h"
#include "sim/chip/systemc_host.h"

namespace nnp::test {
namespace {

ir::Graph placed(ir::Graph graph, const models::ChipSpec& chip) {
  compiler::partition(graph, compiler::default_precision(chip.arch));
  compiler::send_home_what_does_not_fit(graph, chip.arch);
  compiler::schedule(graph);
  return graph;
}

/// Uniform over the logarithm, in [1, most].
std::int64_t any_up_to(std::int64_t most, std::mt19937_64& random) {
  const double unit = static_cast<double>(random() >> 11) * 0x1p-53;
  const double drawn = std::exp(unit * std::log(static_cast<double>(most) + 1));
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(drawn), 1, most);
}

std::int64_t instructions_of(const compiler::MacShape& shape, const compiler::MacTiling& tiling,
                             const isa::ArchSpec& arch) {
  const std::int64_t tile =
      compiler::array_tile(tiling.band_lines * shape.line_positions, tiling.slice_n, tiling.tile_m, arch).m;
  return shape.images * ceil_div(shape.lines, tiling.band_lines) *
         ceil_div(tiling.band_lines * shape.line_positions, tile) *
         ceil_div(shape.n, compiler::tile_columns_of(shape, tiling, arch));
}

/// Everything that a cut and its cost depend on.
auto key_of(const MacLayer& layer) {
  const compiler::MacShape& s = layer.problem.shape;
  const ir::ConvAttributes& c = s.conv;
  return std::tuple(
      std::tuple(s.is_conv, s.images, s.lines, s.line_positions, s.k, s.n, s.groups, s.weight_element,
                 s.in_lines, s.in_line_bytes, s.in.pixel_bytes, s.out.pixel_bytes, s.out.element_bytes,
                 s.right_line_bytes, s.right_transposed),
      std::tuple(c.kernel[0], c.kernel[1], c.strides[0], c.strides[1], c.dilations[0], c.dilations[1],
                 c.pads[0], c.pads[1], c.pads[2], c.pads[3]),
      layer.problem.in_resident, layer.problem.out_resident, layer.problem.staging, layer.activations);
}

}  // namespace

NetworkLayers::NetworkLayers(ir::Graph quantised, const models::ChipSpec& chip)
    : chip_(chip),
      graph_(placed(std::move(quantised), chip)),
      plan_(compiler::place_values(graph_, chip_.arch)) {}

std::vector<MacLayer> NetworkLayers::distinct() const {
  std::vector<MacLayer> layers;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const auto problem = compiler::mac_problem(graph_, graph_.nodes[i], plan_, chip_.arch);
    if (!problem) continue;
    const MacLayer layer{graph_.nodes[i].name, i, *problem, graph_.values[graph_.nodes[i].inputs[0]].type};
    if (std::ranges::none_of(layers, [&](const MacLayer& other) { return key_of(other) == key_of(layer); }))
      layers.push_back(layer);
  }
  return layers;
}

device::RunStatistics NetworkLayers::simulate(const MacLayer& layer,
                                              const compiler::MacTiling& tiling) const {
  compiler::CodegenOptions options{chip_.name, compiler::default_precision(chip_.arch), 1, {}};
  options.mapping.mac[graph_.nodes[layer.node].name] = tiling;
  executor::LaunchTimer timer([&] {
    sim::ChipOptions timing_only;
    timing_only.values = false;
    return sim::make_device(chip_, timing_only, sim::Host::plain);
  });
  return timer.statistics(compiler::generate_layer(graph_, layer.node, plan_, chip_.arch, options));
}

ir::Graph quantised_network(const std::string& name, isa::Precision precision) {
  compiler::CompileRequest request;
  request.network = name;
  request.model = models::network_file(name);
  request.precision = precision;
  request.calibration_runs = 1;
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == name) {
      request.import.batch = info.default_batch;
      request.import.dims = {{"batch", info.default_batch},
                             {"steps", std::max<std::int64_t>(1, info.default_steps)}};
    }
  reference::OneDnn runner;
  return compiler::quantize_network(request, runner).quantised;
}

std::optional<compiler::MacTiling> random_tiling(const compiler::MacProblem& problem,
                                                 const isa::ArchSpec& arch, std::mt19937_64& random,
                                                 std::int64_t most_instructions) {
  const compiler::MacShape& shape = problem.shape;
  const std::int64_t unit = compiler::column_unit(shape, arch);
  for (int draw = 0; draw < 200; ++draw) {
    compiler::MacTiling tiling;
    tiling.band_lines = any_up_to(shape.lines, random);
    tiling.slice_n = std::min(shape.n, unit * any_up_to(ceil_div(shape.n, unit), random));
    tiling.tile_m = any_up_to(compiler::most_tile_rows(arch), random);
    tiling.input_buffers = 1 + static_cast<unsigned>(random() % 2);
    if (fault_of(problem, tiling, arch).empty() && instructions_of(shape, tiling, arch) <= most_instructions)
      return tiling;
  }
  return std::nullopt;
}

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/nvdla.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "compiler/codegen/codegen.h"
#include "host_runtime/cli/figures.h"

namespace nnp::test {
namespace {

constexpr Bytes kWeightBlock = 128;  // NVDLA, In-memory data formats: zeros at the end for 128-byte alignment

/// The numbers of a Conv or Gemm that the law needs.
struct Geometry {
  std::int64_t in_w = 1, in_h = 1, in_c = 0, out_w = 1, out_h = 0, out_c = 0, images = 1;
  ir::ConvAttributes conv;
  bool is_conv = false;

  std::int64_t weights() const { return in_c * out_c * conv.kernel[0] * conv.kernel[1]; }
  std::int64_t positions() const { return out_w * out_h; }
  /// Input lines that output lines [first, last) touch.
  std::int64_t input_lines(std::int64_t first, std::int64_t last) const {
    if (!is_conv) return last - first;
    std::vector<bool> touched(static_cast<std::size_t>(in_h));
    for (std::int64_t line = first; line < last; ++line)
      for (std::int64_t tap = 0; tap < conv.kernel[0]; ++tap) {
        const std::int64_t from = line * conv.strides[0] - conv.pads[0] + tap * conv.dilations[0];
        if (from >= 0 && from < in_h) touched[static_cast<std::size_t>(from)] = true;
      }
    const auto begin = std::find(touched.begin(), touched.end(), true);
    const auto end = std::find(touched.rbegin(), touched.rend(), true).base();
    return end - begin;
  }
};

Geometry geometry(const ir::Graph& graph, const ir::Node& node) {
  const ir::Shape &x = graph.values[node.inputs[0]].shape, &y = graph.values[node.outputs[0]].shape;
  Geometry g;
  g.is_conv = node.op == ir::Op::conv;
  if (g.is_conv) {
    g.conv = std::get<ir::ConvAttributes>(node.attributes);
    g.images = x[0], g.in_c = x[1], g.in_h = x[2], g.in_w = x[3];
    g.out_c = y[1], g.out_h = y[2], g.out_w = y[3];
  } else {
    g.in_c = x.back(), g.out_c = y.back();
    g.in_h = g.out_h = ir::channel_view(x).pixels;
  }
  return g;
}

/// [first, last) output lines of the bands of all images, as the mapping has them.
std::vector<std::pair<std::int64_t, std::int64_t>> bands(const Geometry& g, std::int64_t band_lines) {
  std::vector<std::pair<std::int64_t, std::int64_t>> found;
  for (std::int64_t image = 0; image < g.images; ++image)
    for (std::int64_t line = 0; line < g.out_h; line += band_lines)
      found.emplace_back(line, std::min(g.out_h, line + band_lines));
  return found;
}

/// Of all slices of output channels, zeros at the end of each.
Bytes weight_bytes(const Geometry& g, std::int64_t slice_n) {
  Bytes bytes = 0;
  for (std::int64_t n = 0; n < g.out_c; n += slice_n)
    bytes += round_up<Bytes>(static_cast<Bytes>(std::min(slice_n, g.out_c - n) * (g.weights() / g.out_c)),
                             kWeightBlock);
  return bytes;
}

/// Weights come from memory once for each instruction's rows of sums.
std::set<std::uint32_t> instructions_rows(const isa::Program& program, std::size_t layer) {
  std::set<std::uint32_t> found;
  for (const isa::TileInfo& tile : program.tiles)
    if (tile.layer == layer) found.insert(tile.m0);
  return found;
}

/// Bytes of constants that a layer loads into the buffer.
Bytes parameter_bytes(const isa::Program& program, std::size_t layer) {
  Bytes bytes = 0;
  for (const isa::Instruction& instruction : program.instructions)
    if (instruction.opcode == isa::Opcode::load && instruction.layer == layer &&
        instruction.get(isa::field::dram) < program.constants.size())
      bytes += instruction.get(isa::field::run_bytes) * instruction.get(isa::field::run_y);
  return bytes;
}

/// Of what is made on a layer's way out: a sum's other operand in, and the result out.
NvdlaTraffic tail_traffic(const NetworkRun& run, const compiler::FusedTail& tail, Bytes other, Bytes result) {
  const device::LayerStatistics& simulated = run.inference.statistics.layers.at(tail.node);
  const isa::LayerInfo& layer = run.compiled.program.layers.at(tail.node);
  return {layer.name,
          layer.op,
          1,
          {other, 0, result},
          {simulated.dram_read_bytes, 0, simulated.dram_write_bytes},
          0,
          other + result};
}

bool is_mac(const ir::Node& node) { return node.op == ir::Op::conv || node.op == ir::Op::gemm; }

}  // namespace

std::vector<NvdlaTraffic> nvdla_traffic(const NetworkRun& run, Bytes atom) {
  const isa::Program& program = run.compiled.program;
  const compiler::MemoryPlan plan = compiler::place_values(run.compiled.quantised, run.chip.arch);
  std::vector<NvdlaTraffic> rows;
  for (std::size_t layer = 0; layer < program.layers.size(); ++layer) {
    const auto& nodes = run.compiled.quantised.nodes;
    const auto node = std::find_if(nodes.begin(), nodes.end(),
                                   [&](const ir::Node& n) { return n.name == program.layers[layer].name; });
    if (node == nodes.end() || node->on_host || !is_mac(*node)) continue;
    const Geometry g = geometry(run.compiled.quantised, *node);
    const auto padded = [&](std::int64_t channels) {
      return round_up<Bytes>(static_cast<Bytes>(channels), atom);
    };
    const Bytes input_line = static_cast<Bytes>(g.in_w) * padded(g.in_c);
    const compiler::MacTiling& tiling = run.compiled.mapping.mac.at(node->name);
    const Bytes weights = weight_bytes(g, tiling.slice_n);
    const Bytes output = static_cast<Bytes>(g.images * g.positions()) * padded(g.out_c);

    const compiler::FusedTail* tail = plan.tail_taking(node->outputs[0]);
    NvdlaTraffic row{program.layers[layer].name, program.layers[layer].op, 0, {}, {}, 0, 0};
    row.law.output = tail == nullptr ? output : 0;
    for (const auto& [first, last] : bands(g, tiling.band_lines)) {
      row.law.input += static_cast<Bytes>(g.input_lines(first, last)) * input_line;
      ++row.bands;
    }
    row.law.weights = weights * instructions_rows(program, layer).size();
    row.least = static_cast<Bytes>(g.images * g.input_lines(0, g.out_h)) * input_line +
                weight_bytes(g, g.out_c) + row.law.output;

    const device::LayerStatistics& simulated = run.inference.statistics.layers.at(layer);
    row.parameters = parameter_bytes(program, layer);
    row.simulated = {simulated.dram_read_bytes - simulated.weight_bytes - row.parameters,
                     simulated.weight_bytes, simulated.dram_write_bytes};
    rows.push_back(row);
    if (tail == nullptr) continue;
    const ir::Shape& result = run.compiled.quantised.values[tail->result].shape;
    const auto pixels = static_cast<Bytes>(ir::element_count(result) / result[1]);
    rows.push_back(tail_traffic(run, *tail, tail->adds() ? output : 0, pixels * padded(result[1])));
  }
  return rows;
}

std::vector<std::string> NvdlaConfiguration::overrides() const {
  // A quarter of the convolution buffer holds weights, as in the chip files; the units behind the array grow
  // with it up to nv_large's.
  const int weights_kib = buffer_kib / 4, word = channels;
  return {fmt::format("core.array.rows={}", channels),
          fmt::format("core.array.cols={}", kernels),
          fmt::format("core.array.shift_rows_per_cycle={}", std::max(1, channels / 16)),
          fmt::format("core.weight_fifo.tiles={}", weights_kib * 1024 / macs),
          fmt::format("core.buffer.size=\"{} KiB\"", buffer_kib - weights_kib),
          fmt::format("core.buffer.word=\"{} B\"", word),
          fmt::format("core.buffer.channel_align=\"{} B\"", std::min(word, 32)),
          fmt::format("core.drain.lanes={}", std::clamp(macs / 64, 1, 16)),
          fmt::format("core.vector.lanes={}", std::clamp(macs / 128, 1, 8)),
          fmt::format("memory.ideal_bandwidth=\"{} GB/s\"", gb_per_s)};
}

const std::vector<NvdlaConfiguration>& nvdla_primer() {
  static const std::vector<NvdlaConfiguration> rows{
      {2048, 512, 20, 269, 64, 32}, {1024, 256, 15, 153, 64, 16}, {512, 256, 10, 93, 32, 16},
      {256, 256, 5, 46, 32, 8},     {128, 256, 2, 20, 16, 8},     {64, 128, 1, 7.3, 8, 8},
      {32, 128, 0.5, 3.6, 8, 4}};
  return rows;
}

NvdlaRate nvdla_rate(const NvdlaConfiguration& configuration) {
  const NetworkRun run = run_network("resnet50", configuration.chip(), configuration.overrides(), false);
  const device::RunStatistics& statistics = run.inference.statistics;
  const double clock = static_cast<double>(run.chip.core_frequency_khz) * 1e3;
  NvdlaRate rate{configuration};
  rate.simulated = clock / static_cast<double>(statistics.cycles);

  struct Times {
    double mac = 0, memory = 0;
  };
  std::vector<Times> layers;
  std::set<std::string> covered;
  for (const NvdlaTraffic& row : nvdla_traffic(run, run.chip.arch.channel_align_bytes)) {
    const double bytes = static_cast<double>(row.least) / (configuration.gb_per_s * 1e9) * clock;
    covered.insert(row.layer);
    if (row.op != "Conv" && row.op != "Gemm") {  // part of the layer before it
      layers.back().memory += bytes;
      continue;
    }
    const auto& nodes = run.compiled.quantised.nodes;
    const auto node =
        std::find_if(nodes.begin(), nodes.end(), [&](const ir::Node& n) { return n.name == row.layer; });
    const Geometry g = geometry(run.compiled.quantised, *node);
    const std::int64_t depth = g.in_c * g.conv.kernel[0] * g.conv.kernel[1];
    const double cycles = static_cast<double>(ceil_div<std::int64_t>(depth, configuration.channels) *
                                              ceil_div<std::int64_t>(g.out_c, configuration.kernels) *
                                              g.images * g.positions());
    layers.push_back({cycles, bytes});
  }
  double longer = 0, mac = 0, memory = 0;
  for (const Times& layer : layers)
    longer += std::max(layer.mac, layer.memory), mac += layer.mac, memory += layer.memory;
  rate.layers = clock / longer, rate.mac = clock / mac, rate.memory = clock / memory;

  // Layers follow each other nearly without overlap: what has no row above, by its own span.
  Cycles other = 0;
  for (std::size_t layer = 0; layer < run.compiled.program.layers.size(); ++layer) {
    const std::string& name = run.compiled.program.layers[layer].name;
    if (covered.contains(name) || layer >= statistics.layers.size() || !statistics.layers[layer].seen)
      continue;
    other += statistics.layers[layer].end_cycle - statistics.layers[layer].start_cycle;
  }
  rate.other_share = static_cast<double>(other) / static_cast<double>(statistics.cycles);
  return rate;
}

std::vector<NvdlaRate> nvdla_rates() {
  std::vector<NvdlaRate> rates;
  for (const NvdlaConfiguration& configuration : nvdla_primer()) rates.push_back(nvdla_rate(configuration));
  return rates;
}

std::string nvdla_traffic_table() {
  std::string table =
      "| network | chip | layers | in one piece | input bytes | weight bytes | output bytes | equal to the "
      "law | "
      "parameters (ours) | read once, all of it |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const auto& [network, chip, atom] : {std::tuple{"lenet5", "nvdla_full", 32},
                                            {"resnet18", "nvdla_full", 32},
                                            {"resnet50", "nvdla_full", 32},
                                            {"lenet5", "nvdla_small", 8},
                                            {"resnet18", "nvdla_small", 8},
                                            {"resnet50", "nvdla_small", 8}}) {
    const auto rows = nvdla_traffic(run_network(network, chip, {}, false), static_cast<Bytes>(atom));
    NvdlaTraffic sum;
    std::size_t whole = 0, equal = 0;
    for (const NvdlaTraffic& row : rows) {
      sum.simulated.input += row.simulated.input, sum.simulated.weights += row.simulated.weights;
      sum.simulated.output += row.simulated.output, sum.parameters += row.parameters, sum.least += row.least;
      whole += row.bands == 1, equal += row.simulated == row.law;
    }
    table += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} of {} | {} | {} |\n", network, chip,
                         rows.size(), whole, cli::count_text(sum.simulated.input),
                         cli::count_text(sum.simulated.weights), cli::count_text(sum.simulated.output), equal,
                         rows.size(), cli::count_text(sum.parameters), cli::count_text(sum.least));
  }
  return table;
}

std::string nvdla_resnet50_table() {
  std::string table =
      "| MACs | buffer | memory | primer | simulated | difference | closed form | MACs alone | memory alone "
      "| pools |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const NvdlaRate& rate : nvdla_rates()) {
    const NvdlaConfiguration& c = rate.configuration;
    table += fmt::format(
        "| {} ({} x {}) | {} KB | {} GB/s | {} | {:.1f} | {:+.0f} % | {:.1f} | {:.1f} | {:.1f} | {:.0f} % "
        "|\n",
        c.macs, c.channels, c.kernels, c.buffer_kib, c.gb_per_s, c.frames_per_s, rate.simulated,
        100 * (rate.simulated / c.frames_per_s - 1), rate.layers, rate.mac, rate.memory,
        100 * rate.other_share);
  }
  return table;
}

}  // namespace nnp::test

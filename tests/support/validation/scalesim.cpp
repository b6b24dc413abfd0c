// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/scalesim.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "host_runtime/cli/figures.h"
#include "tests/support/topology_run.h"
#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

using cli::count_text;
using isa::ArrayKind;

constexpr std::pair<ArrayKind, const char*> kDataflows[] = {{ArrayKind::weight_stationary, "WS"},
                                                            {ArrayKind::output_stationary, "OS"},
                                                            {ArrayKind::input_stationary, "IS"}};
constexpr std::pair<std::uint32_t, std::uint32_t> kArrays[] = {{12, 14}, {32, 32}, {128, 128}, {256, 256}};

std::string data(const std::string& file) {
  const std::string path = NNPSIM_SOURCE_DIR "/tests/data/" + file;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::vector<ScaleSimRow> scalesim_rows() {
  std::vector<ScaleSimRow> rows;
  for (const auto& [file, network] :
       {std::pair("alexnet.csv", "AlexNet"), std::pair("resnet50.csv", "ResNet-50")}) {
    const Topology topology = quantised_topology(data(file));
    for (const auto& [array_rows, array_cols] : kArrays)
      for (const auto& [kind, name] : kDataflows) {
        const TopologyRun run = run_topology(topology, scalesim_chip(kind, array_rows, array_cols));
        ScaleSimRow& row = rows.emplace_back(ScaleSimRow{network, file, array_rows, array_cols, kind, {}});
        for (std::size_t i = 0; i < topology.layers.size(); ++i)
          row.layers.push_back({topology.layers[i].name, run.compute_cycles[i],
                                scalesim_cycles(topology.layers[i], kind, array_rows, array_cols)});
      }
  }
  return rows;
}

std::string scalesim_table() {
  Markdown table({"network", "array", "dataflow", "layers", "simulated cycles", "law", "layers that differ"});
  for (const ScaleSimRow& row : scalesim_rows()) {
    Cycles simulated = 0, law = 0;
    std::size_t different = 0;
    for (const ScaleSimLayer& layer : row.layers) {
      simulated += layer.simulated, law += layer.law;
      different += layer.simulated != layer.law;
    }
    const char* dataflow = "";
    for (const auto& [kind, name] : kDataflows)
      if (kind == row.kind) dataflow = name;
    table.row({row.network, fmt::format("{} x {}", row.rows, row.cols), dataflow,
               count_text(row.layers.size()), count_text(simulated), count_text(law), count_text(different)});
  }
  return table.text();
}

}  // namespace nnp::test

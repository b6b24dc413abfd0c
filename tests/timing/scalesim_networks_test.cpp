// SPDX-License-Identifier: Apache-2.0
// Rung: oracle law. AlexNet and ResNet-50 on the scalesim chip against SCALE-Sim's fold law, layer by layer,
// and the table of docs/validation/scalesim.md against what was simulated. With NNPSIM_UPDATE=1 the test
// writes the table.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "tests/support/topology_run.h"

namespace nnp {
namespace {

using isa::ArrayKind;

constexpr const char* kPage = NNPSIM_SOURCE_DIR "/docs/validation/scalesim.md";
constexpr const char *kBegin = "<!-- table -->\n", *kEnd = "<!-- end of table -->\n";

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with_commas(Cycles value) {
  std::string text = std::to_string(value);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

TEST(ScaleSim, EveryLayerOfAlexNetAndResNet50TakesTheLawsCyclesAndTheTableSaysSo) {
  std::string table =
      "| network | array | dataflow | layers | simulated cycles | law | layers that differ |\n"
      "|---|---|---|---|---|---|---|\n";
  const std::pair<std::uint32_t, std::uint32_t> arrays[] = {{12, 14}, {32, 32}, {128, 128}, {256, 256}};
  const std::pair<ArrayKind, const char*> dataflows[] = {{ArrayKind::weight_stationary, "WS"},
                                                         {ArrayKind::output_stationary, "OS"},
                                                         {ArrayKind::input_stationary, "IS"}};
  for (const auto& [file, network] :
       {std::pair("alexnet.csv", "AlexNet"), std::pair("resnet50.csv", "ResNet-50")}) {
    const test::Topology topology =
        test::quantised_topology(read(fmt::format("{}/tests/data/{}", NNPSIM_SOURCE_DIR, file)));
    for (const auto& [rows, cols] : arrays)
      for (const auto& [kind, name] : dataflows) {
        const test::TopologyRun run = test::run_topology(topology, test::scalesim_chip(kind, rows, cols));
        Cycles simulated = 0, law = 0;
        int different = 0;
        for (std::size_t i = 0; i < topology.layers.size(); ++i) {
          const Cycles expected = test::scalesim_cycles(topology.layers[i], kind, rows, cols);
          EXPECT_EQ(run.compute_cycles[i], expected)
              << network << ' ' << topology.layers[i].name << ", reproduce: nnpsim run tests/data/" << file
              << " --chip scalesim --timing-only --json --set core.array.kind=" << isa::to_string(kind)
              << " --set core.array.rows=" << rows << " --set core.array.cols=" << cols;
          simulated += run.compute_cycles[i], law += expected;
          different += run.compute_cycles[i] != expected;
        }
        table += fmt::format("| {} | {} x {} | {} | {} | {} | {} | {} |\n", network, rows, cols, name,
                             topology.layers.size(), with_commas(simulated), with_commas(law), different);
      }
  }
  std::string page = read(kPage);
  const std::size_t begin = page.find(kBegin), end = page.find(kEnd);
  ASSERT_TRUE(begin != std::string::npos && end != std::string::npos) << kPage;
  const std::size_t first = begin + std::string(kBegin).size();
  if (std::getenv("NNPSIM_UPDATE") != nullptr)
    std::ofstream(kPage, std::ios::binary) << page.replace(first, end - first, table);
  else
    EXPECT_EQ(page.substr(first, end - first), table) << "NNPSIM_UPDATE=1 writes the table";
}

}  // namespace
}  // namespace nnp

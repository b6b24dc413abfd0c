// SPDX-License-Identifier: Apache-2.0
// cost_table [--check] [NAME]...: predicts and simulates every distinct Conv, Gemm and MatMul of the networks
// of docs/validation/cost-model.md, each alone, on its chips: cut as choose_tiling() does and as two random
// tilings say. Keeps what came out in cost-model.json and writes the page; with NAMEs these networks and the
// other rows stay. --check writes nothing and says which layers differ from cost-model.json. Exit code 0:
// written, or equal; 1: --check found others; 2: usage.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <stdexcept>

#include "compiler/cost/layer_cost.h"
#include "compiler/mapping/candidates.h"
#include "models/chips/chip_file.h"
#include "tests/support/validation/cost_layers.h"
#include "tests/support/validation/cost_model.h"
#include "tests/support/validation/pages.h"

namespace {

using namespace nnp;
using namespace nnp::test;

constexpr int kRandom = 2;                        // tilings of a layer
constexpr std::int64_t kMostInstructions = 5000;  // of the array, in a random one

std::vector<CostRecord> measure(const std::string& network) {
  std::vector<CostRecord> records;
  const ir::Graph graph = quantised_network(network, isa::Precision::int8);
  for (const std::string& name : cost_chips()) {
    const models::ChipSpec chip = models::load_chip(name, {});
    const compiler::LayerCosts costs(chip);
    const NetworkLayers layers(graph, chip);
    std::mt19937_64 random(1);
    for (const MacLayer& layer : layers.distinct()) {
      for (int i = 0; i <= kRandom; ++i) {
        const auto tiling =
            i == 0 ? compiler::choose_tiling(layer.problem, chip.arch)
                   : compiler::random_tiling(layer.problem, chip.arch, random, kMostInstructions);
        if (!tiling) continue;
        records.push_back({network, name, layer.name, i == 0,
                           std::round(costs(layer.problem, *tiling, layer.activations).cycles),
                           layers.simulate(layer, *tiling).cycles});
      }
    }
  }
  return records;
}

bool same(const CostRecord& a, const CostRecord& b) {
  return a.network == b.network && a.chip == b.chip && a.layer == b.layer && a.chosen == b.chosen &&
         a.predicted == b.predicted && a.cycles == b.cycles;
}

void write_page(const std::vector<CostRecord>& records) {
  write_cost_records(cost_records_file(), records);
  for (const ValidationTable& table : validation_tables())
    if (std::string(table.page) == "cost-model") update(validation_folder(), table, table.make());
}

}  // namespace

int main(int argc, char** argv) try {
  bool check = false, good = true;
  std::vector<std::string> names;
  for (const std::string& word : std::vector<std::string>{argv + 1, argv + argc}) {
    if (word == "--check")
      check = true;
    else if (std::ranges::find(cost_networks(), word) != cost_networks().end())
      names.push_back(word);
    else
      throw std::invalid_argument(
          fmt::format("'{}' is no network of the page; usage: cost_table [--check] [NAME]...", word));
  }
  check_pages(validation_folder(), validation_tables());
  const std::vector<CostRecord> kept = read_cost_records(cost_records_file());
  std::vector<CostRecord> records;
  for (const std::string& network : cost_networks()) {
    if (!names.empty() && std::ranges::find(names, network) == names.end()) {
      std::ranges::copy_if(kept, std::back_inserter(records),
                           [&](const CostRecord& record) { return record.network == network; });
      continue;
    }
    double sum = 0;
    const std::vector<CostRecord> measured = measure(network);
    for (const CostRecord& record : measured) {
      sum += std::abs(record.error());
      if (check && std::ranges::none_of(kept, [&](const CostRecord& old) { return same(old, record); })) {
        good = false;
        fmt::print("  {} on {}, {}: {} cycles, predicted {}; cost-model.json has others\n", network,
                   record.chip, record.layer, record.cycles, record.predicted);
      }
    }
    fmt::print("{:14} {:5} runs, mean error {:.2f} %\n", network, measured.size(),
               100 * sum / static_cast<double>(measured.size()));
    std::fflush(stdout);
    records.insert(records.end(), measured.begin(), measured.end());
  }
  if (!check) write_page(records);
  return good ? 0 : 1;
} catch (const std::exception& error) {
  fmt::print(stderr, "cost_table: {}\n", error.what());
  return 2;
}

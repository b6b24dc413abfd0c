// SPDX-License-Identifier: Apache-2.0
// docs/validation/cost-model.md: what compiler/cost predicts of layers, and what the simulator takes. The
// tables show the records of cost-model.json, which scripts/cost-table measures; nothing is simulated here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nnp::test {

struct CostRecord {
  std::string network, chip, layer;
  bool chosen = true;  // the tiling: choose_tiling()'s, or drawn at random
  double predicted = 0;
  std::uint64_t cycles = 0;  // simulated
  double error() const { return predicted / static_cast<double>(cycles) - 1; }
};

/// The networks and chips of the page, in its order.
const std::vector<std::string>& cost_networks();
const std::vector<std::string>& cost_chips();
/// docs/validation/cost-model.json of this source tree.
std::filesystem::path cost_records_file();

/// Empty where there is no file. Throws std::runtime_error when it is not one of them.
std::vector<CostRecord> read_cost_records(const std::filesystem::path&);
/// A run a line. Throws std::runtime_error when the file cannot be written.
void write_cost_records(const std::filesystem::path&, const std::vector<CostRecord>&);

/// A row a network: for each chip the layers, their mean error and the worst one.
std::string cost_table(const std::vector<CostRecord>&, bool chosen);
/// A row a chip: layers and errors over all networks.
std::string cost_summary(const std::vector<CostRecord>&);

// Of cost_records_file():
std::string cost_model_summary_table();
std::string cost_model_chosen_table();
std::string cost_model_random_table();

}  // namespace nnp::test

// SPDX-License-Identifier: Apache-2.0
// nnpsim networks: the zoo.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/table.h"
#include "models/networks/zoo.h"

namespace nnp::cli {

int list_networks(const ListOptions& options) {
  using Align = Table::Align;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  Table table({{"network", Align::left}, {"batch"}, {"steps"}, {"what it is", Align::left}});
  for (const models::NetworkInfo& network : models::networks()) {
    const bool steps = network.default_steps != 0;
    list.push_back({{"name", network.name},
                    {"summary", network.summary},
                    {"default_batch", network.default_batch},
                    {"default_steps", steps ? nlohmann::ordered_json(network.default_steps)
                                            : nlohmann::ordered_json(nullptr)}});
    table.add({network.name, fmt::format("{}", network.default_batch),
               steps ? fmt::format("{}", network.default_steps) : "-", network.summary});
  }
  if (options.json)
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.networks/1"}, {"networks", list}}.dump(2));
  else
    fmt::print("{}", table.text(0));
  return kOk;
}

}  // namespace nnp::cli

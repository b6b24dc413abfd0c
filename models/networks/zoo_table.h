// SPDX-License-Identifier: Apache-2.0
// The table of networks: what `nnpsim networks` lists and who builds it.
#pragma once

#include <string>
#include <vector>

#include "models/networks/graph_builder.h"
#include "models/networks/zoo.h"

namespace nnp::models {

struct Network {
  NetworkInfo info;
  onnx::ModelProto (*build)(const WeightSource&);
};
const std::vector<Network>& network_table();  // sorted by name

/// Throws std::invalid_argument for an unknown name, with the nearest and all.
const Network& find_network(const std::string& name);

}  // namespace nnp::models

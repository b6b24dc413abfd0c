// SPDX-License-Identifier: Apache-2.0
// The workload zoo: builders that write ONNX with seeded weights, on demand, into a cache folder.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nnp::models {

struct NetworkInfo {
  std::string name;
  std::string summary;         // one line: what it is, input, layers, where its shapes come from
  std::int64_t default_batch;  // of the ONNX file's first dimension "batch" when --batch is absent
  std::int64_t default_steps;  // sequence length, 0 where there is none
};
const std::vector<NetworkInfo>& networks();  // sorted by name

/// Path of the network's ONNX file; builds it when it is not in the cache. Same seed, same bytes.
/// Cache: $NNPSIM_CACHE, else $XDG_CACHE_HOME/nnpsim, else ~/.cache/nnpsim. Throws std::invalid_argument for
/// an unknown name.
std::filesystem::path network_file(const std::string& name, std::uint64_t seed = 1);

}  // namespace nnp::models

// SPDX-License-Identifier: Apache-2.0
// Every figure of `run --json`: its place, its unit, what it says. docs/reference/statistics.md is made of
// it; a test holds it against the JSON of a run, key by key.
#pragma once

#include <span>

namespace nnp::cli {

struct StatisticInfo {
  const char* path;  // "layers[].macs", "units.NAME.busy": NAME stands for any name
  const char* unit;  // "" of words and counts
  const char* meaning;
};
/// In the order of the JSON.
std::span<const StatisticInfo> statistics_table();

}  // namespace nnp::cli

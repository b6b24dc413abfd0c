// SPDX-License-Identifier: Apache-2.0
// What is measured: one row a work. `bench_rows --list` shows them, scripts/bench runs them all.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/measure.h"

namespace nnp::bench {

/// Upper bounds in R, oneDNN's float32 inference of the same network on one core; lower bounds of rates.
struct Goal {
  std::optional<double> timing_r, values_r, rate_per_s;
  std::optional<double> beyond_bytes;  // peak memory less weights and activations
};

struct Row {
  std::string name;   // "resnet50/tpu_v1"
  std::string group;  // "networks", "rates", or one of the growths that scripts/bench judges
  std::string work;   // for readers
  Goal goal;
  std::function<Json()> measure;
};

std::vector<Row> network_rows();  // network_rows.cpp: whole networks, as `nnpsim exec` runs them
std::vector<Row> growth_rows();   // growth_rows.cpp: the same work, more of it
std::vector<Row> dram_rows();     // dram_rows.cpp: the memory controller alone

}  // namespace nnp::bench

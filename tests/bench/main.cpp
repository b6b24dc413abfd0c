// SPDX-License-Identifier: Apache-2.0
// bench_rows --list, or bench_rows NAME...: a line of JSON for each row. scripts/bench makes tables of them.
// bench_rows --execute FILE.nnp CHIP timing|values|stepped RUNS: nothing else, for a profiler to look at.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "isa/numerics/numerics.h"
#include "models/chips/chip_file.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"

namespace {

using namespace nnp::bench;

template <typename T>
Json known(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json measured(const Row& row) {
  Json line{{"name", row.name},
            {"group", row.group},
            {"work", row.work},
            {"goal",
             {{"timing_r", known(row.goal.timing_r)},
              {"values_r", known(row.goal.values_r)},
              {"rate_per_s", known(row.goal.rate_per_s)},
              {"beyond_bytes", known(row.goal.beyond_bytes)}}},
            {"kernels", nnp::numerics::to_string(nnp::numerics::best().level)}};
  line.update(row.measure());
  return line;
}

int execute_file(char** words) {
  const std::string kind = words[2];
  Asked asked;
  asked.runs = std::atoi(words[3]);
  if (kind == "stepped") asked.engine = nnp::sim::Engine::stepped;
  fmt::print("{}\n", execute(words[0], nnp::models::load_chip(words[1]), kind == "values", asked).dump());
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<Row> rows = network_rows();
  for (auto&& more : {dram_rows(), growth_rows()}) rows.insert(rows.end(), more.begin(), more.end());
  if (argc < 2) return fmt::print(stderr, "usage: bench_rows --list | NAME...\n"), 2;
  if (argc == 6 && argv[1] == std::string("--execute")) return execute_file(argv + 2);
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--list") {
      for (const Row& row : rows) fmt::print("{}\n", row.name);
      continue;
    }
    const auto row = std::ranges::find(rows, name, &Row::name);
    if (row == rows.end()) return fmt::print(stderr, "bench_rows: no row '{}'; --list shows them\n", name), 2;
    try {
      fmt::print("{}\n", measured(*row).dump());
    } catch (const std::exception& error) {
      return fmt::print(stderr, "bench_rows: {}: {}\n", name, error.what()), 1;
    }
    std::fflush(stdout);
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/gemmini.h"

#include <fmt/format.h>

#include "host_runtime/cli/figures.h"
#include "models/chips/chip_file.h"
#include "tests/support/topology_run.h"

namespace nnp::test {
namespace {

double error(Cycles simulated, Cycles published) {
  return static_cast<double>(simulated) / static_cast<double>(published) - 1;
}

}  // namespace

const std::vector<GemminiPoint>& gemmini_points() {
  static const std::vector<GemminiPoint> points{
      {64, 3'810, true}, {128, 10'530, false}, {512, 543'240, true}};
  return points;
}

std::vector<std::string> gemmini_fit(int dispatch_cycles) {
  return {fmt::format("front_end.dispatch_cycles={}", dispatch_cycles)};
}

Cycles gemmini_cycles(int size, const std::vector<std::string>& overrides) {
  const Topology topology = quantised_topology(fmt::format("Layer,M,N,K\ngemm,{0},{0},{0}\n", size));
  return run_topology(topology, models::load_chip("gemmini16", overrides)).inference.statistics.cycles;
}

double GemminiRow::zero_fit_error() const { return error(zero_fit, point.rtl); }
double GemminiRow::fitted_error() const { return error(fitted, point.rtl); }

std::vector<GemminiRow> gemmini_rows() {
  std::vector<GemminiRow> rows;
  for (const GemminiPoint& point : gemmini_points())
    rows.push_back({point, gemmini_cycles(point.size), gemmini_cycles(point.size, gemmini_fit())});
  return rows;
}

std::string gemmini_table() {
  std::string table =
      "| M = N = K | RTL | nothing fitted | error | one constant fitted | error | "
      "|\n|---|---|---|---|---|---|---|\n";
  for (const GemminiRow& row : gemmini_rows())
    table += fmt::format("| {} | {} | {} | {:+.1f} % | {} | {:+.1f} % | {} |\n", row.point.size,
                         cli::count_text(row.point.rtl), cli::count_text(row.zero_fit),
                         100 * row.zero_fit_error(), cli::count_text(row.fitted), 100 * row.fitted_error(),
                         row.point.fitted ? "used by the fit" : "not used by the fit");
  return table;
}

}  // namespace nnp::test

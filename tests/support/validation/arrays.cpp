// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/arrays.h"

#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/cli/figures.h"
#include "sim/units/matrix/registers/arrays.h"
#include "tests/support/validation/markdown.h"
#include "tests/unit/arrays/random_passes.h"

namespace nnp::test {
namespace {

using cli::count_text;
using sim::Dataflow;

std::string words(Dataflow dataflow) {
  std::string name = isa::to_string(dataflow);
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

sim::PassShape full_array(const Fold& fold) {
  switch (fold.dataflow) {
    case Dataflow::output_stationary:
      return {fold.rows, fold.streamed, fold.cols};
    case Dataflow::input_stationary:
      return {fold.cols, fold.rows, fold.streamed};
    default:
      return {fold.streamed, fold.rows, fold.cols};
  }
}

}  // namespace

ComparedProduct compare_product(Dataflow dataflow, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const sim::ArrayDesign design = random_design(random, dataflow);
  const ArrayJob job = random_job(random, design);
  ComparedProduct compared{job.values.size(), 0, first_difference(*make_register_array(design), job)};
  for (const sim::PassValues& pass : job.values) compared.outputs += std::size_t{pass.shape.m} * pass.shape.n;
  return compared;
}

const std::vector<Fold>& full_folds() {
  static const std::vector<Fold> folds{
      {Dataflow::weight_stationary, 8, 8, 20}, {Dataflow::weight_stationary, 12, 14, 5},
      {Dataflow::weight_stationary, 3, 7, 1},  {Dataflow::input_stationary, 8, 8, 20},
      {Dataflow::input_stationary, 14, 12, 9}, {Dataflow::input_stationary, 7, 2, 1},
      {Dataflow::output_stationary, 8, 8, 20}, {Dataflow::output_stationary, 12, 14, 5},
      {Dataflow::output_stationary, 5, 3, 1}};
  return folds;
}

Cycles scale_sim_cycles(const Fold& fold) {
  const Cycles R = fold.rows, C = fold.cols;
  return fold.dataflow == Dataflow::output_stationary ? R + C + fold.streamed - 2
                                                      : 2 * R + C + fold.streamed - 2;
}

MeasuredFold measure_fold(const Fold& fold) {
  sim::ArrayDesign design;
  design.dataflow = fold.dataflow;
  design.rows = fold.rows, design.cols = fold.cols;
  design.overlap = false, design.drain_phase = false;
  std::mt19937_64 random(1);
  const std::vector<sim::PassValues> passes(4, random_pass(random, full_array(fold)));
  const std::vector<sim::TimedPass> timed(4, {passes[0].shape, 0, 0, {}, {}});
  const auto schedules = schedule(*make_array_timing(design), timed);
  const auto results = run_passes(*make_register_array(design), passes, schedules);
  MeasuredFold measured;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    measured.begins.push_back(schedules[i].cycles().load);
    measured.computed.push_back(*std::max_element(results[i].cycles.begin(), results[i].cycles.end()));
    measured.values_equal &= results[i].values == plain_product(passes[i]);
  }
  return measured;
}

std::string arrays_products_table() {
  Markdown table({"dataflow", "random products", "passes", "outputs", "products that differ"});
  std::size_t all = 0;
  for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::output_stationary,
                                  Dataflow::input_stationary, Dataflow::adder_tree}) {
    std::size_t passes = 0, outputs = 0, different = 0;
    for (std::uint64_t seed = 1; seed <= kRandomProducts; ++seed) {
      const ComparedProduct compared = compare_product(dataflow, seed);
      passes += compared.passes, outputs += compared.outputs, different += !compared.difference.empty();
    }
    table.row({words(dataflow), count_text(kRandomProducts), count_text(passes), count_text(outputs),
               count_text(different)});
    all += outputs;
  }
  table.row({"all", "", "", count_text(all), ""});
  return table.text();
}

std::string arrays_folds_table() {
  Markdown table({"dataflow", "R x C", "streamed", "SCALE-Sim's cycles a fold", "registers, four folds"});
  for (const Fold& fold : full_folds()) {
    const MeasuredFold measured = measure_fold(fold);
    table.row({words(fold.dataflow), fmt::format("{} x {}", fold.rows, fold.cols),
               fmt::format("{} {}",
                           fold.dataflow == Dataflow::weight_stationary  ? "M"
                           : fold.dataflow == Dataflow::input_stationary ? "N"
                                                                         : "K",
                           fold.streamed),
               count_text(scale_sim_cycles(fold)),
               count_text(measured.computed.back() - measured.begins.front())});
  }
  return table.text();
}

}  // namespace nnp::test

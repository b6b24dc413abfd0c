// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/tpu_v1.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/codegen/codegen.h"
#include "host_runtime/executor/executor.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"
#include "tests/support/network_run.h"
#include "tests/support/random_network.h"
#include "tests/support/tile_times.h"
#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

constexpr double kTileBytes = 256 * 256, kShiftCycles = 256;  // ISCA section 2

constexpr TpuApplication kApplications[] = {{"MLP0", "mlp0", 200, {12.7, 15.9, 53.9}, 4},
                                            {"MLP1", "mlp1", 168, {10.6, 13.4, 44.2}, 6},
                                            {"LSTM0", "lstm0", 2 * 64, {8.2, 15.8, 58.1}, 4},
                                            {"LSTM1", "lstm1", 2 * 96, {10.5, 17.1, 62.1}, 4}};

MatrixShares of_their_sum(double active, double shift, double stall) {
  const double percent = 100 / (active + shift + stall);
  return {active * percent, shift * percent, stall * percent};
}

/// Timing only.
device::RunStatistics run_on(const models::ChipSpec& chip, const compiler::CompiledNetwork& compiled) {
  sim::ChipOptions options;
  options.values = false;
  const auto device = sim::make_device(chip, options);
  executor::Executor executor(*device, compiled.program, compiled.quantised);
  const std::vector<ir::Tensor> no_values(compiled.quantised.inputs.size());
  return executor.run(no_values, {false, false}).statistics;
}

SimulatedShares simulate(const compiler::CompiledNetwork& compiled,
                         const std::vector<std::string>& overrides) {
  const models::ChipSpec chip = models::load_chip("tpu_v1", overrides);
  const device::RunStatistics statistics = run_on(chip, compiled);
  const device::ArrayStatistics& array = statistics.array;
  return {of_their_sum(static_cast<double>(array.active), static_cast<double>(array.weight_shift),
                       static_cast<double>(array.weight_stall)),
          static_cast<double>(statistics.cycles) / (static_cast<double>(chip.core_frequency_khz) * 1e3)};
}

std::string words(const MatrixShares& shares) {
  return fmt::format("{:.1f} / {:.1f} / {:.1f}", shares.active, shares.shift, shares.stall);
}

}  // namespace

MatrixShares TpuApplication::published() const {
  return of_their_sum(of_all_cycles.active, of_all_cycles.shift, of_all_cycles.stall);
}

std::span<const TpuApplication> tpu_applications() { return kApplications; }

TpuRuns simulate_tpu(const TpuApplication& application) {
  const auto compiled = compile_network(application.network, models::load_chip("tpu_v1"));
  return {simulate(compiled, {}), simulate(compiled, {"memory.channels=8"}),
          simulate(compiled, {"core.frequency=\"2800 MHz\""})};
}

MatrixShares tpu_closed_form(const TpuApplication& application, double memory, double clock) {
  const double active = application.array_cycles;
  const double fetch = kTileBytes / (34e9 * memory) * 700e6 * clock;
  const double period = std::max({fetch, active, kShiftCycles});
  const double shift = std::min(period - active, kShiftCycles);
  return {100 * active / period, 100 * shift / period, 100 * (period - active - shift) / period};
}

double largest_difference(const MatrixShares& a, const MatrixShares& b) {
  return std::max({std::abs(a.active - b.active), std::abs(a.shift - b.shift), std::abs(a.stall - b.stall)});
}

std::vector<LargeMatrix> simulate_600x600() {
  std::vector<LargeMatrix> arrays{{256, 9, 18}, {512, 4, 32}};
  for (LargeMatrix& row : arrays) {
    const models::ChipSpec chip = models::load_chip("tpu_v1", {fmt::format("core.array.rows={}", row.array),
                                                               fmt::format("core.array.cols={}", row.array)});
    NetworkBuilder builder(1);
    builder.output(builder.gemm(builder.input({1, 600}), 600));
    ir::Graph graph = builder.take();
    compiler::schedule(graph);
    const isa::Program program = compiler::generate(graph, chip.arch, {chip.name, isa::Precision::int8, 1});
    const TileTimes tiles = tile_times(program, graph, chip);
    row.steps = tiles.count;
    row.us = static_cast<double>(tiles.last_pushed - tiles.first_requested) /
             static_cast<double>(chip.core_frequency_khz) * 1e3;
  }
  return arrays;
}

std::string tpu_v1_shares_table() {
  Markdown table({"", "paper: active / shift / stall", "closed form", "simulated",
                  "largest difference from the paper", "allowed"});
  for (const TpuApplication& application : kApplications) {
    const MatrixShares simulated = simulate_tpu(application).base.shares;
    table.row({application.name, words(application.published()), words(tpu_closed_form(application, 1, 1)),
               words(simulated),
               fmt::format("{:.1f}", largest_difference(simulated, application.published())),
               fmt::format("{:.0f}", application.within)});
  }
  return table.text();
}

std::string tpu_v1_faster_table() {
  Markdown table(
      {"", "memory x 4: closed form", "simulated", "time", "clock x 4: closed form", "simulated", "time"});
  for (const TpuApplication& application : kApplications) {
    const TpuRuns runs = simulate_tpu(application);
    const auto time = [&](const SimulatedShares& run) {
      return fmt::format("{:.3f}", run.seconds / runs.base.seconds);
    };
    table.row({application.name, words(tpu_closed_form(application, 4, 1)), words(runs.memory_x4.shares),
               time(runs.memory_x4), words(tpu_closed_form(application, 1, 4)), words(runs.clock_x4.shares),
               time(runs.clock_x4)});
  }
  return table.text();
}

std::string tpu_v1_cnns_table() {
  struct Published {  // table 3: shares of all cycles, and operations
    const char *application, *network;
    double active, shift, stall, other, tops;
  };
  constexpr Published kPublished[] = {{"CNN0", "cnn0", 78.2, 0, 0, 21.8, 86.0},
                                      {"CNN1", "cnn1", 46.2, 7.0, 28.1, 18.7, 14.1}};
  const auto shares = [](double active, double shift, double stall, double other) {
    return fmt::format("{:.1f} / {:.1f} / {:.1f} / {:.1f}", active, shift, stall, other);
  };
  Markdown table({"", "paper: active / shift / stall / other", "simulated", "paper: TOPS", "simulated"});
  const models::ChipSpec chip = models::load_chip("tpu_v1");
  for (const Published& paper : kPublished) {
    const device::RunStatistics run = run_on(chip, compile_network(paper.network, chip));
    const auto percent = [&](Cycles cycles) {
      return 100 * static_cast<double>(cycles) / static_cast<double>(run.cycles);
    };
    const double tops = 2e-12 * static_cast<double>(run.array.useful_macs) / static_cast<double>(run.cycles) *
                        static_cast<double>(chip.core_frequency_khz) * 1e3;
    table.row({paper.application, shares(paper.active, paper.shift, paper.stall, paper.other),
               shares(percent(run.array.active), percent(run.array.weight_shift),
                      percent(run.array.weight_stall), percent(run.array.non_matrix)),
               fmt::format("{:.1f}", paper.tops), fmt::format("{:.1f}", tops)});
  }
  return table.text();
}

std::string tpu_v1_larger_array_table() {
  Markdown table({"array", "paper: tiles", "paper: time", "tiles fetched", "simulated time", "error"});
  for (const LargeMatrix& row : simulate_600x600())
    table.row({fmt::format("{0} x {0}", row.array), fmt::format("{}", row.paper_steps),
               fmt::format("{:.0f} us", row.paper_us), fmt::format("{}", row.steps),
               fmt::format("{:.2f} us", row.us),
               fmt::format("{:+.1f} %", (row.us / row.paper_us - 1) * 100)});
  return table.text();
}

}  // namespace nnp::test

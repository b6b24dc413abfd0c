// SPDX-License-Identifier: Apache-2.0
// nnpsim whatif NETWORK: the run again with one resource made ideal, beside that resource's share of the
// critical path. The two differ where another path is nearly as long: then the gain is smaller than the
// share.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/passing_trace.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/cli/table.h"
#include "models/chips/chip_file.h"
#include "models/chips/idealise.h"
#include "traces/query/critical_path.h"

namespace nnp::cli {
namespace {

using models::Resource;

/// Cycles of the path that the resource accounts for.
Cycles on_path(const std::vector<traces::PathPiece>& path, const traces::TraceInfo& info, Resource resource) {
  const auto kind = [&](std::uint16_t unit) {
    return unit < info.units.size() ? info.units[unit].kind : std::string();
  };
  const auto takes = [&](const traces::PathPiece& piece) {
    const bool waits = piece.state == sim::State::wait;
    switch (resource) {
      case Resource::dram:
        return waits && kind(piece.resource) == "memory";
      case Resource::pcie:
        return waits && (piece.resource == sim::kHostLink || piece.cause == sim::Cause::pcie);
      case Resource::sram:
        return waits && piece.cause == sim::Cause::bank_conflict;
      case Resource::issue:
        return kind(piece.unit) == "command_processor"
                   ? piece.cause != sim::Cause::pcie && piece.resource != sim::kHostLink &&
                         kind(piece.resource) != "memory"
                   : piece.cause == sim::Cause::issue;
      case Resource::array_fill:
        return waits && (piece.cause == sim::Cause::weight_shift ||
                         (kind(piece.resource) == "array" && piece.cause != sim::Cause::bank_conflict &&
                          piece.cause != sim::Cause::fifo_full));
    }
    return false;
  };
  Cycles sum = 0;
  for (const traces::PathPiece& piece : path)
    if (takes(piece)) sum += piece.cycles;
  return sum;
}

std::vector<models::ResourceInfo> chosen(const std::vector<std::string>& names) {
  if (names.empty()) return models::resources();
  std::vector<models::ResourceInfo> list;
  for (const std::string& name : names) {
    const auto& all = models::resources();
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& r) { return name == r.name; });
    if (found == all.end()) {
      std::vector<std::string> known;
      for (const models::ResourceInfo& resource : all) known.emplace_back(resource.name);
      throw UsageError(
          fmt::format("--ideal: no resource '{}'{}", name, instead_of(name, known, "Resources")));
    }
    list.push_back(*found);
  }
  return list;
}

struct Answer {
  models::ResourceInfo resource;
  Cycles on_path = 0, cycles = 0;
};

}  // namespace

int whatif(const WhatifOptions& options) {
  const models::ChipSpec chip = load_chip(options.chip);
  const auto resources = chosen(options.ideal);
  Progress progress(!options.report.quiet);
  const compiler::CompiledNetwork compiled =
      compile_network(options.network, chip, options.seed, /*always_verify=*/false, progress);
  const std::vector<ir::Tensor> inputs(compiled.quantised.inputs.size());
  ExecutionChoice choice;
  choice.timing_only = true, choice.checks.emplace();
  const PassingTrace trace;
  choice.trace.file = trace.path().string();
  const auto cycles_on = [&](const models::ChipSpec& spec) {
    return execute({compiled.program, compiled.quantised}, spec, inputs, choice, progress)
        .record.statistics.cycles;
  };
  const Cycles cycles = cycles_on(chip);
  const traces::TraceFile file(trace.path());
  const auto path = traces::critical_path(traces::TraceGraph(file));
  choice.trace = {};

  std::vector<Answer> answers;
  for (const models::ResourceInfo& resource : resources) {
    models::ChipSpec other = chip;
    models::idealise(other, resource.resource);
    answers.push_back({resource, on_path(path, file.info(), resource.resource), cycles_on(other)});
  }
  models::ChipSpec every = chip;
  for (const models::ResourceInfo& resource : resources) models::idealise(every, resource.resource);
  const Cycles together = cycles_on(every);
  progress.erase();

  const auto gain = [&](Cycles now) {
    return share(static_cast<double>(cycles) - static_cast<double>(now), static_cast<double>(cycles));
  };
  const auto gain_text = [&](Cycles now) { return now == cycles ? "none" : percent_text(gain(now)); };
  if (options.report.json) {
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const Answer& answer : answers)
      list.push_back({{"resource", answer.resource.name},
                      {"ideal", answer.resource.ideal},
                      {"critical_path_cycles", answer.on_path},
                      {"cycles", answer.cycles},
                      {"gain", gain(answer.cycles)}});
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.whatif/1"},
                                              {"network", compiled.program.network},
                                              {"chip", chip.name},
                                              {"cycles", cycles},
                                              {"what_if", list},
                                              {"together_cycles", together}}
                           .dump(2));
    return kOk;
  }
  Table table({{"if ideal", Table::Align::left},
               {"on the critical path"},
               {"cycles"},
               {"gain"},
               {"what that means", Table::Align::left}});
  for (const Answer& answer : answers)
    table.add({answer.resource.name,
               percent_text(share(static_cast<double>(answer.on_path), static_cast<double>(cycles))),
               count_text(answer.cycles), gain_text(answer.cycles), answer.resource.ideal});
  if (answers.size() > 1) table.add({"all of these", "", count_text(together), gain_text(together), ""});
  fmt::print("{} on {}: {} cycles; simulated again with one resource made ideal\n\n{}",
             compiled.program.network, chip.name, count_text(cycles), table.text());
  return kOk;
}

}  // namespace nnp::cli

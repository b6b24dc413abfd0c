// SPDX-License-Identifier: Apache-2.0
// nnpsim explain CAUSE: what a cause of waiting means, how long such a wait is, what to try. With --layer the
// story of a layer of a network: its shape, its tiles, its bounds, and where its cycles went.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/json_report.h"
#include "host_runtime/cli/layer_story.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/cli/trace_words.h"

namespace nnp::cli {
namespace {

int explain_cause(const ExplainOptions& options) {
  const sim::CauseText& text = sim::text(cause_named(options.cause));
  if (options.json)
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.explain/1"},
                                              {"cause", text.name},
                                              {"definition", text.definition},
                                              {"formula", text.formula},
                                              {"advice", text.advice}}
                           .dump(2));
  else
    fmt::print("{}\n  means    {}\n  lasts    {}\n  try      {}\n", text.name, text.definition, text.formula,
               text.advice);
  return kOk;
}

/// A timing-only run: values do not change cycles.
int explain_layer(const ExplainOptions& options) {
  NetworkChoice choice = options.network;
  choice.network = options.cause;
  const models::ChipSpec chip = load_chip(options.chip);
  Progress progress(!options.json);
  const compiler::CompiledNetwork compiled =
      compile_network(choice, chip, options.seed, /*always_verify=*/false, progress);
  const std::size_t layer = layer_named(compiled.program.layers, options.layer);
  ExecutionChoice execution;
  execution.seed = options.seed, execution.timing_only = true, execution.checks.emplace();
  const Execution done =
      execute({compiled.program, compiled.quantised, &compiled.optimised}, chip,
              compiler::random_inputs(compiled.optimised, options.seed), execution, progress);
  progress.erase();
  const auto mapping = mapping_story(compiled, layer, choice.mapping, chip);
  if (options.json)
    fmt::print("{}", layer_json_text(done.record, mapping, layer));
  else
    fmt::print("{}", layer_story(done.record, compiled, mapping, layer));
  return kOk;
}

}  // namespace

int explain(const ExplainOptions& options) {
  return options.layer.empty() ? explain_cause(options) : explain_layer(options);
}

}  // namespace nnp::cli

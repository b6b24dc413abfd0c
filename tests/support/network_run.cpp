// SPDX-License-Identifier: Apache-2.0
#include "tests/support/network_run.h"

#include <algorithm>

#include "compiler/mapping/by_model.h"
#include "host_runtime/reference/reference.h"
#include "models/chips/chip_file.h"
#include "models/networks/zoo.h"
#include "sim/chip/systemc_host.h"

namespace nnp::test {

compiler::CompiledNetwork compile_network(const std::string& network, const models::ChipSpec& chip,
                                          std::int64_t steps) {
  compiler::CompileRequest request;
  request.network = network;
  request.model = models::network_file(network);
  request.chip = chip.name;
  request.arch = chip.arch;
  request.precision = compiler::default_precision(chip.arch);
  request.map = compiler::map_by_model(chip);
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == network) {
      request.import.batch = info.default_batch;
      request.import.dims = {{"batch", info.default_batch},
                             {"steps", steps > 0 ? steps : std::max<std::int64_t>(1, info.default_steps)}};
    }
  reference::OneDnn runner;
  return compiler::compile(request, runner);
}

NetworkRun run_network(const std::string& network, const std::string& chip_name,
                       const std::vector<std::string>& overrides, bool check) {
  NetworkRun run;
  run.chip = models::load_chip(chip_name, overrides);
  run.compiled = compile_network(network, run.chip);
  const auto inputs = compiler::random_inputs(run.compiled.quantised, 7);
  sim::ChipOptions options;
  options.values = check;
  const auto device = sim::make_device(run.chip, options);
  executor::Executor executor(*device, run.compiled.program, run.compiled.quantised);
  run.inference = executor.run(inputs, {check, check});
  if (check) {
    const compare::ChipEvidence evidence{run.inference.outputs, run.inference.accumulators};
    run.naive = compare::compare_naive(run.compiled.quantised, inputs, evidence);
    run.onednn = compare::compare_onednn(run.compiled.quantised, &run.compiled.optimised, inputs, evidence);
  }
  return run;
}

}  // namespace nnp::test

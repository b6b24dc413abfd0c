// SPDX-License-Identifier: Apache-2.0
// nnpsim run NETWORK: everything from the network to checked outputs.
#include <optional>

#include "host_runtime/cli/calibration.h"
#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/inputs.h"
#include "host_runtime/cli/mapping_choice.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/cli/run_page.h"

namespace nnp::cli {

int run(const RunOptions& options) {
  const Stopwatch total;
  const models::ChipSpec chip = load_chip(options.chip);
  const InputChoice inputs(options.execution);
  std::optional<OutputFolder> folder;
  if (!options.execution.output.empty()) folder.emplace(options.execution.output);
  RunPage page(options.execution);
  Progress progress(!options.report.quiet);

  const Stopwatch watch;
  const compiler::CompiledNetwork compiled = compile_network(options.network, chip, options.execution.seed,
                                                             /*always_verify=*/false, progress, &inputs);
  const Spent compile_time = watch.elapsed();

  Execution execution = execute({compiled.program, compiled.quantised, &compiled.optimised}, chip,
                                inputs.tensors_for(compiled.optimised), page.choice(), progress);
  progress.erase();
  if (folder) execution.mapping = mapping_file_text(compiled, chip);
  execution.record.calibration =
      calibration_record(options.network.calibration, compiled.program.precision, inputs);
  execution.record.compile = compile_time;
  execution.record.total = total.elapsed();
  execution.record.peak_rss_bytes = peak_rss_bytes();
  page.write(execution.record);
  return deliver(execution, folder ? &*folder : nullptr, options.execution, options.report);
}

}  // namespace nnp::cli

// SPDX-License-Identifier: Apache-2.0
// The options of `gpu-bench`.
#include "host_runtime/cli/option_themes.h"
#include "host_runtime/cli/option_values.h"

namespace nnp::cli {

void add_gpu_bench_options(CLI::App& app, GpuBenchOptions& options) {
  app.add_option("networks", options.networks, "zoo names, or paths ending in .onnx")
      ->type_name("NETWORK...")
      ->required();
  add_text(app, "--precision", "LIST", "some of int8,bf16,fp16,tf32,fp32 [int8,bf16,fp32]",
           [&options](const std::string& text) { options.precisions = parse_gpu_precisions(text); });
  add_text(app, "--batch", "LIST", "inferences at once [1,8,64]",
           [&options](const std::string& text) { options.batches = parse_batches("--batch", text); });
  add_text(app, "--layers-at", "LIST", "batches at which each layer is timed, too [none]",
           [&options](const std::string& text) { options.layers_at = parse_batches("--layers-at", text); });
  app.add_option("-o", options.output, "the results file to write")->type_name("FILE.json")->required();
  add_seed(app, options.seed);
  add_report(app, options.report);
}

}  // namespace nnp::cli
